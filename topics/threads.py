"""How a talk is cut into pages, and where each comment stands."""

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from topics.models import INLINE_REPLIES, PER_PAGE, Comment, Topic


@dataclass
class Thread:
    """A comment with what stands under it on the topic's page."""

    comment: Comment
    replies: list[Comment] = field(default_factory=list)

    @property
    def has_more(self) -> bool:
        return self.comment.reply_count > INLINE_REPLIES


def pages_of(count: int) -> int:
    """The last page; an empty talk has one."""
    return max(1, -(-count // PER_PAGE))


def threads_on_page(topic: Topic, number: int, reader: Any) -> tuple[list[Thread], Comment | None]:
    """One page of the talk with the first replies, and the answer pinned above it, wherever that stands.

    The topic is one that the reader may see: what has a place in it is theirs to read, and need not be asked for
    its topic's state again. What waits of the reader's own ends its thread, or the last page. Two queries, three
    for a reader who is signed in; one fewer where the page is empty.
    """
    comments = topic.comments.for_reading()
    threads = {comment.pk: Thread(comment) for comment in comments.threads().on_page(number)}
    asked = comments.first_replies().filter(parent__in=threads)
    if topic.pinned_id:
        asked |= comments.published().filter(pk=topic.pinned_id)
    found = list(asked.in_order()) if threads else []
    for reply in found:
        if reply.parent_id in threads and reply.position <= INLINE_REPLIES:
            threads[reply.parent_id].replies.append(reply)
    own = topic.comments.waiting_of(reader).oldest_first() if reader.is_authenticated else []
    for comment in own:
        if comment.parent_id in threads:
            threads[comment.parent_id].replies.append(comment)
        elif comment.parent_id is None and number == pages_of(topic.thread_count):
            threads[comment.pk] = Thread(comment)
    return list(threads.values()), next((c for c in found if c.pk == topic.pinned_id), None)


def replies_on_page(comment: Comment, number: int, reader: Any) -> list[Comment]:
    """One page of all replies to a comment; the reader's own waiting ones end the last. Two queries at most."""
    replies = list(comment.replies.public().for_reading().on_page(number))
    if reader.is_authenticated and number == pages_of(comment.reply_count):
        replies += comment.replies.waiting_of(reader).oldest_first()
    return replies


def place_of(comment: Comment) -> str:
    """Address and anchor of the page that shows the comment to whoever may see it. The parent is read if not loaded."""
    parent = comment.parent
    if parent is not None and (comment.position or 0) > INLINE_REPLIES:
        page, address = comment.page, reverse("topics:thread", args=[comment.topic.slug, parent.pk])
    else:
        page, address = _page_in_topic(parent or comment), comment.topic.get_absolute_url()
    query = f"?strona={page}" if page > 1 else ""
    return f"{address}{query}#k-{comment.pk}"


def _page_in_topic(thread: Comment) -> int:
    return thread.page if thread.position else pages_of(thread.topic.thread_count)

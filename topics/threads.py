"""How a talk is cut into pages, in which order, and where each comment stands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from topics.models import INLINE_REPLIES, PER_PAGE, Comment, Topic
from topics.models.comment import CommentQuerySet

MARK = re.compile(r"([0-9]{1,9})\.([0-9]{1,9})")


class Order(models.TextChoices):
    """The values stand in the address."""

    OLDEST = "", _("Oldest")
    NEWEST = "najnowsze", _("Newest")
    SUPPORTED = "popierane", _("Most supported")


@dataclass(frozen=True)
class Place:
    """A part of a talk: which order, and the page in it; or after which comment, where the order has no pages.

    The most supported move up and down all the time, so that pages of them would repeat and skip. There the next
    part begins after the last comment seen: so many supporters, at that position.
    """

    order: Order = Order.OLDEST
    number: int = 1
    after: tuple[int, int] | None = None


@dataclass
class Thread:
    """A comment with what stands under it on the topic's page."""

    comment: Comment
    replies: list[Comment] = field(default_factory=list)

    @property
    def has_more(self) -> bool:
        return self.comment.reply_count > INLINE_REPLIES


@dataclass
class Part:
    """What one page of the talk shows. `next` is the mark of the next part, where the order has no pages."""

    threads: list[Thread]
    pinned: Comment | None = None
    next: str = ""

    def __iter__(self) -> Iterator[Comment]:
        for thread in self.threads:
            yield thread.comment
            yield from thread.replies


def pages_of(count: int, size: int = PER_PAGE) -> int:
    """The last page; an empty talk has one."""
    return max(1, -(-count // size))


def mark_of(comment: Comment) -> str:
    return f"{comment.support_count}.{comment.position}"


def before_mark(comment: Comment) -> str:
    """The mark with which a part begins with this comment."""
    return f"{comment.support_count}.{comment.position - 1}"


def after_mark(mark: str) -> tuple[int, int] | None:
    """What a mark of an address says, or None where it says nothing."""
    match = MARK.fullmatch(mark)
    return (int(match[1]), int(match[2])) if match else None


def part_of(topic: Topic, place: Place, reader: Any) -> Part:
    """One part of the talk with the first replies, and the answer pinned above it, wherever that stands.

    The topic is one that the reader may see: what has a place in it is theirs to read, and need not be asked for
    its topic's state again. What waits of the reader's own ends its thread, or stands at the newest end of the
    talk; nobody has supported it yet, so it has no place among the most supported. Two queries, three for a reader
    who is signed in, or who goes on among the most supported; one fewer where the page is empty.
    """
    comments = topic.comments.for_reading()
    chosen = _chosen(comments.threads(), topic, place)
    threads = {comment.pk: Thread(comment) for comment in chosen[:PER_PAGE]}
    asked = comments.first_replies().filter(parent__in=threads)
    if topic.pinned_id:
        asked |= comments.published().filter(pk=topic.pinned_id)
    found = list(asked.in_order()) if threads else []
    for reply in found:
        if reply.parent_id in threads and reply.position <= INLINE_REPLIES:
            threads[reply.parent_id].replies.append(reply)
    own = []
    if reader.is_authenticated and place.order != Order.SUPPORTED:
        own = list(topic.comments.waiting_of(reader).oldest_first())
    for comment in own:
        if comment.parent_id in threads:
            threads[comment.parent_id].replies.append(comment)
    waiting = [Thread(comment) for comment in own if comment.parent_id is None]
    return Part(
        _with_waiting(list(threads.values()), waiting, topic, place),
        pinned=next((c for c in found if c.pk == topic.pinned_id), None),
        next=mark_of(chosen[PER_PAGE - 1]) if len(chosen) > PER_PAGE else "",
    )


def _chosen(threads: CommentQuerySet, topic: Topic, place: Place) -> list[Comment]:
    if place.order == Order.NEWEST:
        return list(threads.on_page_from_end(place.number, topic.thread_count))
    if place.order == Order.SUPPORTED:
        return _most_supported(threads, place.after)
    return list(threads.on_page(place.number))


def _most_supported(threads: CommentQuerySet, after: tuple[int, int] | None) -> list[Comment]:
    """A page and one more, which tells that something follows.

    Those with as many supporters are asked for apart: in one condition with the others, the database would read
    all of them again for each page, and most comments of a talk have none.
    """
    wanted = PER_PAGE + 1
    if after is None:
        return list(threads.published().most_supported_first()[:wanted])
    count, position = after
    found = list(threads.published().filter(support_count=count, position__gt=position).most_supported_first()[:wanted])
    if count and len(found) < wanted:
        fewer = threads.published().filter(support_count__lt=count).most_supported_first()
        found += fewer[: wanted - len(found)]
    return found


def shows_supported(comment: Comment, after: tuple[int, int] | None) -> bool:
    """Whether a part of the most supported shows this thread now. One query, two after the first part."""
    threads = Comment.objects.threads().filter(topic=comment.topic_id).only("pk", "support_count", "position")
    return comment in _most_supported(threads, after)[:PER_PAGE]


def _with_waiting(threads: list[Thread], waiting: list[Thread], topic: Topic, place: Place) -> list[Thread]:
    if place.order == Order.OLDEST and place.number == pages_of(topic.thread_count):
        return threads + waiting
    if place.order == Order.NEWEST and place.number == 1:
        return waiting[::-1] + threads
    return threads


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

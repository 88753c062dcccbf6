"""The pages of topics."""

import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from participants.paging import PARAMETER, page_of
from topics.acts import mark
from topics.discussion import appointment_of, may_be_written_in
from topics.forms import TopicFilterForm
from topics.models import Comment, Topic
from topics.models.topic import TopicQuerySet
from topics.questions import count_in
from topics.threads import Order, Part, Place, Thread, after_mark, pages_of, part_of, place_of, replies_on_page

TOPICS_PER_PAGE = 20
ORDER, AFTER = "kolejnosc", "po"
SHOWN_OF_A_MEETING = ("title", "slug", "date", "date_precision", "last_day", "state")
SHOWN_OF_A_MEETING += ("cancelled_at", "moved_at", "is_example")
MEETING_COLUMNS = [f"meeting__{name}" for name in SHOWN_OF_A_MEETING]


@require_safe
def topic_list(request: HttpRequest) -> HttpResponse:
    """Six queries for a stranger, one more for each estate or category chosen."""
    today = timezone.localdate()
    filters = TopicFilterForm(request.GET)
    if not filters.is_valid():
        raise Http404
    chosen = filters.cleaned_data
    found = _filtered(Topic.objects.public().without_texts(), chosen, today)
    topics = _in_order(found, chosen["kolejnosc"]).open_first(today)
    page = page_of(request, topics.prefetch_related("estates"), size=TOPICS_PER_PAGE)
    count_in(page)
    context = {
        "page": page,
        "rows": [(topic, not topic.accepts_comments(today)) for topic in page],
        "filters": filters,
        "is_filtered": any(chosen.values()),
        "order": chosen["kolejnosc"] or "najzywsze",
    }
    return render(request, "topics/topic_list.html", context)


def _filtered(topics: TopicQuerySet, chosen: dict[str, Any], today: datetime.date) -> TopicQuerySet:
    if chosen["stan"] == "otwarte":
        topics = topics.accepting_comments(today)
    elif chosen["stan"] == "z-odpowiedzia":
        topics = topics.answered()
    elif chosen["stan"] == "zamkniete":
        topics = topics.closed(today)
    if chosen["osiedle"]:
        topics = topics.filter(estates=chosen["osiedle"])
    return topics.filter(category=chosen["kategoria"]) if chosen["kategoria"] else topics


def _in_order(topics: TopicQuerySet, order: str) -> TopicQuerySet:
    if order == "nowe":
        return topics.newest_first()
    return topics.unanswered_first() if order == "bez-odpowiedzi" else topics.liveliest_first()


@require_safe
def topic_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Five queries for a stranger, ten for a resident, one more with a post, and two for staff, in any
    talk. The most supported: one fewer at the beginning."""
    topics = Topic.objects.visible_to(request.user).select_related("category")
    topic = get_object_or_404(topics, slug=slug)
    last = pages_of(topic.thread_count)
    place = _place(request, last)
    talk = talk_context(request, topic)
    part = part_of(topic, place, request.user)
    mark(part, by=request.user, post=talk["post"], is_open=talk["takes_support"])
    context = {
        "threads": part.threads,
        "pinned": part.pinned,
        "next": part.next,
        "place": place,
        "orders": Order.choices,
        "meetings": _meetings(topic),
        "number": place.number,
        "last": last,
        **talk,
    }
    response = render(request, "topics/topic_detail.html", context)
    if not topic.is_public:
        add_never_cache_headers(response)
    return response


def _place(request: HttpRequest, last: int) -> Place:
    """The order and the page that the address asks for; 404 for those that do not exist."""
    order = request.GET.get(ORDER) or Order.OLDEST
    if order not in Order.values:
        raise Http404
    if order != Order.SUPPORTED:
        return Place(Order(order), page_number(request, last))
    asked = request.GET.get(AFTER)
    after = after_mark(asked) if asked else None
    if asked and after is None:
        raise Http404
    return Place(Order(order), after=after)


def _meetings(topic: Topic) -> list[tuple[Any, bool]]:
    """The public meetings that have the topic on their agenda, and whether each is still to come."""
    items = topic.agenda_items.public().select_related("meeting").only("topic", *MEETING_COLUMNS)
    meetings = dict.fromkeys(item.meeting for item in items.order_by("-meeting__date", "-meeting_id"))
    today = timezone.localdate()
    return [(meeting, meeting.is_upcoming(today)) for meeting in meetings]


def talk_context(request: HttpRequest, topic: Topic) -> dict[str, Any]:
    """What the pages of one talk know about it and about the reader. No query, but one for an official."""
    now, user = timezone.now(), request.user
    post = appointment_of(user, now) if user.is_authenticated else None
    official = post is not None
    suspended = user.is_authenticated and user.is_suspended(now)
    is_open = may_be_written_in(topic, official=official, now=now)
    comment_url = reverse("topics:comment", args=[topic.slug])
    return {
        "topic": topic,
        "closed_since": topic.closed_since(timezone.localdate(now)),
        "post": post,
        "calm": {"holds": topic.holds_everything(now), "is_slow": topic.is_slow(now)},
        "official": official,
        "is_open": is_open,
        "suspended": suspended,
        "may_write": is_open and user.is_authenticated and not suspended,
        "comment_url": comment_url,
        "takes_support": topic.accepts_comments(timezone.localdate(now)) and not suspended,
        # Followed by "<pk>/odpowiedz/", the address of the reply form; so that none is looked up per comment.
        "answer_url": comment_url if is_open and not suspended else "",
        "topic_url": topic.get_absolute_url(),
        "acts_url": f"{topic.get_absolute_url()}k/",  # in the same way: "<pk>/popieram/", "<pk>/zglos/" …
    }


@require_safe
def thread(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A comment with all replies, paged."""
    comments = Comment.objects.public().threads().for_reading().select_related("topic__category")
    comment = get_object_or_404(comments, pk=pk)
    if comment.topic.slug != slug:
        return redirect("topics:thread", comment.topic.slug, pk, permanent=True)
    last = pages_of(comment.reply_count)
    number = page_number(request, last)
    talk = talk_context(request, comment.topic)
    part = Part([Thread(comment, replies_on_page(comment, number, request.user))])
    mark(part, by=request.user, post=talk["post"], is_open=talk["takes_support"])
    context = {"threads": part.threads, "number": number, "last": last, **talk}
    return render(request, "topics/thread.html", context)


@require_safe
def permalink(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Leads to the page that shows the comment; the number alone finds it, so an old address of the topic works."""
    comment = get_object_or_404(Comment.objects.visible_to(request.user).select_related("topic", "parent"), pk=pk)
    return redirect(place_of(comment))


def page_number(request: HttpRequest, last: int) -> int:
    """The page that the address asks for; 404 for one that does not exist."""
    asked = request.GET.get(PARAMETER) or "1"
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 10 and 1 <= int(asked) <= last):
        raise Http404
    return int(asked)

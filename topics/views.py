"""The pages of topics, and writing on them."""

import datetime
import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from participants.models import FormerAddress
from participants.paging import PARAMETER, page_of
from topics import drafts
from topics.discussion import CommentRefused, TalkClosed, add_comment, appointment_of, may_be_written_in
from topics.forms import CommentForm, TopicFilterForm
from topics.models import Comment, Topic
from topics.models.topic import TopicQuerySet
from topics.threads import Thread, pages_of, place_of, replies_on_page, threads_on_page

TOPICS_PER_PAGE = 20
SHOWN_OF_A_MEETING = ("title", "slug", "date", "date_precision", "last_day", "state", "cancelled_at")
MEETING_COLUMNS = [f"meeting__{name}" for name in SHOWN_OF_A_MEETING]


# -- Reading --------------------------------------------------------------------------------------


@require_safe
def topic_list(request: HttpRequest) -> HttpResponse:
    """Five queries for a stranger, one more for each estate or category chosen."""
    today = timezone.localdate()
    filters = TopicFilterForm(request.GET)
    if not filters.is_valid():
        raise Http404
    chosen = filters.cleaned_data
    found = _filtered(Topic.objects.public().without_texts(), chosen, today)
    topics = _in_order(found, chosen["kolejnosc"]).open_first(today)
    page = page_of(request, topics.prefetch_related("estates"), size=TOPICS_PER_PAGE)
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
    """Five queries for a stranger, eight for a resident, one more for an official and two for staff, in any talk."""
    topics = Topic.objects.visible_to(request.user).select_related("category")
    topic = get_object_or_404(topics, slug=slug)
    last = pages_of(topic.thread_count)
    number = _page_number(request, last)
    threads, pinned = threads_on_page(topic, number, request.user)
    context = {
        "threads": threads,
        "pinned": pinned,
        "meetings": _meetings(topic),
        "number": number,
        "last": last,
        **_talk(request, topic),
    }
    if context["may_write"]:
        text = drafts.kept(request.session, topic, None)
        context["form"] = CommentForm(initial={"text": text, "submission": uuid.uuid4()})
    response = render(request, "topics/topic_detail.html", context)
    if not topic.is_public:
        add_never_cache_headers(response)
    return response


def _meetings(topic: Topic) -> list[tuple[Any, bool]]:
    """The public meetings that have the topic on their agenda, and whether each is still to come."""
    items = topic.agenda_items.public().select_related("meeting").only("topic", *MEETING_COLUMNS)
    meetings = dict.fromkeys(item.meeting for item in items.order_by("-meeting__date", "-meeting_id"))
    today = timezone.localdate()
    return [(meeting, meeting.is_upcoming(today)) for meeting in meetings]


def _talk(request: HttpRequest, topic: Topic) -> dict[str, Any]:
    """What the pages of one talk know about it and about the reader. No query, but one for an official."""
    now, user = timezone.now(), request.user
    official = user.is_authenticated and appointment_of(user, now) is not None
    suspended = user.is_authenticated and user.is_suspended(now)
    is_open = may_be_written_in(topic, official=official, now=now)
    comment_url = reverse("topics:comment", args=[topic.slug])
    return {
        "topic": topic,
        "closed_since": topic.closed_since(timezone.localdate(now)),
        "official": official,
        "is_open": is_open,
        "suspended": suspended,
        "may_write": is_open and user.is_authenticated and not suspended,
        "comment_url": comment_url,
        # The forms under the comments of a page share one name: sixty of them would be a tenth of the page.
        "token": uuid.uuid4(),
        # Followed by "<pk>/odpowiedz/", the address of the reply form; so that none is looked up per comment.
        "answer_url": comment_url if is_open and not suspended else "",
        "topic_url": topic.get_absolute_url(),
    }


@require_safe
def thread(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A comment with all replies, paged."""
    comments = Comment.objects.public().threads().for_reading().select_related("topic__category")
    comment = get_object_or_404(comments, pk=pk)
    if comment.topic.slug != slug:
        return redirect("topics:thread", comment.topic.slug, pk, permanent=True)
    last = pages_of(comment.reply_count)
    number = _page_number(request, last)
    context = {
        "threads": [Thread(comment, replies_on_page(comment, number, request.user))],
        "number": number,
        "last": last,
        **_talk(request, comment.topic),
    }
    return render(request, "topics/thread.html", context)


@require_safe
def permalink(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Leads to the page that shows the comment; the number alone finds it, so an old address of the topic works."""
    comment = get_object_or_404(Comment.objects.visible_to(request.user).select_related("topic", "parent"), pk=pk)
    return redirect(place_of(comment))


def _page_number(request: HttpRequest, last: int) -> int:
    """The page that the address asks for; 404 for one that does not exist."""
    asked = request.GET.get(PARAMETER) or "1"
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 10 and 1 <= int(asked) <= last):
        raise Http404
    return int(asked)


# -- Writing --------------------------------------------------------------------------------------


@require_POST
def comment(request: HttpRequest, slug: str) -> HttpResponse:
    topic = get_object_or_404(Topic.objects.public(), slug=_slug_today(slug))
    return _write(request, topic, None)


@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A page with the reply form, for those without the one under the comment; and where both are sent."""
    comments = Comment.objects.public().threads().for_reading().select_related("topic")
    parent = get_object_or_404(comments, pk=pk)
    if request.method == "POST":
        return _write(request, parent.topic, parent)
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    text = drafts.kept(request.session, parent.topic, parent)
    form = CommentForm(initial={"text": text, "submission": uuid.uuid4()}, is_reply=True)
    return _form_page(request, parent.topic, parent, form)


def _slug_today(slug: str) -> str:
    """The address may change while somebody writes: what they send still arrives. One query."""
    moved = FormerAddress.objects.filter(path=reverse("topics:detail", args=[slug])).first()
    return resolve(moved.target).kwargs["slug"] if moved else slug


def _write(request: HttpRequest, topic: Topic, parent: Comment | None) -> HttpResponse:
    form = CommentForm(request.POST, is_reply=parent is not None)
    if not request.user.is_authenticated:
        return _sign_in_first(request, topic, parent, form.typed)
    status = 422
    if form.is_valid():
        try:
            written = add_comment(topic=topic, author=request.user, parent=parent, **_sent(form, parent))
        except CommentRefused as refusal:
            form.add_error("text", str(refusal))
            status = 409 if isinstance(refusal, TalkClosed) else 422
        else:
            drafts.forget(request.session, topic, parent)
            return _written(request, written)
    form.renew()
    return _form_page(request, topic, parent, form, status)


def _sent(form: CommentForm, parent: Comment | None) -> dict[str, Any]:
    """The text, and the name of the form: on one page each comment has its own."""
    name = form.cleaned_data["submission"]
    return {"text": form.cleaned_data["text"], "submission": uuid.uuid5(name, str(parent.pk)) if parent else name}


def _sign_in_first(request: HttpRequest, topic: Topic, parent: Comment | None, text: str) -> HttpResponse:
    """The session ended while they wrote: the text waits in the form for them to come back."""
    drafts.keep(request.session, topic, parent, text)
    messages.info(request, _("Sign in to send the comment. We have kept your text."))
    if parent:
        return redirect_to_login(reverse("topics:reply", args=[topic.slug, parent.pk]))
    return redirect_to_login(f"{topic.get_absolute_url()}#napisz")


def _written(request: HttpRequest, written: Comment) -> HttpResponse:
    if written.state == Comment.State.PUBLISHED:
        messages.success(request, _("Your comment is on the forum now."))
    elif written.state == Comment.State.WAITING:
        messages.success(request, _("Thank you. A moderator will read the comment and we will let you know by e-mail."))
    else:
        messages.info(request, _("A moderator has read this comment already. The decision is in your e-mail."))
    return redirect(place_of(written) if written.is_visible_to(request.user) else written.topic)


def _form_page(
    request: HttpRequest, topic: Topic, parent: Comment | None, form: CommentForm, status: int = 200
) -> HttpResponse:
    context = {"parent": parent, "form": form, **_talk(request, topic)}
    return render(request, "topics/comment_form.html", context, status=status)

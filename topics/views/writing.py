"""Writing a comment or a reply."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from participants.consent import ask_first
from participants.limits import LimitReached, visitor
from participants.models import FormerAddress
from participants.rules import has_accepted
from topics import drafts
from topics.discussion import add_comment, appointment_of
from topics.forms import CommentForm
from topics.models import Comment, Topic
from topics.refusals import CommentRefused, RulesChanged
from topics.threads import place_of
from topics.views.reading import talk_context


@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: HttpRequest, slug: str) -> HttpResponse:
    """The page with the form, and where it is sent."""
    return _form_of(request, _topic_at(slug), None)


@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    comments = Comment.objects.public().threads().for_reading().select_related("topic")
    parent = get_object_or_404(comments, pk=pk)
    return _form_of(request, parent.topic, parent)


def _form_of(request: HttpRequest, topic: Topic, parent: Comment | None) -> HttpResponse:
    if request.method == "POST":
        return _write(request, topic, parent)
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    if not has_accepted(request.user):
        return ask_first(request.path)
    initial = {"text": drafts.kept(request.session, drafts.of_comment(topic, parent)), "submission": uuid.uuid4()}
    return _form_page(request, topic, parent, _form(request, parent, initial=initial))


def _form(request: HttpRequest, parent: Comment | None, *data: QueryDict, **kwargs: Any) -> CommentForm:
    author = request.user
    is_official = author.is_authenticated and appointment_of(author, timezone.now()) is not None
    return CommentForm(*data, author=author, is_reply=parent is not None, is_official=is_official, **kwargs)


def _topic_at(slug: str) -> Topic:
    """The address may change while somebody writes: what they send still arrives. One query, two where it has."""
    topics = Topic.objects.public().for_writing()
    return topics.filter(slug=slug).first() or get_object_or_404(topics, slug=_slug_today(slug))


def _slug_today(slug: str) -> str:
    moved = FormerAddress.objects.filter(path=reverse("topics:detail", args=[slug])).first()
    return resolve(moved.target).kwargs["slug"] if moved else slug


def _write(request: HttpRequest, topic: Topic, parent: Comment | None) -> HttpResponse:
    form = _form(request, parent, request.POST)
    if form.is_emergency:
        return _emergency(request, topic, parent, form)
    if not request.user.is_authenticated:
        return _sign_in_first(request, topic, parent, form.typed)
    status = 422
    if form.is_valid():
        try:
            written = add_comment(
                topic=topic, author=request.user, parent=parent, visitor=visitor(request), **form.sent(parent)
            )
        except RulesChanged:
            drafts.keep(request.session, drafts.of_comment(topic, parent), form.typed)
            return ask_first(_address(topic, parent))
        except (CommentRefused, LimitReached) as refusal:
            status = form.refuse(refusal)
        else:
            drafts.forget(request.session, drafts.of_comment(topic, parent))
            return _written(request, written)
    form.renew()
    return _form_page(request, topic, parent, form, status)


def _emergency(request: HttpRequest, topic: Topic, parent: Comment | None, form: CommentForm) -> HttpResponse:
    """Nothing is sent: 112 comes first. The text waits in the form."""
    drafts.keep(request.session, drafts.of_comment(topic, parent), form.typed)
    back = _address(topic, parent)
    return render(request, "topics/emergency.html", {"topic": topic, "back": back})


def _sign_in_first(request: HttpRequest, topic: Topic, parent: Comment | None, text: str) -> HttpResponse:
    """The session ended while they wrote: the text waits in the form for them to come back."""
    drafts.keep(request.session, drafts.of_comment(topic, parent), text)
    messages.info(request, _("Sign in to send the comment. We have kept your text."))
    return redirect_to_login(_address(topic, parent))


def _address(topic: Topic, parent: Comment | None) -> str:
    """Of the page with the form."""
    if parent:
        return reverse("topics:reply", args=[topic.slug, parent.pk])
    return reverse("topics:comment", args=[topic.slug])


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
    """One query for what the page tells of the topic, one for its estates."""
    topics = Topic.objects.public().without_texts().select_related("institution").prefetch_related("estates")
    talk = talk_context(request, get_object_or_404(topics, pk=topic.pk))
    context = {"parent": parent, "form": form, **talk}
    return render(request, "topics/comment_form.html", context, status=status)

"""Writing a comment or a reply."""

import uuid

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from participants.limits import LimitReached, visitor
from participants.models import FormerAddress
from topics import drafts
from topics.discussion import add_comment
from topics.forms import CommentForm
from topics.models import Comment, Topic
from topics.refusals import CommentRefused, DataFound, ProofWanted, TalkClosed
from topics.threads import place_of
from topics.views.reading import talk_context


@require_POST
def comment(request: HttpRequest, slug: str) -> HttpResponse:
    return _write(request, _topic_at(slug), None)


@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The page with the reply form, and where it is sent."""
    comments = Comment.objects.public().threads().for_reading().select_related("topic")
    parent = get_object_or_404(comments, pk=pk)
    if request.method == "POST":
        return _write(request, parent.topic, parent)
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    talk = talk_context(request, parent.topic)
    initial = {"text": drafts.kept(request.session, parent.topic, parent), "submission": uuid.uuid4()}
    form = CommentForm(initial=initial, author=request.user, is_reply=True, is_official=talk["official"])
    return _form_page(request, talk, parent, form)


def _topic_at(slug: str) -> Topic:
    """The address may change while somebody writes: what they send still arrives. One query, two where it has."""
    topics = Topic.objects.public()
    return topics.filter(slug=slug).first() or get_object_or_404(topics, slug=_slug_today(slug))


def _slug_today(slug: str) -> str:
    moved = FormerAddress.objects.filter(path=reverse("topics:detail", args=[slug])).first()
    return resolve(moved.target).kwargs["slug"] if moved else slug


def _write(request: HttpRequest, topic: Topic, parent: Comment | None) -> HttpResponse:
    talk = talk_context(request, topic)
    form = CommentForm(request.POST, author=request.user, is_reply=parent is not None, is_official=talk["official"])
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
        except DataFound as found:
            form.ask_about(found)
        except ProofWanted:
            form.ask()
        except LimitReached as limit:
            form.add_error("text", str(limit))
            status = 429
        except CommentRefused as refusal:
            form.add_error("text", str(refusal))
            status = 409 if isinstance(refusal, TalkClosed) else 422
        else:
            drafts.forget(request.session, topic, parent)
            return _written(request, written)
    form.renew()
    return _form_page(request, talk, parent, form, status)


def _emergency(request: HttpRequest, topic: Topic, parent: Comment | None, form: CommentForm) -> HttpResponse:
    """Nothing is sent: 112 comes first. The text waits in the form."""
    drafts.keep(request.session, topic, parent, form.typed)
    back = reverse("topics:reply", args=[topic.slug, parent.pk]) if parent else f"{topic.get_absolute_url()}#napisz"
    return render(request, "topics/emergency.html", {"topic": topic, "back": back})


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
    request: HttpRequest, talk: dict, parent: Comment | None, form: CommentForm, status: int = 200
) -> HttpResponse:
    return render(request, "topics/comment_form.html", {"parent": parent, "form": form, **talk}, status=status)

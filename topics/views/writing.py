"""Writing a comment or a reply."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from participants.limits import LimitReached
from participants.models import FormerAddress
from topics import drafts
from topics.discussion import add_comment
from topics.forms import CommentForm
from topics.models import Comment, Topic
from topics.refusals import CommentRefused, TalkClosed
from topics.threads import place_of
from topics.views.reading import talk_context


@require_POST
def comment(request: HttpRequest, slug: str) -> HttpResponse:
    topics = Topic.objects.public()
    topic = topics.filter(slug=slug).first() or get_object_or_404(topics, slug=_slug_today(slug))
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
    context = {"parent": parent, "form": form, **talk_context(request, topic)}
    return render(request, "topics/comment_form.html", context, status=status)

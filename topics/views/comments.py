"""Single comments: supporting, changing, adding, removing, former texts."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from participants.consent import ask_first
from participants.limits import LimitReached
from participants.ways_back import is_local
from topics import drafts, editing
from topics.differences import differences
from topics.forms import ChangeForm
from topics.models import Comment, CommentVersion
from topics.refusals import CommentRefused, DataFound, RulesChanged, TalkClosed
from topics.support import support, take_back
from topics.threads import Order, after_mark, before_mark, pages_of, place_of, shows_supported
from topics.views.reading import AFTER, ORDER, page_number

CHANGES_PER_PAGE = 5
TOO_LATE = (TalkClosed, editing.NotChangeable, editing.ChangedMeanwhile)


@require_http_methods(["GET", "HEAD", "POST"])
def support_comment(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The form says what its sender wants, so that a second click undoes nothing. Leads back to where it stood."""
    comment = get_object_or_404(Comment.objects.public().select_related("topic", "parent"), pk=pk)
    if not request.user.is_authenticated:
        return redirect_to_login(comment.get_absolute_url())
    if request.method != "POST":
        return redirect(place_of(comment))
    try:
        if request.POST.get("chce") == "nie":
            comment.support_count = take_back(comment, by=request.user).support_count
        else:
            comment.support_count = support(comment, by=request.user).support_count
    except RulesChanged:
        return ask_first(_back(request, comment))
    except LimitReached as limit:
        return _refused(request, comment, limit, 429)
    except CommentRefused as refusal:
        return _refused(request, comment, refusal, 409)
    return redirect(_back(request, comment))


def _back(request: HttpRequest, comment: Comment) -> str:
    """Where the button stood: the same order and page, where the address is one of this site."""
    address = request.POST.get("skad", "")
    if not is_local(address):
        return place_of(comment)
    parts = urlsplit(address)
    query = QueryDict(parts.query, mutable=True)
    if query.get(ORDER) == Order.SUPPORTED and comment.parent_id is None:
        # One voice more or fewer moves it: perhaps to another part, which then begins with it.
        after = after_mark(query.get(AFTER, ""))
        if not shows_supported(comment, after):
            query[AFTER] = before_mark(comment)
    question = f"?{query.urlencode()}" if query else ""
    return f"{parts.path}{question}#k-{comment.pk}"


@require_http_methods(["GET", "HEAD", "POST"])
def edit_comment(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    return _change(request, pk, editing.edit, is_addition=False)


@require_http_methods(["GET", "HEAD", "POST"])
def add_to_comment(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    return _change(request, pk, editing.add_to, is_addition=True)


def _change(request: HttpRequest, pk: int, act: Callable[..., Comment], *, is_addition: bool) -> HttpResponse:
    if not request.user.is_authenticated:
        return _sign_in_first(request, pk)
    comment = _own(request, pk)
    if request.method == "POST":
        return _changed(request, comment, act, is_addition=is_addition)
    try:
        editing.check(comment, by=request.user)
    except RulesChanged:
        return ask_first(request.path)
    except CommentRefused as refusal:
        return _refused(request, comment, refusal, 409)
    if editing.is_answered(comment) and not is_addition:
        return redirect("topics:add", comment.topic.slug, pk)
    text = drafts.kept(request.session, drafts.of_change(pk)) or ("" if is_addition else comment.text)
    form = ChangeForm(initial={"text": text, "revision": comment.revision}, is_addition=is_addition)
    return _change_page(request, comment, form)


def _changed(request: HttpRequest, comment: Comment, act: Callable[..., Comment], *, is_addition: bool) -> HttpResponse:
    form = ChangeForm(request.POST, is_addition=is_addition)
    status, refusal = 422, None
    if form.is_valid():
        sent = form.cleaned_data
        try:
            how = {"text": sent["text"], "insists": sent["insists"], "seen_revision": sent["revision"]}
            changed = act(comment, by=request.user, **how)
        except DataFound as found:
            form.ask_about(found)
        except RulesChanged:
            drafts.keep(request.session, drafts.of_change(comment.pk), form.typed)
            return ask_first(request.path)
        except (CommentRefused, LimitReached) as error:
            form.add_error("text", str(error))
            status, refusal = _status(error), type(error)
        else:
            drafts.forget(request.session, drafts.of_change(comment.pk))
            return _written(request, comment, changed)
    comment.refresh_from_db()
    form.renew(comment.revision)
    return _change_page(request, comment, form, status, refusal)


def _status(error: CommentRefused | LimitReached) -> int:
    if isinstance(error, LimitReached):
        return 429
    return 409 if isinstance(error, TOO_LATE) else 422


def _change_page(
    request: HttpRequest,
    comment: Comment,
    form: ChangeForm,
    status: int = 200,
    refusal: type[Exception] | None = None,
) -> HttpResponse:
    context = {
        "comment": comment,
        "topic": comment.topic,
        "form": form,
        "stale": refusal is editing.ChangedMeanwhile,
        "add_url": reverse("topics:add", args=[comment.topic.slug, comment.pk]),
        "must_add": refusal is editing.OnlyAddition,
    }
    return render(request, "topics/comment_change.html", context, status=status)


def _written(request: HttpRequest, before: Comment, changed: Comment) -> HttpResponse:
    """`before` is the comment as it was read with the page."""
    if before.state == Comment.State.PUBLISHED and changed.state == Comment.State.WAITING:
        messages.success(request, _("Your comment is changed. A moderator reads it before others see it again."))
    else:
        messages.success(request, _("Your comment is changed."))
    changed.parent = before.parent
    return redirect(place_of(changed))


def _sign_in_first(request: HttpRequest, pk: int) -> HttpResponse:
    """The session ended while they wrote: the text waits in the form for them to come back."""
    if request.method == "POST":
        drafts.keep(request.session, drafts.of_change(pk), ChangeForm(request.POST).typed)
        messages.info(request, _("Sign in to send the comment. We have kept your text."))
    return redirect_to_login(request.path)


def _own(request: HttpRequest, pk: int) -> Comment:
    """The reader's own comment, whatever became of it. 403 for somebody else's, 404 for one that nobody may see."""
    comment = Comment.objects.own_of(request.user).select_related("topic", "parent").filter(pk=pk).first()
    if comment is None:
        get_object_or_404(Comment.objects.public(), pk=pk)
        raise PermissionDenied
    return comment


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_comment(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Asks once more, and then takes the comment away."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    comment = _own(request, pk)
    try:
        if request.method == "POST":
            return _withdrawn(request, editing.withdraw(comment, by=request.user), comment)
        editing.check_removal(comment, by=request.user)
    except CommentRefused as refusal:
        return _refused(request, comment, refusal, 409)
    return render(request, "topics/comment_withdraw.html", {"comment": comment, "topic": comment.topic})


def _withdrawn(request: HttpRequest, comment: Comment, before: Comment) -> HttpResponse:
    messages.success(request, _("Your comment is removed."))
    return redirect(place_of(before) if comment.position else comment.topic)


@require_safe
def versions(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What a published comment said before, change by change, the latest on top. Two queries."""
    comments = Comment.objects.public().published().for_reading().select_related("topic").defer(None)
    comment = get_object_or_404(comments, pk=pk)
    former = list(CommentVersion.objects.public().filter(comment=comment).in_order())
    if not former:
        raise Http404
    if comment.topic.slug != slug:
        return redirect("topics:versions", comment.topic.slug, pk, permanent=True)
    last = pages_of(len(former), CHANGES_PER_PAGE)
    number = page_number(request, last)
    end = len(former) - (number - 1) * CHANGES_PER_PAGE
    texts = [version.text for version in former] + [comment.text]
    steps = list(zip(former, pairwise(texts), strict=True))[max(end - CHANGES_PER_PAGE, 0) : end]
    context = {
        "comment": comment,
        "topic": comment.topic,
        "changes": [(version.replaced_at, differences(*pair)) for version, pair in reversed(steps)],
        "number": number,
        "last": last,
    }
    return render(request, "topics/comment_versions.html", context)


def _refused(request: HttpRequest, comment: Comment, why: Any, status: int) -> HttpResponse:
    back = place_of(comment) if comment.is_visible_to(request.user) else comment.topic.get_absolute_url()
    context = {"why": str(why), "topic": comment.topic, "back": back}
    return render(request, "topics/comment_refused.html", context, status=status)

"""The buttons that follow and stop following, and the ways out that letters bring."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from meetings import following
from meetings.following import FollowRefused
from meetings.models import TARGETS, Follow
from participants.models import Resident
from participants.ways_back import local_or

Pace = Resident.Pace
STOP, UNDO = "przestan", "cofnij"


@require_POST
def follow_or_stop(request: HttpRequest) -> HttpResponse:
    """`co` and `nr` say what, `act` whether to stop; then back to `next`. Who is not signed in is asked to."""
    back = local_or(request.POST.get("next", ""), reverse("my_letters"))
    if not request.user.is_authenticated:
        return redirect_to_login(back)
    kind, key = request.POST.get("co", ""), _key(request.POST.get("nr", ""))
    if request.POST.get("act") == STOP and kind in TARGETS:  # also where it is public no more
        following.stop(request.user, kind, key)
        messages.success(request, _("You do not follow this any more."))
        return redirect(back)
    target = following.may_follow(kind, key)
    if target is None:
        raise Http404
    try:
        following.follow(request.user, kind, target)
    except FollowRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("You follow this. We will write when something happens."))
    return redirect(back)


def _key(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 18 else 0


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_following(request: HttpRequest, token: str) -> HttpResponse:
    """For whoever has the letter. Looking changes nothing: programs open the links of letters too."""
    found = following.stopped_at(token)
    if found is None:
        raise Http404
    account, kind, key = found
    own = Follow.objects.of(account).filter(**{f"{kind}_id": key}).first()
    row = own or _can_be_followed(kind, key)
    if request.method == "POST" and request.POST.get("act") == UNDO:
        return _follow_again(request, account, row)
    if request.method == "POST":
        following.stop(account, kind, key)
        return redirect(request.path)
    return render(request, "meetings/stop_following.html", {"row": row, "is_followed": own is not None})


def _can_be_followed(kind: str, key: int) -> Follow | None:
    target = following.may_follow(kind, key)
    return Follow(**{kind: target}) if target else None


def _follow_again(request: HttpRequest, account: Resident, row: Follow | None) -> HttpResponse:
    if row is None:
        raise Http404
    try:
        following.follow(account, row.kind, row.target)
    except FollowRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(request.path)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ends all letters of news. A mail program presses it without a page, a session or a token (RFC 8058), so it
    takes none; the key in the address says whose letters they are. Looking changes nothing."""
    account = following.account_of(following.UNSUBSCRIBE, token)
    if account is None:
        raise Http404
    context: dict[str, Any] = {"former": _former(account.pace)}
    if request.method == "POST":
        undo = request.POST.get("act") == UNDO
        following.set_pace(account, _former(request.POST.get("pace", "")) if undo else Pace.NEVER)
        context["is_undone"] = undo
    context["is_over"] = account.pace == Pace.NEVER
    return render(request, "meetings/unsubscribe.html", context)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def no_replies(request: HttpRequest, token: str) -> HttpResponse:
    """As `unsubscribe`, for news of replies to one's own comments alone."""
    account = following.account_of(following.NO_REPLIES, token)
    if account is None:
        raise Http404
    if request.method == "POST":
        following.set_replies(account, wanted=request.POST.get("act") == UNDO)
    return render(request, "meetings/no_replies.html", {"is_over": not account.wants_replies})


def _former(pace: str) -> str:
    """The pace to come back to."""
    return pace if pace in Pace.values and pace != Pace.NEVER else Pace.DAY

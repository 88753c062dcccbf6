"""Signing up for a meeting; works signed out. The link from the letter leads to a page with buttons."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from meetings.models import Meeting, Registration
from meetings.registration import (
    RegistrationRefused,
    address_of,
    confirm,
    is_own,
    leave,
    of_token,
    place_in_queue,
    register,
    take_fewer,
)
from meetings.registration_forms import FewerForm, SignUpForm
from meetings.seats import obstacle, signup_of
from participants.leaving import addresses_of
from participants.limits import LimitReached, visitor

State = Registration.State


@require_http_methods(["GET", "HEAD", "POST"])
def signup(request: HttpRequest, year: int, slug: str) -> HttpResponse:
    """The page with the form, and where it is sent. Where nobody can sign up it says why. Two queries to read."""
    meeting = _meeting_at(year, slug)
    now = timezone.now()
    if request.method == "POST":
        return _send(request, meeting, SignUpForm(request.POST, meeting=meeting, now=now))
    email = request.user.email if request.user.is_authenticated else ""
    initial = {"submission": uuid.uuid4(), "seats": 1, "email": email}
    return _form_page(request, meeting, SignUpForm(meeting=meeting, now=now, initial=initial))


@require_safe
def sent(request: HttpRequest, year: int, slug: str) -> HttpResponse:
    """The same for everybody, whether the address is signed up already or not."""
    return render(request, "meetings/signup_sent.html", {"meeting": _meeting_at(year, slug)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def registration(request: HttpRequest, token: str) -> HttpResponse:
    """One sign-up, for whoever has its link: reading it changes nothing, its buttons do. Two queries to read."""
    found = of_token(token)
    if found is None:
        return render(request, "meetings/registration_gone.html", status=404)
    if request.method != "POST":
        return _page(request, found)
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        return _page(request, found, status=422)
    try:
        return act(request, found)
    except RegistrationRefused as refusal:
        fresh = of_token(token)
        if fresh is None:
            return render(request, "meetings/registration_gone.html", status=404)
        return _page(request, fresh, refusal=str(refusal), status=409)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks once more, and then gives one's own seats back, or the place in the queue. Two queries to read."""
    own = Registration.objects.of_person(request.user, addresses_of(request.user)).to_come(timezone.localdate())
    found = get_object_or_404(own, pk=pk)
    if request.method == "POST":
        try:
            leave(found)
        except RegistrationRefused as error:  # erased in this moment
            raise Http404 from error
        messages.success(request, _("You are not signed up for this meeting any more. Thank you for letting us know."))
    elif found.state != State.LEFT:
        return render(request, "account/give_back.html", {"registration": found, "meeting": found.meeting})
    return redirect("my_account")


def _meeting_at(year: int, slug: str) -> Meeting:
    return get_object_or_404(Meeting.objects.public().select_related("forum"), date__year=year, slug=slug)


def _send(request: HttpRequest, meeting: Meeting, form: SignUpForm) -> HttpResponse:
    status = 422
    account = request.user if request.user.is_authenticated else None
    if form.is_valid():
        who = {"account": account, "visitor": "" if account else visitor(request), "language": get_language()}
        try:
            made = register(meeting=meeting, seconds=form.seconds, **form.sent, **who)
        except LimitReached as limit:
            status = 429
            form.add_error(None, str(limit))
        except RegistrationRefused as refusal:
            status = 409 if obstacle(meeting, timezone.now()) else 422
            form.add_error(None, str(refusal))
        else:
            return _signed_up(request, made, is_theirs=account is not None and is_own(account, made.email))
    form.renew()
    return _form_page(request, meeting, form, status)


def _signed_up(request: HttpRequest, made: Registration, *, is_theirs: bool) -> HttpResponse:
    """To the sign-up itself only for whoever has proved that the address is theirs."""
    if is_theirs:
        return redirect(address_of(made))
    return redirect("meetings:signup_sent", made.meeting.date.year, made.meeting.slug)


def _form_page(request: HttpRequest, meeting: Meeting, form: SignUpForm, status: int = 200) -> HttpResponse:
    context = {"meeting": meeting, "form": form, **signup_of(meeting, timezone.now())}
    return render(request, "meetings/signup_form.html", context, status=status)


def _page(
    request: HttpRequest,
    found: Registration,
    *,
    fewer: FewerForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """Without messages: those of a stranger would need a cookie."""
    now = timezone.now()
    is_coming = found.state in {State.SEATED, State.WAITING}
    if is_coming and found.seats > 1:
        fewer = fewer or FewerForm(registration=found)
    context: dict[str, Any] = {
        "registration": found,
        "meeting": found.meeting,
        "place": place_in_queue(found) if found.state == State.WAITING else None,
        "is_over": found.meeting.last_day < timezone.localdate(now),
        "refusal": refusal,
        "fewer": fewer if is_coming else None,
        **signup_of(found.meeting, now),
    }
    return render(request, "meetings/registration_detail.html", context, status=status)


def _confirm(request: HttpRequest, found: Registration) -> HttpResponse:
    return redirect(address_of(confirm(found)))


def _leave(request: HttpRequest, found: Registration) -> HttpResponse:
    return redirect(address_of(leave(found)))


def _take_fewer(request: HttpRequest, found: Registration) -> HttpResponse:
    form = FewerForm(request.POST, registration=found)
    if not form.is_valid():
        return _page(request, found, fewer=form, status=422)
    changed = take_fewer(found, seats=form.cleaned_data["seats"])
    return redirect(address_of(changed))


ACTS = {"potwierdz": _confirm, "zrezygnuj": _leave, "mniej": _take_fewer}

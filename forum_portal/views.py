"""The pages of the site itself, the choice of look and language, and the answers to errors."""

import sys
from collections.abc import Iterable
from functools import cache

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db.utils import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from forum_portal.context import THEME_COOKIE, THEMES
from meetings import asking, registration
from meetings.models import Commitment, Meeting
from meetings.seats import KEPT_DAYS
from participants import bounces, exports, inactivity, leaving, letters, limits, sessions, unconfirmed
from participants.models import AccessibilityStatement, InformationClause, Resident
from participants.retention import LOG_KEPT
from participants.rules import CURRENT
from participants.ways_back import local_or
from topics import reporters, sealing
from topics.models import Comment, Reason, Topic
from topics.questions import count_in

YEAR_SECONDS = 31_536_000
DAY_SECONDS = 86_400
RETRY_SECONDS = 30
HELD_LABELS = [hold.label for hold in Comment.Hold if hold]
PAST_ON_HOME = 3
TOPICS_ON_HOME = 4
PROMISES_ON_HOME = 3


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Seven queries for strangers, whatever the size of the site."""
    today = timezone.localdate()
    meetings = Meeting.objects.public().without_texts()
    topics = Topic.objects.public().without_texts().accepting_comments(today)
    liveliest = list(topics.liveliest_first().prefetch_related("estates")[:TOPICS_ON_HOME])
    count_in(liveliest)
    context = {
        "coming": meetings.upcoming(today).announced().soonest_first().first(),
        "past": meetings.past(today).latest_first()[:PAST_ON_HOME],
        "topics": liveliest,
        "promises": Commitment.objects.public().for_cards().latest_change_first()[:PROMISES_ON_HOME],
        "score": Commitment.objects.public().score(today),
    }
    return render(request, "site/home.html", context)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "site/about.html")


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    context = {"version": CURRENT, "reasons": Reason.labels, "holds": HELD_LABELS}
    return render(request, "site/rules.html", context)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """One query."""
    context = {"clause": InformationClause.objects.current(), "cookies": _cookies(), "kept": _kept()}
    return render(request, "site/privacy.html", context)


def _kept() -> dict[str, int]:
    """From where they are kept to: in days, of accounts that nobody uses in months, of the
    panel's log and of paused addresses in years."""
    return {
        "exports": exports.KEPT.days,
        "devices": sessions.KEPT.days,
        "guest_questions": asking.KEPT.days,
        "inactive": inactivity.MONTHS,
        "leaving": leaving.WAIT.days,
        "letters": letters.KEPT.days,
        "reporters": reporters.KNOWN_FOR.days,
        "sealed": sealing.KEPT.days,
        "signups": KEPT_DAYS,
        "pauses": bounces.KEPT.days // 365,
        "panel_log": LOG_KEPT.days // 365,
        "tallies": limits.KEPT.days,
        "unconfirmed": unconfirmed.KEPT.days,
        "unconfirmed_signups": registration.PENDING_FOR.days,
    }


def _cookies() -> list[dict]:
    """Every cookie that the site can set; the names are those of the settings."""
    year = _("One year")
    signed_in = _("Keeps you signed in, and carries a notice to the next page")
    days = settings.SESSION_COOKIE_AGE // DAY_SECONDS
    stay = ngettext(
        "Until you close the browser, or %(days)d day if you asked to stay signed in",
        "Until you close the browser, or %(days)d days if you asked to stay signed in",
        days,
    ) % {"days": days}
    return [
        {"name": settings.SESSION_COOKIE_NAME, "purpose": signed_in, "lasts": stay},
        {"name": settings.CSRF_COOKIE_NAME, "purpose": _("Protects forms from being sent by others"), "lasts": year},
        {"name": settings.LANGUAGE_COOKIE_NAME, "purpose": _("Remembers the language you chose"), "lasts": year},
        {"name": THEME_COOKIE, "purpose": _("Remembers the appearance you chose"), "lasts": year},
    ]


@require_safe
def clause(request: HttpRequest) -> HttpResponse:
    """Two queries."""
    shown = InformationClause.objects.current()
    return render(request, "site/clause.html", {"clause": shown, "processings": list(shown.processings.all())})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """One query."""
    shown = AccessibilityStatement.objects.current()
    is_limited = shown.status and shown.status != AccessibilityStatement.Status.FULL
    inaccessible = shown.not_conforming or shown.not_covered or shown.burden
    context = {"statement": shown, "has_limits": is_limited and inaccessible, "site_url": settings.SITE_URL}
    return render(request, "site/accessibility.html", context)


# -- The reader's choices -------------------------------------------------------------------------
# Exempt from the token on purpose: then a page for strangers carries neither token nor cookie and can be
# cached. What a foreign page could do at worst is change somebody's colours, and browsers that say where
# a request comes from are refused even that.


@csrf_exempt
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    return _remember(request, THEME_COOKIE, request.POST.get("motyw", ""), THEMES, fragment="#wyglad")


@csrf_exempt
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Also that of the letters to whoever is signed in. Two queries for them."""
    codes, chosen = dict(settings.LANGUAGES), request.POST.get("language", "")
    if chosen in codes and not _from_elsewhere(request) and request.user.is_authenticated:
        Resident.objects.filter(pk=request.user.pk).update(language=chosen)
    return _remember(request, settings.LANGUAGE_COOKIE_NAME, chosen, codes)


def _remember(request: HttpRequest, cookie: str, value: str, known: Iterable[str], fragment: str = "") -> HttpResponse:
    """Keeps a known value for a year and leads back to the page the reader came from."""
    if _from_elsewhere(request):
        return render(request, "403.html", status=403)
    back = local_or(request.POST.get("next", ""), reverse("home")).partition("#")[0]
    response = HttpResponseRedirect(back + fragment)
    if value in known:
        response.set_cookie(
            cookie,
            value,
            max_age=YEAR_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def _from_elsewhere(request: HttpRequest) -> bool:
    return request.headers.get("Sec-Fetch-Site") == "cross-site"


# -- Errors ---------------------------------------------------------------------------------------


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 where the form was too big for Django to read (the rest is stopped by the middleware)."""
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    return render(request, f"{status}.html", status=status)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A plain file: whatever broke may break a template too. 503 where the database does not answer."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return HttpResponse(_plain_page("503.html"), status=503, headers={"Retry-After": str(RETRY_SECONDS)})
    return HttpResponse(_plain_page("500.html"), status=500)


@cache
def _plain_page(name: str) -> bytes:
    return (settings.BASE_DIR / "templates" / name).read_bytes()


@never_cache
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form expired, or was not ours. What was typed comes back, unless another site has sent it."""
    typed = "" if _from_elsewhere(request) else _typed_text(request.POST)
    return render(request, "csrf_failure.html", {"typed": typed}, status=403)


def _typed_text(form: QueryDict) -> str:
    """What is worth keeping of a form: values of more than one word, passphrases apart."""
    sentences = [
        value
        for name, values in form.lists()
        for value in values
        if len(value.split()) > 1 and "pass" not in name.lower()
    ]
    return "\n\n".join(sentences)

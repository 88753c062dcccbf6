"""The public page of figures about moderation."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from topics.figures import FEW, figures_of, quarters
from topics.models import Comment, Reason

PARAMETER = "kwartal"


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """One quarter, the current one by default. No query for whoever comes within an hour of another reader."""
    known = {quarter.slug: quarter for quarter in quarters(timezone.localdate())}
    asked = request.GET.get(PARAMETER) or next(iter(known))
    if asked not in known:
        raise Http404
    found = figures_of(known[asked])
    context = {"quarter": known[asked], "quarters": list(known.values()), "figures": found, "few": FEW, **_named(found)}
    return render(request, "topics/figures.html", context)


def _named(found: dict[str, Any]) -> dict[str, Any]:
    """What the cache holds in codes, in the reader's language."""
    return {
        "holds": [(Comment.Hold(hold).label, count) for hold, count in found["held"].items()],
        "reasons": [(Reason(reason).label, refused, hidden) for reason, refused, hidden in found["reasons"]],
    }

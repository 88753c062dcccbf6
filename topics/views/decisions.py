"""What was decided, for whom it concerns."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from topics.statements import decision_of


@require_safe
def statement(request: HttpRequest, token: str) -> HttpResponse:
    """The statement of reasons, for whoever has the link of the letter."""
    decision = decision_of(token)
    return HttpResponse(decision.get_act_display(), content_type="text/plain; charset=utf-8")

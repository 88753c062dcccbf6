"""The page to which the letter “Is it better?” leads."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from meetings.follow_ups import WORDS_LIMIT, FollowUpOver, FollowUpRefused, answer, asked_at, is_over
from meetings.models import FollowUp
from participants.forms import PublicForm
from participants.limits import LimitReached

ANSWERS = {"tak": True, "nie": False}


class FollowUpForm(PublicForm):
    """Two buttons, each of which sends the words as well."""

    lepiej = forms.ChoiceField(
        choices=[(value, value) for value in ANSWERS],
        error_messages={"required": _("Choose yes or no."), "invalid_choice": _("Choose yes or no.")},
    )
    slowa = forms.CharField(
        label=_("What should we know? (optional)"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"null_characters_not_allowed": _("Remove the characters that cannot be seen.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rule = _("At most %(limit)d characters. Only the staff reads it.")
        self.fields["slowa"].help_text = rule % {"limit": WORDS_LIMIT}

    @cached_property
    def helper(self) -> FormHelper:
        helper = super().helper
        helper.layout = Layout("slowa")
        return helper


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow_up(request: HttpRequest, token: str) -> HttpResponse:
    """Looking writes nothing: programs that read letters open every link."""
    row = asked_at(token)
    if row is None:
        raise Http404
    if request.method != "POST":
        return _page(request, row, FollowUpForm(initial={"slowa": row.words}))
    form, status = FollowUpForm(request.POST), 422
    if form.is_valid():
        try:
            answer(row, is_better=ANSWERS[form.cleaned_data["lepiej"]], words=form.cleaned_data["slowa"])
        except LimitReached as limit:
            status = 429
            form.add_error(None, str(limit))
        except FollowUpRefused as refusal:
            status = 409 if isinstance(refusal, FollowUpOver) else 422
            form.add_error("slowa", str(refusal))
        else:
            return redirect("meetings:follow_up", token)
    return _page(request, row, form, status)


def _page(request: HttpRequest, row: FollowUp, form: FollowUpForm, status: int = 200) -> HttpResponse:
    commitment = row.entry.commitment
    context = {
        "row": row,
        "commitment": commitment,
        "form": form,
        "is_over": is_over(row, timezone.now()),
        "is_taken_up": not commitment.is_done or commitment.since != row.entry.at,
    }
    return render(request, "meetings/follow_up.html", context, status=status)

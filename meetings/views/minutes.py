"""An institution's own part of the minutes, by the link in its letter."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from meetings.minutes import MinutesRefused
from meetings.minutes_by_link import (
    WHY_LIMIT,
    WORDS_LIMIT,
    accept,
    circulation_of,
    own_items,
    own_promises,
    propose,
    same_words,
    why_closed,
)
from meetings.models import AgendaItem, Circulation
from participants.forms import PublicForm
from participants.prose import rich_to_plain


class WordsForm(PublicForm):
    """Other words for one item. Left as they are, they propose nothing."""

    text = forms.CharField(
        label=gettext_lazy("How it should read"),
        required=False,
        max_length=WORDS_LIMIT,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    why = forms.CharField(label=gettext_lazy("Why"), required=False, max_length=WHY_LIMIT)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)

    def __init__(self, data: Any, item: AgendaItem) -> None:
        mine = next((proposal for proposal in item.own if proposal.state == proposal.State.OPEN), None)
        text = rich_to_plain(mine.text if mine else item.note)
        initial = {"text": text, "why": mine.why if mine else "", "seen": item.note_version}
        super().__init__(data, initial=initial, prefix=f"p{item.pk}")

    @property
    def words(self) -> tuple[str, str, int]:
        sent = self.cleaned_data
        return sent["text"], sent["why"], sent["seen"] or 0


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def minutes_part(request: HttpRequest, token: str) -> HttpResponse:
    """For whoever has the link. Once the minutes are approved it leads to the public page. Four queries."""
    circulation = circulation_of(token)
    if request.method == "POST":
        return _answer(request, circulation)
    return _page(request, circulation)


def _answer(request: HttpRequest, circulation: Circulation) -> HttpResponse:
    items = own_items(circulation)
    rows = [(item, WordsForm(request.POST, item)) for item in items]
    try:
        if request.POST.get("answer") == "accept":
            accept(circulation)
            messages.success(request, _("Thank you. We have written down that you agree."))
            return redirect(request.path)
        wrong = [form for _item, form in rows if not form.is_valid()]
        if not wrong:
            propose(circulation, words={item.pk: form.words for item, form in rows})
            messages.success(
                request, _("Thank you. The editors read your words and write to you what becomes of them.")
            )
            return redirect(request.path)
    except MinutesRefused as refusal:
        circulation.meeting.refresh_from_db()
        status = 409 if why_closed(circulation.meeting, timezone.localdate()) else 422
        return _page(request, circulation, rows, str(refusal), status)
    return _page(request, circulation, rows, status=422)


def _page(
    request: HttpRequest, circulation: Circulation, rows: Any = None, refusal: str = "", status: int = 200
) -> HttpResponse:
    meeting = circulation.meeting
    is_approved = meeting.minutes_state == meeting.Minutes.APPROVED
    if rows is None:
        rows = [] if is_approved else [(item, WordsForm(None, item)) for item in own_items(circulation)]
    closed = why_closed(meeting, timezone.localdate())
    typed = [(item, form.data.get(form.add_prefix("text"), "")) for item, form in rows if form.is_bound]
    context = {
        "circulation": circulation,
        "meeting": meeting,
        "is_approved": is_approved,
        "rows": rows,
        "promises": [] if is_approved else own_promises(circulation),
        "closed": closed,
        "refusal": refusal,
        "has_errors": bool(refusal) or any(form.errors for _item, form in rows),
        "kept": [(item, text) for item, text in typed if closed and text and not same_words(text, item.note)],
    }
    return render(request, "meetings/minutes_part.html", context, status=status)

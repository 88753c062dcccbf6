"""The minutes in the panel: notes of two editors that do not cross, their versions, the round, approval, errata."""

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.db import models
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from meetings import minutes
from meetings.models import AgendaItem, Erratum, Meeting, NoteVersion, Proposal
from participants.admin.acts import Act
from participants.admin.frame import FIELDS
from participants.admin.rich_text import RichTextWidget
from participants.prose import RICH_LIMIT, rich_to_plain
from topics.differences import Piece, differences

State, Minutes = Meeting.State, Meeting.Minutes
HIGHEST = 2**31 - 1


class NoteForm(forms.Form):
    text = forms.CharField(label=_("What was said"), required=False, max_length=RICH_LIMIT, widget=RichTextWidget)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=HIGHEST)

    @classmethod
    def of(cls, item: AgendaItem, data: Any = None) -> "NoteForm":
        return cls(data, prefix=f"note{item.pk}", initial={"text": item.note, "seen": item.note_version})


class ReplyForm(forms.Form):
    reply = forms.CharField(
        label=_("Reply to the institution"),
        required=False,
        max_length=Proposal._meta.get_field("reply").max_length,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed when you do not take the words."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=HIGHEST)
    take = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])


class UntilForm(forms.Form):
    until = forms.DateField(label=_("Corrections until"), widget=FIELDS[models.DateField]["widget"])


class ErratumForm(forms.ModelForm):
    """About one item of the meeting, or about the report as a whole. minutes.correct checks and saves it."""

    item = forms.ModelChoiceField(
        AgendaItem.objects.none(), label=_("Agenda item"), required=False, empty_label=_("the report as a whole")
    )
    text = forms.CharField(
        label=_("Correction"),
        max_length=minutes.ERRATUM_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What stands there, and what it should say. Everybody sees it under the text, with the date."),
    )

    class Meta:
        model = Meeting
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = self.instance.agenda_items.select_related("topic")

    def _post_clean(self) -> None:
        """Leaves the meeting as it is."""


def may_be_corrected(meeting: Meeting) -> bool:
    return meeting.minutes_state == Minutes.APPROVED or meeting.state == State.ARCHIVED


def _act(name: str, label: Any, explanation: Any, done: Any, run: Any, fits: Any, **more: Any) -> Act:
    """Offered on the page of the minutes, not above the form of the meeting."""
    return Act(name, label, explanation, done, run, frozenset(), fits=fits, **more)


ACTS = (
    _act(
        "protokol-wyslij",
        _("Send round for correction"),
        _("Each institution with a part gets a letter with a link. It agrees with its part, or proposes other words."),
        _("The minutes are sent round."),
        minutes.circulate,
        lambda meeting: meeting.minutes_state == Minutes.DRAFT and meeting.state == State.HELD,
        form=UntilForm,
    ),
    _act(
        "protokol-cofnij",
        _("Take the minutes back"),
        _("Institutions can answer no more until you send them round again. What they have answered stays."),
        _("The minutes are being written again."),
        minutes.recall,
        lambda meeting: meeting.minutes_state == Minutes.CIRCULATED,
    ),
    _act(
        "protokol-zatwierdz",
        _("Approve the minutes"),
        _("From then on nobody can change the text, you neither. What was wrong is corrected under it, with a date."),
        _("The minutes are approved."),
        minutes.approve,
        lambda meeting: minutes.is_open(meeting) and meeting.state == State.HELD and meeting.is_closed,
        is_grave=True,
    ),
    _act(
        "protokol-sprostuj",
        _("Add an erratum"),
        _("The text above it stays as it was approved. An erratum cannot be changed or deleted."),
        _("The erratum stands under the text."),
        minutes.correct,
        may_be_corrected,
        form=ErratumForm,
    ),
)


@dataclass
class Conflict:
    """What both sides say of one note."""

    told: minutes.Overtaken
    pieces: list[Piece]


@dataclass
class Row:
    """One item on the page of the minutes."""

    item: AgendaItem
    form: NoteForm
    proposals: list[tuple[Proposal, list[Piece], bool]] = field(default_factory=list)
    conflict: Conflict | None = None


class MinutesPages:
    """Mixed into the admin of meetings."""

    def get_urls(self) -> list[URLPattern]:
        pages = {
            "<int:pk>/protokol/": ("minutes", self.minutes_view),
            "<int:pk>/protokol/<int:item>/": ("note", require_POST(self.note_view)),
            "<int:pk>/protokol/<int:item>/wersje/": ("versions", self.versions_view),
            "<int:pk>/protokol/propozycja/<int:proposal>/": ("proposal", require_POST(self.proposal_view)),
        }
        wrap = self.admin_site.admin_view
        own = [path(route, wrap(view), name=self._url_name(name)) for route, (name, view) in pages.items()]
        return [*own, *super().get_urls()]

    def after_act(self, request: HttpRequest, obj: Meeting) -> str:
        ours = {self._url_name(act.name) for act in ACTS}
        return minutes_url(obj) if request.resolver_match.url_name in ours else super().after_act(request, obj)

    def run_act(self, request: HttpRequest, act: Act, obj: Meeting, form: forms.Form) -> Any:
        if act.run is not minutes.circulate:
            return super().run_act(request, act, obj, form)
        done = minutes.circulate(obj, by=request.user, **form.cleaned_data)
        if done.without_email:
            names = ", ".join(institution.name for institution in done.without_email)
            said = _("These have no e-mail in the portal. Ask them in another way: %(names)s") % {"names": names}
            self.message_user(request, said, messages.WARNING)
        return done

    def minutes_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._minutes_page(request, self.row_to_change(request, pk))

    def note_view(self, request: HttpRequest, pk: int, item: int) -> HttpResponse:
        meeting = self.row_to_change(request, pk)
        found = get_object_or_404(meeting.agenda_items.select_related("topic"), pk=item)
        form = NoteForm.of(found, request.POST)
        if not form.is_valid():
            return self._minutes_page(request, meeting, typed={found.pk: form}, status=422)
        try:
            minutes.write_note(found, by=request.user, **form.cleaned_data)
        except minutes.Overtaken as told:
            return self._note_overtaken(request, meeting, found, form, told)
        except minutes.MinutesRefused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return self._minutes_page(request, self.row_to_change(request, pk), typed={found.pk: form}, status=409)
        self.log_change(request, meeting, f"{found}: {NoteVersion._meta.verbose_name}")
        self.message_user(request, _("The note is saved."), messages.SUCCESS)
        return HttpResponseRedirect(f"{minutes_url(meeting)}#item-{found.pk}")

    def versions_view(self, request: HttpRequest, pk: int, item: int) -> HttpResponse:
        """Every text that the note had; any two beside each other. A POST brings one back, as a new version."""
        meeting = self.row_to_change(request, pk)
        found = get_object_or_404(meeting.agenda_items.select_related("topic"), pk=item)
        versions = {version.number: version for version in found.versions.select_related("by")}
        if request.method == "POST":
            return self._restored(request, meeting, found, versions.get(_number(request.POST.get("number"))))
        newest = max(versions, default=0)
        after = versions.get(_number(request.GET.get("do")) or newest)
        before = versions.get(_number(request.GET.get("od")) or (after.number - 1 if after else 0))
        context = {
            "item": found,
            "versions": sorted(versions.values(), key=lambda version: -version.number),
            "before": before,
            "after": after,
            "pieces": differences(_plain(before), _plain(after)) if after else [],
            "is_open": minutes.is_open(meeting),
            "newest": newest,
        }
        return self._page_of(request, meeting, "versions", found.heading, context)

    def proposal_view(self, request: HttpRequest, pk: int, proposal: int) -> HttpResponse:
        meeting = self.row_to_change(request, pk)
        proposals = Proposal.objects.filter(circulation__meeting=meeting).select_related("agenda_item", "circulation")
        found = get_object_or_404(proposals, pk=proposal)
        form = ReplyForm(request.POST)
        if not form.is_valid():
            self.message_user(request, _("Something is missing or wrong. See the fields below."), messages.ERROR)
            return self._minutes_page(request, meeting, replies={found.pk: form}, status=422)
        sent = form.cleaned_data
        try:
            take = sent["take"] == "yes"
            minutes.decide(found, take=take, by=request.user, reply=sent["reply"], seen=sent["seen"])
        except minutes.MinutesRefused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return self._minutes_page(request, meeting, replies={found.pk: form}, status=409)
        self.log_change(request, meeting, f"{found.agenda_item}: {found.circulation}")
        self.message_user(request, _("It is decided. The institution gets a letter."), messages.SUCCESS)
        return HttpResponseRedirect(f"{minutes_url(meeting)}#item-{found.agenda_item_id}")

    def minutes_line(self, obj: Meeting) -> str:
        """In the form of the meeting."""
        if obj.pk is None:
            return Minutes.DRAFT.label
        return format_html(
            '{} (<a href="{}">{}</a>)', obj.get_minutes_state_display(), minutes_url(obj), pgettext("verb", "Open")
        )

    minutes_line.short_description = _("state of the minutes")

    # -- Parts ------------------------------------------------------------------------------------------------------

    def _note_overtaken(
        self, request: HttpRequest, meeting: Meeting, item: AgendaItem, form: NoteForm, told: minutes.Overtaken
    ) -> HttpResponse:
        """Both texts; the form keeps what was typed, and saving once more is meant."""
        item.refresh_from_db()
        form.data = form.data.copy()
        form.data[form.add_prefix("seen")] = str(item.note_version)
        pieces = differences(rich_to_plain(told.stored), rich_to_plain(form.cleaned_data["text"]))
        self.message_user(request, str(told), messages.WARNING)
        conflict = {item.pk: Conflict(told, pieces)}
        return self._minutes_page(request, meeting, typed={item.pk: form}, conflicts=conflict, status=409)

    def _restored(
        self, request: HttpRequest, meeting: Meeting, item: AgendaItem, version: NoteVersion | None
    ) -> HttpResponse:
        if version is None:
            raise Http404
        seen = _number(request.POST.get("seen"))
        try:
            minutes.write_note(item, text=version.text, by=request.user, seen=seen)
        except minutes.MinutesRefused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(request.path)
        self.log_change(request, meeting, f"{item}: {NoteVersion._meta.verbose_name} {version.number}")
        self.message_user(request, _("The old text is a new version now."), messages.SUCCESS)
        return HttpResponseRedirect(f"{minutes_url(meeting)}#item-{item.pk}")

    def _minutes_page(
        self,
        request: HttpRequest,
        meeting: Meeting,
        *,
        typed: dict[int, NoteForm] | None = None,
        conflicts: dict[int, Conflict] | None = None,
        replies: dict[int, ReplyForm] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """Seven queries, however many items, proposals and errata."""
        offers = [act for act in ACTS if act.fits(meeting)]
        context = {
            "meeting": meeting,
            "rows": _rows(meeting, typed or {}, conflicts or {}, replies or {}),
            "circulations": list(meeting.circulations.select_related("institution")),
            "errata": Erratum.objects.filter(meeting=meeting, agenda_item=None),
            "is_open": minutes.is_open(meeting),
            "why_not": minutes.why_not_approved(meeting, timezone.localdate()) if minutes.is_open(meeting) else "",
            "acts": [{"act": act, "url": _page_url(act.name, meeting)} for act in offers],
            "media": self.media + NoteForm().media,
        }
        return self._page_of(request, meeting, "minutes", _("Minutes"), context, status)

    def _page_of(
        self, request: HttpRequest, meeting: Meeting, name: str, title: Any, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        own = {"title": title, "subtitle": str(meeting), "original": meeting, "minutes_url": minutes_url(meeting)}
        return self.panel_page(request, f"admin/meetings/{name}.html", {**own, **context}, status)


def minutes_url(meeting: Meeting) -> str:
    return _page_url("minutes", meeting)


def _page_url(name: str, meeting: Meeting) -> str:
    return reverse(f"admin:meetings_meeting_{name}", args=[meeting.pk])


def _rows(
    meeting: Meeting, typed: dict[int, NoteForm], conflicts: dict[int, Conflict], replies: dict[int, ReplyForm]
) -> list[Row]:
    proposed = Prefetch("proposals", Proposal.objects.select_related("circulation__institution"))
    items = meeting.agenda_items.select_related("topic", "institution").prefetch_related(proposed, "errata")
    return [
        Row(
            item=item,
            form=typed.get(item.pk) or NoteForm.of(item),
            proposals=[_beside(item, proposal, replies.get(proposal.pk)) for proposal in item.proposals.all()],
            conflict=conflicts.get(item.pk),
        )
        for item in items
    ]


def _beside(item: AgendaItem, proposal: Proposal, reply: ReplyForm | None) -> tuple[Proposal, list[Piece], ReplyForm]:
    """A proposal with what it would change in the note as it is now."""
    form = reply or ReplyForm(initial={"seen": item.note_version}, prefix=None, auto_id=f"id_reply{proposal.pk}_%s")
    proposal.is_outdated = proposal.seen_version != item.note_version
    return proposal, differences(rich_to_plain(item.note), rich_to_plain(proposal.text)), form


def _plain(version: NoteVersion | None) -> str:
    return rich_to_plain(version.text) if version else ""


def _number(value: str | None) -> int:
    """0 for what is no number of a version."""
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 10 else 0

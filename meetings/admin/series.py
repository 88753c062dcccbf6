"""Buttons that make a draft from what is known already: a copy, and the next meeting of a forum."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from meetings import series
from meetings.models import Carried, Forum, Meeting
from participants.admin.acts import Act
from participants.admin.frame import FIELDS

State = Meeting.State


class DateForm(forms.Form):
    date = forms.DateField(label=_("Date"), widget=FIELDS[models.DateField]["widget"])


class NextForm(DateForm):
    title = forms.CharField(
        label=_("Title"), max_length=200, required=False, help_text=_("Empty: the name of the forum with the number.")
    )


class CopyForm(DateForm):
    title = forms.CharField(label=_("Title"), max_length=200)


def _act(name: str, label: Any, explanation: Any, run: Any, form: type[forms.Form], **more: Any) -> Act:
    done = _("The draft is ready.")
    return Act(name, label, explanation, done, run, form=form, permission=series.PERMISSION, **more)


MEETING_ACTS = (
    _act(
        "next",
        _("Next meeting of the forum"),
        _(
            "A draft with the next number, the same place, hours, organisers and guests. It opens with what became of "
            "the promises."
        ),
        series.next_of,
        NextForm,
        states=frozenset(State.values) - set(Meeting.UNPUBLISHED),
    ),
    _act(
        "copy",
        _("Copy"),
        _("A draft like this meeting on another day, with its agenda, organisers and guests."),
        series.copy_meeting,
        CopyForm,
        states=frozenset(State.values),
        initial=lambda meeting: {"title": meeting.title},
    ),
)
FORUM_ACTS = (
    _act(
        "next",
        _("Start the next meeting"),
        _(
            "A draft with the next number, and with the place, the hours, the organisers and the guests of the last "
            "meeting. It opens with what became of the promises."
        ),
        series.next_in,
        NextForm,
        states=frozenset([""]),
    ),
)


class StartsMeetings:
    """Mixed into an admin with such buttons: they lead to the draft, which says what came along."""

    def way_on(self, request: HttpRequest, obj: Meeting | Forum, made: Any) -> str:
        if not isinstance(made, Meeting) or made == obj:
            return super().way_on(request, obj, made)
        self.message_user(request, _came_along(made), messages.INFO)
        source = obj if isinstance(obj, Meeting) else series.last_of(obj)
        if former := series.former_guests(source, timezone.now()):
            names = ", ".join(str(line) for line in former)
            left = gettext("Left out, as they hold their posts no longer: %(names)s.") % {"names": names}
            self.message_user(request, left, messages.WARNING)
        return reverse("admin:meetings_meeting_change", args=[made.pk])


def _came_along(draft: Meeting) -> str:
    """Four queries."""
    guests, organisers, items = draft.presences.count(), draft.organisers.count(), draft.agenda_items.count()
    promises = Carried.objects.filter(agenda_item__meeting=draft).count()
    parts = [
        ngettext("%(count)d line of the list of guests", "%(count)d lines of the list of guests", guests),
        ngettext("%(count)d organiser", "%(count)d organisers", organisers),
        ngettext("%(count)d agenda item", "%(count)d agenda items", items),
        ngettext("%(count)d commitment to be told about", "%(count)d commitments to be told about", promises),
    ]
    counts = [guests, organisers, items, promises]
    said = ", ".join(part % {"count": count} for part, count in zip(parts, counts, strict=True))
    return gettext("Came along: %(what)s.") % {"what": said}

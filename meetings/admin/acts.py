"""The buttons of a meeting: every act of meetings.publication, with what it asks."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from meetings import publication
from meetings.models import Meeting
from participants.admin.acts import Act
from participants.admin.frame import FIELDS

State = Meeting.State
MOMENT = FIELDS[models.DateTimeField]["widget"]
DATED = ["date", "date_precision", "starts", "ends", "place", "address", "room"]


class PublishAtForm(forms.Form):
    publish_at = forms.DateTimeField(label=_("Publish at"), widget=MOMENT)


class MoveForm(forms.ModelForm):
    """Collects the new date and place; publication.move checks and saves them."""

    class Meta:
        model = Meeting
        fields = DATED
        widgets = {
            "date": FIELDS[models.DateField]["widget"],
            "starts": FIELDS[models.TimeField]["widget"],
            "ends": FIELDS[models.TimeField]["widget"],
        }

    def _post_clean(self) -> None:
        """Leaves the meeting as it is: the rule sets what was collected on a row that it has locked."""


class PostponeForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False, help_text=_("The page shows it."))


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("The page shows it."),
        error_messages={"required": _("Write why the meeting does not take place.")},
    )


def _act(name: str, label: Any, explanation: Any, done: Any, run: Any, *states: str, **more: Any) -> Act:
    return Act(name, label, explanation, done, run, frozenset(states), **more)


ACTS = (
    _act(
        "publish",
        _("Publish now"),
        _("Everybody will see the meeting. Names and posts of the guests are printed as they are today."),
        _("The meeting is published."),
        publication.announce,
        *[State.DRAFT, State.SCHEDULED],
    ),
    _act(
        "schedule",
        _("Publish later"),
        _("The meeting will be published by itself at the hour that you give."),
        _("The meeting will be published at that hour."),
        publication.schedule,
        *[State.DRAFT, State.SCHEDULED],
        form=PublishAtForm,
    ),
    _act(
        "take-back",
        _("Take back to drafts"),
        _("The meeting will not be published by itself."),
        _("The meeting is a draft again."),
        publication.take_back,
        State.SCHEDULED,
    ),
    _act(
        "announce-again",
        _("Announce again"),
        _("The meeting will be announced again with the date that it has."),
        _("The meeting is announced again."),
        publication.announce,
        *[State.POSTPONED, State.CANCELLED],
    ),
    _act(
        "move",
        _("Move"),
        _("Give the new date, hour or place. The former ones stay readable on the page."),
        _("The meeting has a new date or place."),
        publication.move,
        *[State.ANNOUNCED, State.POSTPONED],
        form=MoveForm,
    ),
    _act(
        "close",
        _("Close as held"),
        _("The page will say that the meeting took place. Its report follows."),
        _("The meeting is closed as held."),
        publication.close_as_held,
        State.ANNOUNCED,
    ),
    _act(
        "postpone",
        _("Postpone"),
        _("The meeting is put off without a new date. The former one stays readable."),
        _("The meeting is postponed."),
        publication.postpone,
        State.ANNOUNCED,
        form=PostponeForm,
        is_grave=True,
    ),
    _act(
        "cancel",
        _("Cancel the meeting"),
        _("The page will say that the meeting does not take place, and why."),
        _("The meeting is cancelled."),
        publication.cancel,
        *[State.ANNOUNCED, State.POSTPONED],
        form=CancelForm,
        is_grave=True,
    ),
    _act(
        "archive",
        _("Move to the archive"),
        _("The page keeps its address and says that it is in the archive."),
        _("The meeting is in the archive."),
        publication.archive,
        *[State.HELD, State.CANCELLED],
    ),
)

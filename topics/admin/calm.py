"""Acts that calm a talk down for a time. Moderators have them too, who may otherwise only look at topics."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from participants.admin.acts import Act
from topics import publication
from topics.models import Topic

State = Topic.State


class HoursForm(forms.Form):
    hours = forms.TypedChoiceField(
        label=_("For how long"),
        coerce=int,
        widget=forms.RadioSelect,
        help_text=_("It ends by itself. Everybody sees a notice on the page of the topic."),
        error_messages={"required": _("Choose 24, 48 or 72 hours.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hours"].choices = [
            (hours, ngettext("%(hours)d hour", "%(hours)d hours", hours) % {"hours": hours})
            for hours in publication.CALM_HOURS
        ]


def _holds(topic: Topic) -> bool:
    return topic.holds_everything(timezone.now())


def _is_slow(topic: Topic) -> bool:
    return topic.is_slow(timezone.now())


ACTS = (
    Act(
        name="hold",
        label=_("Read every comment before it appears"),
        explanation=_("Comments of residents wait for a moderator. Official answers appear at once."),
        done=_("Every comment on this topic waits for a moderator now."),
        run=publication.hold_everything,
        states=frozenset({State.OPEN}),
        form=HoursForm,
        permission=publication.CALM,
    ),
    Act(
        name="end-hold",
        label=_("Stop reading before it appears"),
        explanation=_("New comments appear as before. Those that wait stay in the queue."),
        done=_("New comments appear as before."),
        run=publication.end_hold,
        states=frozenset(State),
        form=None,
        permission=publication.CALM,
        fits=_holds,
    ),
    Act(
        name="slow",
        label=_("Slow mode"),
        explanation=_("Each resident can write here once in 15 minutes."),
        done=_("The talk is in slow mode."),
        run=publication.slow_down,
        states=frozenset({State.OPEN}),
        form=HoursForm,
        permission=publication.CALM,
    ),
    Act(
        name="end-slow",
        label=_("End slow mode"),
        explanation=_("Residents can write as often as before."),
        done=_("Slow mode is over."),
        run=publication.end_slow,
        states=frozenset(State),
        form=None,
        permission=publication.CALM,
        fits=_is_slow,
    ),
)

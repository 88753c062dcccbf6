"""The acts of moderators, and what they are asked."""

from django import forms
from django.utils.translation import gettext_lazy as _

from participants.admin.acts import Act
from topics import moderation
from topics.models import Comment, Reason

State = Comment.State


class ReasonForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("choose")), *Reason.choices],
        error_messages={"required": _("Choose a reason from the list.")},
    )
    note = forms.CharField(
        label=_("Note to the author"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The author gets it in the letter, together with the reason."),
    )


ACTS = (
    Act(
        name="publish",
        label=_("Publish"),
        explanation=_("Everybody will see the comment. The author gets a letter."),
        done=_("The comment is published."),
        run=moderation.publish,
        states=frozenset({State.WAITING}),
        form=None,
    ),
    Act(
        name="hide",
        label=_("Do not show"),
        explanation=_("A notice stands in the place of the comment, and its replies stay. The author gets the reason."),
        done=_("The comment is hidden."),
        run=moderation.hide,
        states=frozenset({State.WAITING, State.PUBLISHED}),
        form=ReasonForm,
        is_grave=True,
    ),
    Act(
        name="restore",
        label=_("Show again"),
        explanation=_("Everybody will see the comment again. The author gets a letter."),
        done=_("The comment is shown again."),
        run=moderation.restore,
        states=frozenset({State.HIDDEN}),
        form=None,
    ),
)

"""What readers send about comments, and authors about decisions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from participants.forms import PublicForm
from topics.models import APPEAL_LIMIT

NUL = "\x00"
BROKEN = _("We removed a broken character. Check the text and send it once more.")


def without_nul(data: Any) -> Any:
    """What was typed, fit to be shown again."""
    data = data.copy()
    for name, values in data.lists():
        data.setlist(name, [value.replace(NUL, "") for value in values])
    return data


class AppealForm(PublicForm):
    """What the text must be like is decided by topics.appeals alone."""

    text = forms.CharField(
        label=_("Why do you not agree?"),
        help_text=_("At most %(limit)d characters. Somebody else than the person who decided will read it.")
        % {"limit": APPEAL_LIMIT},
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "required": True}),
        error_messages={"null_characters_not_allowed": BROKEN},
    )

    def renew(self) -> None:
        """After an error: the text as it was, without what no page may show."""
        self.data = without_nul(self.data)

"""What readers send about comments, and authors about decisions."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from participants.forms import PublicForm, address_field
from participants.robots import HumanForm
from topics.forms import BROKEN, NUL
from topics.models import APPEAL_LIMIT, Report
from topics.reports import faults, tidied


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
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "required": True}),
        error_messages={"null_characters_not_allowed": BROKEN},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rule = _("At most %(limit)d characters. Somebody else than the person who decided will read it.")
        self.fields["text"].help_text = rule % {"limit": APPEAL_LIMIT}

    def renew(self) -> None:
        """After an error: the text as it was, without what no page may show."""
        self.data = without_nul(self.data)


class Radios(forms.RadioSelect):
    """The summary of errors leads to the first of them; Django names none."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return super().id_for_label(id_, index or "0")


class ReportForm(HumanForm):
    """Why a comment should be looked at. What has to be filled in is decided by topics.reports.faults alone."""

    why = forms.ChoiceField(
        label=_("What is wrong with this comment?"),
        choices=Report.Why,
        required=False,
        widget=Radios,
        error_messages={"invalid_choice": _("Choose what is wrong with the comment.")},
    )
    text = forms.CharField(
        label=_("What should we know? (optional)"),
        help_text=_("Only moderators see it. If the comment breaks the law, write which one, and how."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"null_characters_not_allowed": BROKEN},
    )
    name = forms.CharField(
        label=_("Your name"),
        help_text=_("Not needed when you report the abuse of a child."),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"null_characters_not_allowed": BROKEN},
    )
    email = address_field(
        help_text=_("We will write there what was decided. The author of the comment never learns it.")
    )
    good_faith = forms.BooleanField(
        label=_("To the best of my knowledge, what I write here is true and complete."),
        error_messages={"required": _("Tick that what you write is true, to the best of your knowledge.")},
    )

    def __init__(self, *args: Any, is_stranger: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_stranger = is_stranger
        self.fields["email"].required = False
        if not is_stranger:
            del self.fields["name"], self.fields["email"]

    @cached_property
    def helper(self) -> FormHelper:
        """112 stands right under the choice that makes it appear (portal.css)."""
        helper = super().helper
        helper.layout.insert(1, HTML('{% include "topics/_stop.html" only %}'))
        return helper

    def clean(self) -> dict[str, Any]:
        sent = super().clean() or self.cleaned_data
        typed = {name: tidied(sent.get(name, "")) for name in ("text", "name", "email")}
        for field, sentence in faults(why=sent.get("why", ""), is_stranger=self.is_stranger, **typed).items():
            self.add_error(field, sentence)
        return sent

    @property
    def report(self) -> dict[str, Any]:
        """What topics.reports.report takes."""
        return {name: self.cleaned_data.get(name, "") for name in ("why", "text", "name", "email")}

    def renew(self) -> None:
        """After an error: what was typed, without what no page may show."""
        self.data = without_nul(self.data)

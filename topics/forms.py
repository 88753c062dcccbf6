"""What readers send about topics."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from participants.forms import PublicForm
from participants.models import Estate
from topics.models import TEXT_LIMIT, Category

NUL = "\x00"


class SubmissionField(forms.UUIDField):
    """The name of one form as it was shown, so that a double click sends one comment. A broken one counts as new."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> uuid.UUID:
        try:
            return super().clean(value)
        except ValidationError:
            return uuid.uuid4()


class CommentForm(PublicForm):
    """A comment or a reply. What the text must be like is decided by topics.discussion alone."""

    text = forms.CharField(
        label=_("Your comment"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5, "required": True}),
        error_messages={
            "null_characters_not_allowed": _("We removed a broken character. Check the text and send it once more."),
        },
    )
    submission = SubmissionField()

    def __init__(self, *args: Any, is_reply: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_reply:
            self.fields["text"].label = _("Your reply")
        rule = _("At most %(limit)d characters. Do not give other people's personal data.")
        self.fields["text"].help_text = rule % {"limit": TEXT_LIMIT}

    @property
    def typed(self) -> str:
        """What the reader wrote, fit to be shown again and kept."""
        return self.data.get("text", "").replace(NUL, "")

    def renew(self) -> None:
        """After an error: the text as it was, under a new name, so that it can be sent once more."""
        self.data = {"text": self.typed, "submission": str(uuid.uuid4())}


class TopicFilterForm(PublicForm):
    """Which topics to list. Fields have the names that stand in the address."""

    stan = forms.ChoiceField(
        label=_("Show"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("", _("all")),
            ("otwarte", _("open")),
            ("z-odpowiedzia", _("with an official answer")),
            ("zamkniete", _("closed")),
        ],
    )
    osiedle = forms.ModelChoiceField(
        Estate.objects.all(), label=_("Estate"), required=False, to_field_name="slug", empty_label=_("Every estate")
    )
    kategoria = forms.ModelChoiceField(
        Category.objects.all(),
        label=_("Category"),
        required=False,
        to_field_name="slug",
        empty_label=_("All categories"),
    )
    kolejnosc = forms.ChoiceField(
        required=False,
        widget=forms.HiddenInput,
        choices=[("najzywsze", _("Liveliest")), ("nowe", _("New")), ("bez-odpowiedzi", _("Without an answer"))],
    )

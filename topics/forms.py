"""What readers send about topics."""

import uuid
from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from participants.forms import PublicForm
from participants.limits import LimitReached
from participants.models import Estate
from participants.proof import ProofMixin
from participants.robots import HumanForm
from topics.hints import pieces
from topics.models import TEXT_LIMIT, Category, Comment
from topics.refusals import CommentRefused, DataFound, ProofWanted, TalkClosed

NUL = "\x00"
BROKEN = _("We removed a broken character. Check the text and send it once more.")
NOBODY, SOMEBODY = "no", "yes"


class SubmissionField(forms.UUIDField):
    """The name of one form as it was shown, so that a double click sends one comment. A broken one counts as new."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> uuid.UUID:
        try:
            return super().clean(value)
        except ValidationError:
            return uuid.uuid4()


class WordsForm(PublicForm):
    """Words for the talk, and what stands beside them once something in them looks like somebody's data.

    What the text must be like is decided by topics.discussion and topics.editing alone.
    """

    text = forms.CharField(
        label=_("Your comment"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5, "required": True}),
        error_messages={"null_characters_not_allowed": BROKEN},
    )
    insists = forms.BooleanField(
        label=_("I have checked it. Send it to a moderator as it is."),
        help_text=_("Nobody else sees the comment until a moderator has read it."),
        required=False,
    )
    found: Sequence[tuple[str, str]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rule = _("At most %(limit)d characters. Do not give other people's personal data.")
        self.fields["text"].help_text = rule % {"limit": TEXT_LIMIT}

    @cached_property
    def helper(self) -> FormHelper:
        """The tick for data stands only where some was found."""
        helper = super().helper
        if not self.found:
            helper.layout = Layout(*(part for part in helper.layout or self.fields if part != "insists"))
        return helper

    @property
    def typed(self) -> str:
        """What the reader wrote, fit to be shown again and kept."""
        return self.data.get("text", "").replace(NUL, "")

    def ask_about(self, data: DataFound) -> None:
        """Show the form again with what looks like somebody's data, and with the tick to send it all the same."""
        self.found = pieces(data.text, data.hints)


class CommentForm(ProofMixin, WordsForm, HumanForm):
    """A comment or a reply.

    Whoever says that somebody is in danger is shown the way to 112, and sends nothing (`is_emergency`).
    """

    danger = forms.ChoiceField(
        label=_("Is somebody in danger now?"),
        choices=[(NOBODY, _("No")), (SOMEBODY, _("Yes"))],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Answer whether somebody is in danger now."),
            "invalid_choice": _("Answer whether somebody is in danger now."),
        },
    )
    kind = forms.ChoiceField(
        label=_("What do you write?"),
        choices=Comment.Kind.choices,
        initial=Comment.Kind.OPINION,
        widget=forms.RadioSelect,
        required=False,
        help_text=_("A question gets a number, and you can follow what becomes of it."),
        error_messages={"invalid_choice": _("Choose from the list what you write.")},
    )
    shows_estate = forms.BooleanField(required=False)
    submission = SubmissionField()
    field_order = ["danger", "kind", "text", "shows_estate", "insists"]

    def __init__(
        self, *args: Any, author: Any, is_reply: bool = False, is_official: bool = False, **kwargs: Any
    ) -> None:
        """One query where the author has given an estate."""
        super().__init__(*args, **kwargs)
        if is_reply:
            self.fields["text"].label = _("Your reply")
        if is_reply or is_official:
            del self.fields["kind"]
        if is_official or not getattr(author, "estate_id", None):
            del self.fields["shows_estate"]
        else:
            self.fields["shows_estate"].label = _("Show my estate beside the signature: %(name)s") % {
                "name": author.estate.name
            }

    @cached_property
    def helper(self) -> FormHelper:
        """The way to 112 stands under the question."""
        helper = super().helper
        helper.layout.remove("danger")
        helper.layout = Layout("danger", HTML('{% include "topics/_stop.html" only %}'), *helper.layout)
        return helper

    def refuse(self, refusal: CommentRefused | LimitReached) -> int:
        """Say in the form why its text was not taken, or ask what it takes; the status of the page that shows it."""
        if isinstance(refusal, DataFound):
            self.ask_about(refusal)
        elif isinstance(refusal, ProofWanted):
            self.ask()
        else:
            self.add_error("text", str(refusal))
        if isinstance(refusal, LimitReached):
            return 429
        return 409 if isinstance(refusal, TalkClosed) else 422

    @property
    def is_emergency(self) -> bool:
        return self.data.get("danger") == SOMEBODY

    def sent(self, parent: Comment | None) -> dict[str, Any]:
        """What topics.discussion asks for. Whoever goes back and sends one form under two comments has meant both:
        with the comment that it answers, its name is another one."""
        data = self.cleaned_data
        name = data["submission"]
        return {
            "text": data["text"],
            "kind": data.get("kind") or Comment.Kind.OPINION,
            "shows_estate": data.get("shows_estate", False),
            "insists": data["insists"],
            "seconds": self.seconds,
            "solved": self.is_proved if self.has_answered else None,
            "submission": uuid.uuid5(name, str(parent.pk)) if parent else name,
        }

    def renew(self) -> None:
        """After an error: the text as it was, under a new name, so that it can be sent once more."""
        kept = {name: self.data[name] for name in ("danger", "kind", "shows_estate", "opened") if name in self.data}
        self.data = {**kept, "text": self.typed, "submission": str(uuid.uuid4())}


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


class ChangeForm(WordsForm):
    """Another text for one's own comment, or what is to stand under it."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, is_addition: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_addition = is_addition
        if is_addition:
            self.fields["text"].label = _("What you add")
        else:
            self.fields["text"].widget.attrs["rows"] = 8

    def renew(self, revision: int) -> None:
        """After an error: the text as it was typed, to be sent once more over the comment as it is now."""
        self.data = {"text": self.typed, "revision": revision}

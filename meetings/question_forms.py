"""What residents send before a meeting. What a text must be like is decided by topics.discussion alone."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from participants.forms import INVISIBLE, address_field, rules_field
from topics.forms import CommentForm
from topics.models import Topic


class TopicField(forms.ModelChoiceField):
    def label_from_instance(self, topic: Topic) -> SafeString:
        """Titles are Polish on a page in any language."""
        return format_html('<span lang="pl">{}</span>', topic.title)


class AskForm(CommentForm):
    """A question on one of the topics of the meeting; with a single one there is nothing to choose."""

    topic = TopicField(
        Topic.objects.none(),
        label=_("Choose the topic that the question is about"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": _("Choose the topic that the question is about."),
            "invalid_choice": _("Choose a topic from the list. The talk about the other one may be closed since."),
        },
    )
    kept = ("danger", "opened", "topic")
    field_order = ["danger", "topic", "text", "insists"]

    def __init__(self, *args: Any, topics: QuerySet[Topic], **kwargs: Any) -> None:
        """One query for the topics."""
        super().__init__(*args, is_official=True, **kwargs)
        self.fields["topic"].queryset = topics
        self.fields["text"].label = _("Your question")
        choices = list(topics)
        if len(choices) == 1:
            self.fields["topic"].initial = choices[0].pk

    def asked(self) -> dict[str, Any]:
        """What meetings.asking asks for."""
        sent = self.sent(None)
        names = ("text", "insists", "submission", "seconds", "solved")
        return {"topic": self.cleaned_data["topic"], **{name: sent[name] for name in names}}

    def renew(self) -> None:
        kept = {name: self.data[name] for name in self.kept if name in self.data}
        super().renew()
        self.data |= kept


class GuestAskForm(AskForm):
    """The same without an account: the link in the letter stands for the sum against floods."""

    signature = forms.CharField(
        label=_("How to sign the question"),
        help_text=_("For example a first name and an estate. Everybody sees it."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
        error_messages={
            "required": _("Write how to sign the question"),
            "max_length": _("Shorten the signature: at most %(limit_value)d characters."),
            "null_characters_not_allowed": INVISIBLE,
        },
    )
    email = address_field(help_text=_("We will send a link to confirm the question. We do not publish the address."))
    rules = rules_field()
    kept = (*AskForm.kept, "signature", "email", "rules")
    field_order = ["danger", "topic", "text", "insists", "signature", "email", "rules"]

    def asked(self) -> dict[str, Any]:
        sent = super().asked()
        data = self.cleaned_data
        words = {name: sent[name] for name in ("topic", "text", "insists", "submission")}
        return {**words, "signature": data["signature"], "email": data["email"]}

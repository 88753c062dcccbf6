"""Why a comment cannot be written; `str()` of each is the sentence for the author."""

from django.utils.translation import gettext_lazy as _

from topics.hints import Hint


class CommentRefused(Exception):
    """The rules do not let this comment be written."""


class TalkClosed(CommentRefused):
    """Nobody like the author may write here any more, whatever the text."""

    def __init__(self, why: str = "") -> None:
        super().__init__(why or _("The talk is closed. You can still read everything, but not add to it."))


class RulesChanged(CommentRefused):
    """The author has not accepted the rules that are in force; the page leads there and back (participants.consent)."""

    def __init__(self) -> None:
        super().__init__(_("The rules of discussion have changed. Read them and accept them first."))


class ProofWanted(CommentRefused):
    """There is a flood of comments, and nobody has asked for the sum that tells browsers from programs yet."""

    def __init__(self) -> None:
        super().__init__(_("Very many comments are coming in just now. Send the form once more."))


class DataFound(CommentRefused):
    """The text seems to hold somebody's data. The author rewrites it, or insists, and then a moderator reads it.

    `hints` are places in `text`, which is what was typed after tidying.
    """

    def __init__(self, text: str, hints: list[Hint]) -> None:
        self.text, self.hints = text, hints
        super().__init__(_("This looks like somebody's data. Change the marked places, or let a moderator read it."))

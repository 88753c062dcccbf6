"""What is known of access to a meeting, in words; what nobody said is not there."""

from django.utils.translation import gettext as _

from meetings.models import Meeting
from participants.dates import Precision, in_words


def access_facts(meeting: Meeting) -> list[str]:
    facts = []
    if meeting.step_free is not None:
        facts.append(_("Entrance without steps") if meeting.step_free else _("Steps at the entrance"))
    if meeting.induction_loop is not None:
        facts.append(_("Induction loop") if meeting.induction_loop else _("No induction loop"))
    if meeting.sign_language_until:
        until = in_words(meeting.sign_language_until, Precision.DAY)
        facts.append(f"{_('Sign language interpreter on request. Ask until:')} {until}")
    elif meeting.sign_language is not None:
        facts.append(_("Sign language interpreter") if meeting.sign_language else _("No sign language interpreter"))
    return facts

"""What an editor should look at twice before a meeting is published. Doubts are said, and never forbid."""

import datetime
import re

from django.utils import formats
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from meetings.models import Meeting
from participants.dates import Precision

# Polish names of days in all cases, with their adjectives ("czwartkowe"), Polish letters folded. Whole words: "środek",
# "piąty" and "czwarta" are no days.
DAYS = [
    r"poniedzial(?:ek|k(?:u|owi|iem|i|ow|ach|ami|om))|poniedzialkow\w+",
    r"wtor(?:ek|k(?:u|owi|iem|i|ow|ach|ami|om))|wtorkow\w+",
    r"sro(?:da|dy|dzie|de|do|dom|dami|dach)|srod|srodow(?:y|a|e|ego|ej|emu|ym|ych|ymi)",
    r"czwart(?:ek|k(?:u|owi|iem|i|ow|ach|ami|om))|czwartkow\w+",
    r"piat(?:ek|k(?:u|owi|iem|i|ow|ach|ami|om))|piatkow\w+",
    r"sobo(?:ta|ty|cie|te|to|tom|tami|tach)|sobot|sobotni\w*",
    r"niedzie(?:la|li|le|lo|lom|lami|lach)|niedziel|niedzieln\w+",
]
WORD_OF_DAY = re.compile("|".join(rf"\b(?P<day{number}>{pattern})\b" for number, pattern in enumerate(DAYS)))
FOLD = str.maketrans("ąćęłńóśźż", "acelnoszz")
EXPECTED = {Meeting.State.DRAFT, Meeting.State.SCHEDULED, Meeting.State.ANNOUNCED}


def doubts(meeting: Meeting, today: datetime.date) -> list[str]:
    """Sentences for the editor; none for a meeting that is over. No query."""
    if meeting.state not in EXPECTED:
        return []
    return [*_days_that_contradict(meeting), *_missing_hour(meeting), *_past(meeting, today)]


def days_named(text: str) -> dict[int, str]:
    """The days of the week that a Polish text names, 0 for Monday, each with the word as it stands there."""
    plain = strip_tags(text)
    found: dict[int, str] = {}
    for match in WORD_OF_DAY.finditer(plain.lower().translate(FOLD)):
        found.setdefault(int(match.lastgroup.removeprefix("day")), plain[match.start() : match.end()])
    return found


def _days_that_contradict(meeting: Meeting) -> list[str]:
    """A text that names the right day too (the second term, the deadline) raises no doubt."""
    if meeting.date_precision != Precision.DAY:
        return []
    said = []
    for name in ("title", "subtitle", "lead", "announcement"):
        named = days_named(getattr(meeting, name))
        if named and meeting.date.weekday() not in named:
            when = formats.date_format(meeting.date, "WEEKDAY_DATE_FORMAT")
            field = meeting._meta.get_field(name).verbose_name
            text = _("The %(field)s says “%(word)s”, but the date is %(when)s. Check which one is right.")
            said.append(text % {"field": field, "word": next(iter(named.values())), "when": when})
    return said


def _missing_hour(meeting: Meeting) -> list[str]:
    return [] if meeting.starts else [_("The meeting has no hour. Residents will not know when to come.")]


def _past(meeting: Meeting, today: datetime.date) -> list[str]:
    if meeting.last_day is None or meeting.last_day >= today:
        return []
    if meeting.state == Meeting.State.ANNOUNCED:
        return [_("The day of the meeting has passed. Close it as held.")]
    return [_("The date lies in the past. Once published, the meeting counts as held.")]

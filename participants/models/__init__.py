from participants.models.addresses import Addressed, FormerAddress
from participants.models.append_only import AppendOnly, AppendOnlyQuerySet, RecordKept
from participants.models.estate import Estate
from participants.models.institution import FormerName, Institution
from participants.models.letter import Letter
from participants.models.official import Appointment, Official, Rank
from participants.models.resident import Resident
from participants.models.tally import Tally

__all__ = [
    "Addressed",
    "AppendOnly",
    "AppendOnlyQuerySet",
    "Appointment",
    "Estate",
    "FormerAddress",
    "FormerName",
    "Institution",
    "Letter",
    "Official",
    "Rank",
    "RecordKept",
    "Resident",
    "Tally",
]

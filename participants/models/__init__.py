from participants.models.address_change import AddressChange
from participants.models.addresses import Addressed, FormerAddress
from participants.models.append_only import AppendOnly, AppendOnlyQuerySet, RecordKept
from participants.models.data_export import DataExport
from participants.models.estate import Estate
from participants.models.institution import FormerName, Institution
from participants.models.job_run import JobRun
from participants.models.leaving import Departure, Leaving
from participants.models.letter import Letter
from participants.models.office import AccessibilityStatement, InformationClause, OfficePage, Processing
from participants.models.official import Appointment, Official, Rank
from participants.models.paused_address import PausedAddress
from participants.models.resident import Resident
from participants.models.rules_acceptance import RulesAcceptance
from participants.models.sending_stop import SendingStop
from participants.models.tally import Tally

__all__ = [
    "AccessibilityStatement",
    "AddressChange",
    "Addressed",
    "AppendOnly",
    "AppendOnlyQuerySet",
    "Appointment",
    "DataExport",
    "Departure",
    "Estate",
    "FormerAddress",
    "FormerName",
    "InformationClause",
    "Institution",
    "JobRun",
    "Leaving",
    "Letter",
    "OfficePage",
    "Official",
    "PausedAddress",
    "Processing",
    "Rank",
    "RecordKept",
    "Resident",
    "RulesAcceptance",
    "SendingStop",
    "Tally",
]

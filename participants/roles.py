"""Who may do what in the panel. The groups are made by a migration; nobody has to click them together."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Values are the names of Django groups."""

    EDITOR = "Redakcja", _("editor: meetings, institutions, people, topics")
    MODERATOR = "Moderacja", _("moderator: comments")
    APPEALS = "Odwołania", _("appeals: decides what authors say against moderators")
    DUTY = "Dyżurny", _("duty officer: opens sealed originals")
    ANSWERER = "Odpowiedzi", _("answers questions in the name of an institution")


# model -> acts, by role; the panel shows a role nothing else.
EDITED = ["add", "change", "delete", "view"]
PERMISSIONS: dict[str, dict[str, list[str]]] = {
    Role.EDITOR: {
        **{f"participants.{m}": EDITED for m in ("institution", "formername", "official", "appointment", "estate")},
        **{f"participants.{m}": ["add", "change", "view"] for m in ("informationclause", "accessibilitystatement")},
        "participants.processing": EDITED,
        "participants.rank": ["view"],
        "participants.jobrun": ["view"],
        "topics.category": EDITED,
        "topics.topic": [*EDITED, "calm"],
        "topics.comment": ["view"],
        "topics.question": ["change", "view"],
        **{
            f"meetings.{m}": EDITED
            for m in ("forum", "meeting", "organiser", "agendaitem", "presence", "document", "photo")
        },
        "meetings.change": ["view"],
        **{f"meetings.{m}": EDITED for m in ("agendaquestion", "carried", "finding", "survey", "surveyquestion")},
        **{f"meetings.{m}": ["add", "change", "view"] for m in ("commitment", "registration", "surveysheet")},
        **{f"meetings.{m}": ["add", "view"] for m in ("commitmententry", "erratum")},
        "meetings.circulation": ["add", "change", "view"],
        "meetings.entryphoto": ["add", "delete", "view"],
        "meetings.proposal": ["change", "view"],
        **{f"meetings.{m}": ["view"] for m in ("askedfor", "followup", "noteversion", "surveyanswer")},
    },
    Role.MODERATOR: {
        "topics.case": ["view"],
        "topics.comment": ["change", "view"],
        "topics.decision": ["view"],
        "topics.question": ["change", "view"],
        "topics.report": ["view"],
        "topics.topic": ["calm", "view"],
        "topics.watchedword": EDITED,
    },
    Role.APPEALS: {
        "topics.appeal": ["decide", "view"],
        "topics.case": ["view"],
    },
    Role.DUTY: {
        "topics.sealedtext": ["open", "view"],
    },
    Role.ANSWERER: {
        "meetings.commitment": ["change", "view"],
        "topics.question": ["change", "view"],
    },
}


class System:
    """Stands as `by` where a command of whoever runs the server acts for nobody. It may do everything that is
    not signed with a name: decisions about comments (topics.moderation) are taken by people."""

    def has_perm(self, permission: str) -> bool:
        return True


SYSTEM = System()

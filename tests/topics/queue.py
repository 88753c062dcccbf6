"""Cases of the queue, and what its pages say."""

import datetime

from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from participants.models import Letter, Resident
from tests import factories
from topics import moderation
from topics.cases import open_appeal, open_case
from topics.models import Appeal, Case, Decision, Reason

LIST = reverse("admin:topics_case_changelist")
HOUR = datetime.timedelta(hours=1)
Kind = Case.Kind


def held(text: str = "Za blokiem jest ciemno.", *, age: int = 1, **fields) -> Case:
    comment = factories.make_comment(factories.make_topic(), text, **fields)
    return open_case(comment, kind=Kind.HELD, now=timezone.now() - age * HOUR)


def reported(text: str = "Sąsiad to złodziej.", *, why: str = "insult", times: int = 1, **how) -> Case:
    comment = factories.make_published(factories.make_topic(), text)
    for number in range(times):
        comment.reports.create(
            why=why,
            text=f"Wyjaśnienie {number}",
            name="Zgłaszająca Zofia",
            email=f"zofia{number}@poczta.example",
            created_at=timezone.now(),
        )
        case = open_case(comment, kind=Kind.REPORTED, now=timezone.now(), **how)
    return case


def appealed(by: Resident, text: str = "Ukryty komentarz.") -> Case:
    comment = factories.make_published(factories.make_topic(), text)
    moderation.hide(comment, by=by, reason=Reason.INSULT, note="Słowo w drugim zdaniu.")
    decision = Decision.objects.latest("pk")
    appeal = Appeal.objects.create(decision=decision, against=by, text="To nie obelga.", created_at=timezone.now())
    Letter.objects.all().delete()
    return open_appeal(appeal, now=timezone.now())


def page(case: Case, name: str = "change") -> str:
    return reverse(f"admin:topics_case_{name}", args=[case.pk])


def html_of(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def said(answer) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def levels(answer) -> set[str]:
    return {message.level_tag for message in get_messages(answer.wsgi_request)}


def chosen(act: str, rows: list[Case], **more) -> dict:
    return {"action": f"{act}_selected", "_selected_action": [case.pk for case in rows], **more}


def confirmed(act: str, rows: list[Case], **more) -> dict:
    seen = {f"seen-{case.pk}": case.comment.revision for case in rows}
    return chosen(act, rows, confirmed="yes", **seen, **more)


def offered(client: Client, case: Case) -> set[str]:
    return {offer["act"].name for offer in client.get(page(case)).context["acts"]}

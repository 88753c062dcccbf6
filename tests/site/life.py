"""Everything that can be left behind by a resident: by what they do, by what others do, by what programs note."""

import datetime
import json
import uuid

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from forum_portal.my_data import make_exports
from meetings import asking, digests, minutes, minutes_by_link, news, surveys
from meetings.agenda_questions import take
from meetings.following import follow
from meetings.models import FollowUp, GuestQuestion, Meeting, Registration
from participants import address_changes
from participants.exports import ask_for_export
from participants.models import AddressChange, Letter, Resident
from participants.roles import Role
from tests import factories
from tests.factories import PASSWORD
from topics import appeals, moderation
from topics.cases import open_case
from topics.editing import edit, withdraw
from topics.models import Appeal, Case, Comment, Decision, Question, Report, SealedText, Topic
from topics.reports import report
from topics.sealing import open_sealed
from topics.support import support

# With signs that HTML and JSON write otherwise.
SIGNATURE, EMAIL = "Łucja O'Niezwykła & syn", "lucja.niezwykla@poczta.example"
NEXT_EMAIL = "nowa.niezwykla@poczta.example"
DAY = datetime.timedelta(days=1)
OLD = timezone.now() - DAY


def make_leaver() -> Resident:
    person = factories.make_resident(SIGNATURE, email=EMAIL, estate=factories.make_estate())
    person.date_joined = timezone.now() - 30 * DAY
    person.last_login = timezone.now()
    person.save()
    return person


def live(person: Resident, moderator: Resident, neighbour: Resident) -> dict[str, Comment]:
    """Everything at once; returns comments by what became of them."""
    topic = factories.make_topic(institution=factories.make_institution())
    comments = _talk(person, topic, moderator, neighbour)
    _at_meetings(person, topic, comments["question"], neighbour)
    _at_security(person)
    _by_others(topic, neighbour)
    _letters(person, comments, neighbour)
    ask_for_export(person)
    make_exports()
    _in_the_log(person, moderator)
    return comments


def _talk(person: Resident, topic: Topic, moderator: Resident, neighbour: Resident) -> dict[str, Comment]:
    made = {
        "published": factories.make_published(topic, "Przy szkole brak pasów.", author=person, created_at=OLD),
        "question": factories.make_published(topic, "Kiedy lampy?", kind="question", author=person),
        "waiting": factories.make_comment(topic, "Czekam na was.", author=person),
        "withdrawn": factories.make_published(topic, "Wycofuję to.", author=person),
        "hidden": factories.make_published(topic, "Ukryty wpis.", author=person),
        "refused": factories.make_published(topic, "Drugi ukryty wpis.", author=person),
        "cut": factories.make_published(topic, f"Piszcie do mnie: {EMAIL}. {SIGNATURE}", author=person),
        "others": factories.make_published(topic, "Też tak myślę.", author=neighbour),
    }
    open_case(made["waiting"], kind=Case.Kind.HELD, now=timezone.now())
    edit(made["published"], by=person, text="Przy szkole brak pasów i świateł.")
    withdraw(made["withdrawn"], by=person)
    for name in ("hidden", "refused"):
        moderation.hide(made[name], by=moderator, reason="insult")
        appeals.appeal(Decision.objects.get(comment=made[name]), text=f"Nie zgadzam się. {SIGNATURE} {EMAIL}")
    judge = factories.make_resident("Olga", roles=[Role.APPEALS])
    appeals.decide(Appeal.objects.get(decision__comment=made["refused"]), by=judge, outcome="upheld", note="Zostaje.")
    moderation.cut_out(made["cut"], [EMAIL, SIGNATURE], by=moderator, reason="private")
    duty = factories.make_resident("Piotr", roles=[Role.DUTY])
    open_sealed(SealedText.objects.get(), by=duty, why="odwołanie")
    made["reply"] = factories.make_published(topic, "Dzięki.", parent=made["others"], author=person)
    support(made["others"], by=person)
    report(made["others"], why="insult", text=f"Obraża mnie. {SIGNATURE}", resident=person, language="pl")
    return made


def _at_meetings(person: Resident, topic: Topic, asked: Comment, neighbour: Resident) -> None:
    meeting = factories.make_meeting("Zima", starts=datetime.time(17), capacity=1)
    item = factories.make_agenda_item(meeting, topic)
    factories.make_registration(meeting, email=EMAIL, name=SIGNATURE, account=person, other_needs=SIGNATURE)
    factories.make_registration(meeting, email="drugi@poczta.example", state=Registration.State.WAITING)
    asking.ask_as_guest(
        meeting=meeting, topic=topic, email=EMAIL, signature=SIGNATURE, text="Kiedy?", submission=uuid.uuid4()
    )
    editor = factories.make_resident("Anna", roles=[Role.EDITOR])
    take(Question.objects.get(comment=asked), item=item, by=editor)
    entry = factories.make_commitment().entries.get()
    FollowUp.objects.create(
        entry=entry, account=person, asked_at=entry.at, is_better=True, words=SIGNATURE, answered_at=entry.at
    )
    for target in (topic, meeting, person.estate):
        follow(person, target._meta.model_name, target)
    follow(neighbour, "topic", topic)
    factories.make_published(topic, "Nowość dla obserwujących.")
    news.note_news()
    digests.send_news(timezone.now() + 8 * DAY)
    factories.make_published(topic, "Nowość, która czeka.")
    news.note_news()
    survey = factories.make_survey(meeting)
    words = survey.questions.get(kind="text").pk
    surveys.answer(survey, given={words: f"Napiszcie: {EMAIL}"}, submission=uuid.uuid4())
    _minutes(editor)


def _minutes(editor: Resident) -> None:
    town = factories.make_institution("Urząd", email="sekretariat@urzad.example")
    held = factories.make_meeting(state=Meeting.State.HELD, date=timezone.localdate() - 7 * DAY)
    item = factories.make_agenda_item(held, title="Oświetlenie", institution=town)
    minutes.write_note(item, text="<p>Lampy zaświecą się w maju.</p>", by=editor, seen=0)
    [sent] = minutes.circulate(held, by=editor, until=timezone.localdate() + 7 * DAY).sent
    item.refresh_from_db()
    minutes_by_link.propose(sent, words={item.pk: ("W czerwcu.", f"Wniosek: {SIGNATURE}", item.note_version)})


def _at_security(person: Resident) -> None:
    """Signed in on two devices, with an app, recovery codes and a passkey, and on the way to another address."""
    for agent in ("Firefox/140", "Chrome/140"):
        Client(headers={"user-agent": agent}).post(reverse("account_login"), {"login": EMAIL, "password": PASSWORD})
    Client().post(reverse("account_request_login_code"), {"email": EMAIL})
    Client().post(
        reverse("account_signup"), {"email": EMAIL, "signature": "Ktoś", "password1": PASSWORD, "rules": "on"}
    )
    address_changes.ask(person, email=NEXT_EMAIL, now=timezone.now())
    TOTP.activate(person, generate_totp_secret())
    RecoveryCodes.activate(person)
    Authenticator.objects.create(user=person, type="webauthn", data={"name": SIGNATURE, "credential": {}})


def _by_others(topic: Topic, neighbour: Resident) -> None:
    """What strangers write of the person, and what the person once wrote without the account."""
    talk = factories.make_published(topic, "Zwykły wpis.")
    stranger = {"email": "obcy@poczta.example", "name": "Obcy", "language": "pl"}
    report(talk, why="private", text=f"Podaje mój adres, a to {EMAIL.upper()}", **stranger)
    own = {"email": EMAIL, "name": SIGNATURE, "language": "pl"}
    report(factories.make_published(topic), why="insult", text=f"To o mnie, {SIGNATURE}", **own)
    factories.make_published(topic, f"Zgadzam się: {SIGNATURE} ma rację.", author=neighbour)


def _letters(person: Resident, comments: dict[str, Comment], neighbour: Resident) -> None:
    words = {"sender": "f@b.example", "try_at": timezone.now(), "html": f"<p>{_escaped(SIGNATURE)} pisze</p>"}
    for state in Letter.State:
        for to in (neighbour.email, EMAIL.upper()):
            stamp = {"sent_at": timezone.now()} if state == Letter.State.SENT else {}
            subject, body = f"Nowości: {SIGNATURE}", f"{SIGNATURE} odpowiada.\n"
            Letter.objects.create(
                to=to, subject=subject, body=body, state=state, message_id=f"<{state}{to}@x>", **words, **stamp
            )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("'", "&#x27;")


def _in_the_log(person: Resident, staff: Resident) -> None:
    """The panel notes whatever the staff touches by its words."""
    kinds: list[type[models.Model]] = [EmailAddress, AddressChange, UserSession, Authenticator, Resident, Letter]
    kinds += [Registration, GuestQuestion, FollowUp, Comment, Report, Appeal, Case, Decision, Question, SealedText]
    for model in kinds:
        for row in model.objects.all():
            LogEntry.objects.create(
                user=staff,
                content_type=ContentType.objects.get_for_model(model),
                object_id=str(row.pk),
                object_repr=f"{row}"[:200],
                action_flag=CHANGE,
                change_message=json.dumps([{"changed": {"name": f"{row}", "fields": [SIGNATURE]}}])
                if isinstance(row, Registration)
                else "",
            )

"""Leaving: closed at once, taken back for fourteen days, and then nothing of the person is found anywhere."""

import datetime
import uuid

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from forum_portal.leaving import erase_leavers
from forum_portal.my_data import make_exports
from meetings import asking
from meetings.models import FollowUp, Registration
from participants import leaving
from participants.batches import PartlyDone
from participants.exports import ask_for_export
from participants.leaving import WAIT, LeavingRefused, ask, come_back, warn_leavers, way_back
from participants.models import Departure, Leaving, Letter, Resident
from participants.models.data_export import private_files
from tests import factories
from tests.factories import PASSWORD
from tests.mailbox import last_letter, link_in
from tests.refusing import refusing
from topics import moderation
from topics.appeals import appeal
from topics.cases import open_case
from topics.editing import edit, withdraw
from topics.models import Appeal, Case, Comment, Decision
from topics.reports import report
from topics.support import support

SIGNATURE, EMAIL = "Kazimiera Niezwykła", "niezwykla@poczta.example"
OLD = timezone.now() - datetime.timedelta(days=1)
DAY = datetime.timedelta(days=1)
PLANTED = {"account_emailaddress.email", "django_admin_log.object_repr", "participants_letter.body"}
PLANTED |= {"participants_letter.to", "participants_resident.email", "participants_resident.signature"}
PLANTED |= {"topics_appeal.text", "topics_comment.author_name", "topics_report.text"}
PLANTED |= {"meetings_followup.words", "meetings_guestquestion.email", "meetings_guestquestion.signature"}
PLANTED |= {"meetings_registration.email", "meetings_registration.name"}


@pytest.fixture
def leaver(db) -> Resident:
    return factories.make_resident(SIGNATURE, email=EMAIL, estate=factories.make_estate())


@pytest.fixture
def signed_in(leaver) -> Client:
    client = Client()
    client.post(reverse("account_login"), {"login": EMAIL, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def live(person: Resident, moderator: Resident, neighbour: Resident) -> dict[str, Comment]:
    """Everything that a resident can do."""
    topic = factories.make_topic()
    comments = {
        "published": factories.make_published(topic, "Przy szkole brak pasów.", author=person, created_at=OLD),
        "question": factories.make_published(topic, "Kiedy lampy?", kind="question", author=person),
        "waiting": factories.make_comment(topic, "Czekam na was.", author=person),
        "withdrawn": factories.make_published(topic, "Wycofuję to.", author=person),
        "hidden": factories.make_published(topic, "Ukryty wpis.", author=person),
    }
    open_case(comments["waiting"], kind=Case.Kind.HELD, now=timezone.now())
    edit(comments["published"], by=person, text="Przy szkole brak pasów i świateł.")
    withdraw(comments["withdrawn"], by=person)
    moderation.hide(comments["hidden"], by=moderator, reason="insult")
    appeal(Decision.objects.get(comment=comments["hidden"]), text=f"Nie zgadzam się. {SIGNATURE}")
    others = factories.make_published(topic, "Też tak myślę.", author=neighbour)
    comments["reply"] = factories.make_published(topic, "Dzięki.", parent=others, author=person)
    support(others, by=person)
    report(others, why="insult", text=f"Obraża mnie. {SIGNATURE}", resident=person, language="pl")
    _at_meetings(person, topic)
    _traces(person, comments["published"], moderator, neighbour)
    return comments | {"others": others}


def _at_meetings(person: Resident, topic) -> None:
    meeting = factories.make_meeting("Zima", starts=datetime.time(17), capacity=1)
    factories.make_agenda_item(meeting, topic)
    factories.make_registration(meeting, email=EMAIL, name=SIGNATURE, account=person)
    factories.make_registration(meeting, email="drugi@poczta.example", state=Registration.State.WAITING)
    asking.ask_as_guest(
        meeting=meeting, topic=topic, email=EMAIL, signature=SIGNATURE, text="Kiedy?", submission=uuid.uuid4()
    )
    entry = factories.make_commitment().entries.get()
    FollowUp.objects.create(
        entry=entry, account=person, asked_at=entry.at, is_better=True, words=SIGNATURE, answered_at=entry.at
    )


def _traces(person: Resident, comment: Comment, staff: Resident, neighbour: Resident) -> None:
    """In the log of the panel, in letters to others, in a session, in a file."""
    for row in (person, comment):
        kind = ContentType.objects.get_for_model(row)
        LogEntry.objects.create(
            user=staff, content_type=kind, object_id=str(row.pk), object_repr=f"{row}"[:200], action_flag=CHANGE
        )
    words = {"subject": "Nowości", "sender": "f@b.example", "try_at": timezone.now()}
    for state, body in (("waiting", f"{SIGNATURE} odpowiada."), ("failed", f"{SIGNATURE} odpowiada.")):
        Letter.objects.create(to=neighbour.email, body=body, state=state, message_id=f"<{state}@x>", **words)
    ask_for_export(person)
    make_exports()


def found_in_database(*needles: str) -> list[str]:
    """ "table.column" of every text-like column of every table that holds one of the words, whatever the case."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for column in connection.introspection.get_table_description(cursor, table):
                name = f"{connection.ops.quote_name(table)}.{connection.ops.quote_name(column.name)}"
                cursor.execute(f"SELECT CAST({name} AS TEXT) FROM {connection.ops.quote_name(table)}")  # noqa: S608
                values = " ".join(str(value) for (value,) in cursor.fetchall()).lower()
                found += [f"{table}.{column.name}" for needle in needles if needle.lower() in values]
    return found


@pytest.mark.parametrize("erases_texts", [True, False], ids=["texts go", "texts stay"])
def test_nothing_of_who_left_is_found(
    leaver, signed_in, moderator, neighbour, erases_texts, django_capture_on_commit_callbacks
):
    comments = live(leaver, moderator, neighbour)
    before = found_in_database(EMAIL, SIGNATURE)
    assert set(before) >= PLANTED  # the search finds what is there
    assert len(private_files().listdir("")[1]) >= 1
    names = {export.file.name for export in leaver.exports.all()}
    ask(leaver, erases_texts=erases_texts)
    with django_capture_on_commit_callbacks(execute=True):
        assert erase_leavers(timezone.now() + WAIT) == 1
    assert found_in_database(EMAIL, SIGNATURE) == []
    assert not Resident.objects.filter(pk=leaver.pk).exists()
    assert not [name for name in names if private_files().exists(name)]
    texts = {name: Comment.objects.get(pk=comment.pk) for name, comment in comments.items()}
    assert (texts["published"].text == "Przy szkole brak pasów i świateł.") is not erases_texts
    assert texts["published"].state == ("withdrawn" if erases_texts else "published")
    assert texts["published"].author is None
    assert texts["waiting"].state == "withdrawn"
    assert texts["hidden"].state == "hidden"
    assert "Wycofuję" not in texts["withdrawn"].text
    assert "Czekam" not in texts["waiting"].text
    assert texts["others"].support_count == 0
    assert texts["others"].text == "Też tak myślę."
    assert Appeal.objects.count() == 0
    assert Departure.objects.get().erased_texts is erases_texts
    assert Registration.objects.get(email="drugi@poczta.example").state == Registration.State.SEATED
    assert Letter.objects.filter(to=neighbour.email, state="waiting", body__endswith=" odpowiada.").exists()


def test_a_comment_that_stays_is_signed_in_the_language_of_the_reader(leaver, client):
    comment = factories.make_published(factories.make_topic(), author=leaver)
    ask(leaver, erases_texts=False)
    erase_leavers(timezone.now() + WAIT)
    client.cookies["jezyk"] = "en"
    page = client.get(comment.topic.get_absolute_url()).content.decode()
    assert "former participant" in page
    assert comment.text in page
    assert SIGNATURE not in page


def test_counts_of_a_topic_agree_when_texts_go(leaver):
    topic = factories.make_topic()
    factories.make_published(topic, author=leaver)
    factories.make_published(topic)
    ask(leaver, erases_texts=True)
    erase_leavers(timezone.now() + WAIT)
    topic.refresh_from_db()
    assert topic.comment_count == 1


def test_erasing_waits_its_time_and_happens_once(leaver):
    asked = ask(leaver, erases_texts=True).asked_at
    assert erase_leavers(asked + WAIT - datetime.timedelta(seconds=1)) == 0
    assert erase_leavers(asked + WAIT) == 1
    assert erase_leavers(asked + WAIT) == 0
    assert Departure.objects.count() == 1


def test_what_fails_in_the_middle_leaves_everything(leaver):
    comment = factories.make_published(factories.make_topic(), author=leaver)
    ask(leaver, erases_texts=True)
    with refusing(Resident), pytest.raises(PartlyDone):
        erase_leavers(timezone.now() + WAIT)
    comment.refresh_from_db()
    assert (comment.author_name, comment.state) == (SIGNATURE, "published")
    assert erase_leavers(timezone.now() + WAIT) == 1


def test_who_leaves_is_signed_out_everywhere_and_for_good(leaver, signed_in):
    assert signed_in.get(reverse("my_data")).status_code == 200
    found = ask(leaver, erases_texts=True)
    assert signed_in.get(reverse("my_data")).status_code == 302
    come_back(found)
    assert signed_in.get(reverse("my_data")).status_code == 302  # an old session does not wake up


def test_signing_in_answers_as_to_a_wrong_password(leaver, client):
    ask(leaver, erases_texts=True)
    address = reverse("account_login")
    right = client.post(address, {"login": EMAIL, "password": PASSWORD})
    wrong = Client().post(address, {"login": EMAIL, "password": "zupełnie inne słowa"})
    assert right.status_code == wrong.status_code == 422
    assert right.context["form"].errors == wrong.context["form"].errors


def test_the_letter_leads_back(leaver, client):
    ask(leaver, erases_texts=True)
    link = link_in(last_letter(EMAIL), "/konto/zostaje/")
    assert client.get(link).status_code == 200
    assert Leaving.objects.count() == 1  # looking changes nothing
    assert client.post(link).status_code == 302
    leaver.refresh_from_db()
    assert leaver.is_active
    assert erase_leavers(timezone.now() + WAIT) == 0
    assert client.get(link).status_code == client.post(link).status_code == 410


def test_a_strange_key_leads_nowhere(leaver, client):
    link = way_back(ask(leaver, erases_texts=True))
    for strange in (link[:-3] + "x/", reverse("come_back", args=["1"])):
        assert client.post(strange).status_code == 410
    assert Leaving.objects.count() == 1


def test_an_account_that_was_closed_before_stays_closed(leaver):
    leaver.is_active = False
    leaver.save()
    come_back(ask(leaver, erases_texts=False))
    leaver.refresh_from_db()
    assert not leaver.is_active


def test_one_letter_goes_out_three_days_before(leaver):
    found = ask(leaver, erases_texts=True)
    soon = found.erase_at - leaving.WARNING
    assert [warn_leavers(soon - DAY), warn_leavers(soon), warn_leavers(soon + DAY)] == [0, 1, 0]
    assert link_in(last_letter(EMAIL), "/konto/zostaje/") == way_back(found)
    assert Letter.objects.filter(to=EMAIL).count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["moderator", "editor", "official"])
def test_staff_and_officials_are_told_whom_to_ask(who, request):
    person = request.getfixturevalue(who)
    with pytest.raises(LeavingRefused):
        ask(person, erases_texts=True)
    client = Client()
    client.force_login(person)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.post(reverse("leave"), {"teksty": "usun"})
    assert page.status_code == 409
    assert leaving.why_not(person) in page.content.decode()
    assert Leaving.objects.count() == 0


def test_the_page_leaves_after_a_choice(signed_in, leaver):
    address = reverse("leave")
    assert signed_in.get(address).status_code == 200
    assert signed_in.post(address).status_code == 422
    page = signed_in.post(address, {"teksty": "usun"})
    assert page["Location"] == reverse("left")
    assert signed_in.get(page["Location"]).status_code == 200
    assert Leaving.objects.get(account=leaver).erases_texts


def test_leaving_asks_for_the_password_anew(leaver, client):
    client.force_login(leaver)
    assert client.post(reverse("leave"), {"teksty": "usun"})["Location"].startswith(reverse("account_reauthenticate"))
    assert Leaving.objects.count() == 0


def test_strangers_sign_in_first(client, db):
    for name in ("leave", "my_data", "my_data_file"):
        assert reverse("account_login") in client.get(reverse(name))["Location"]
    assert client.get(reverse("left")).status_code == 200
    assert client.post(reverse("left")).status_code == 405


def test_former_staff_leaves_decisions_under_their_role(leaver, moderator):
    comment = factories.make_comment(factories.make_topic())
    leaver.groups.set(moderator.groups.all())
    moderation.publish(comment, by=Resident.objects.get(pk=leaver.pk))
    leaver.groups.clear()
    ask(leaver, erases_texts=False)
    erase_leavers(timezone.now() + WAIT)
    decision = Decision.objects.get()
    assert (decision.decided_by, decision.decided_by_name, decision.role) == (None, "", "moderator")


def test_sessions_that_name_the_address_go_with_it(leaver, signed_in):
    count = Session.objects.count()
    ask(leaver, erases_texts=True)
    erase_leavers(timezone.now() + WAIT)
    assert (count, Session.objects.count()) == (1, 0)


def test_every_pointer_at_an_account_has_an_end():
    """What refuses would stop the erasing of an account."""
    pointers = [field for field in Resident._meta.related_objects if field.on_delete]
    ends = {field.on_delete.__name__ for field in pointers}
    assert ends <= {"CASCADE", "SET_NULL"}
    assert apps.get_model("participants.Leaving") in {field.related_model for field in pointers}

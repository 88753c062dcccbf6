"""Leaving: closed at once, taken back for fourteen days, and then nothing of the person is found anywhere."""

import datetime
import re

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from forum_portal.leaving import erase_leavers
from participants import address_changes, leaving
from participants.batches import PartlyDone
from participants.leaving import WAIT, LeavingRefused, ask, come_back, sessions_of, warn_leavers, way_back
from participants.models import Departure, Leaving, Letter, Resident
from tests import factories
from tests.factories import PASSWORD
from tests.mailbox import last_letter, link_in
from tests.refusing import refusing
from topics import moderation
from topics.models import Decision

SIGNATURE, EMAIL = "Kazimiera Niezwykła", "niezwykla@poczta.example"
DAY = datetime.timedelta(days=1)


@pytest.fixture
def leaver(db) -> Resident:
    return factories.make_resident(SIGNATURE, email=EMAIL, estate=factories.make_estate())


@pytest.fixture
def signed_in(leaver) -> Client:
    client = Client()
    client.post(reverse("account_login"), {"login": EMAIL, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


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


def test_sessions_of_a_longer_address_stay(leaver, client):
    client.post(reverse("account_send_link"), {"email": f"nie{EMAIL}"})
    assert sessions_of(leaver, now=timezone.now()) == []
    client.post(reverse("account_send_link"), {"email": EMAIL})
    assert sessions_of(leaver, now=timezone.now()) == [client.session.session_key]


def test_letters_to_others_lose_the_whole_name_and_no_part_of_a_word(db, neighbour):
    ola = factories.make_resident("Ola")
    words = {"subject": "Szkoła", "sender": "f@b.example", "try_at": timezone.now(), "state": "failed"}
    for number, body in enumerate(["OLA pyta o szkolaków.", "Wolał Olaf."]):
        Letter.objects.create(to=neighbour.email, body=body, message_id=f"<{number}@x>", **words)
    ask(ola, erases_texts=True)
    erase_leavers(timezone.now() + WAIT)
    bodies = list(Letter.objects.order_by("pk").values_list("body", flat=True))
    assert bodies == ["były uczestnik pyta o szkolaków.", "Wolał Olaf."]


@pytest.mark.parametrize("signature", ["Ola", ""])
def test_a_short_name_in_a_long_line_stops_nothing(neighbour, signature):
    """What is written in its place may be longer than the column; a name that is empty stands nowhere."""
    subject = f"Ola {'a' * 251}"
    words = {"body": "…", "sender": "f@b.example", "try_at": timezone.now(), "message_id": "<1@x>"}
    letter = Letter.objects.create(to=neighbour.email, subject=subject, **words)
    ask(factories.make_resident(signature), erases_texts=True)
    assert erase_leavers(timezone.now() + WAIT) == 1
    letter.refresh_from_db()
    assert letter.subject.startswith("były uczestnik aaa" if signature else "Ola aaa")
    assert letter.body == "…"


def test_letters_to_the_owner_of_an_address_that_was_asked_for_stay(leaver, neighbour):
    """Whoever asks for the address of somebody else, and leaves, takes nothing of theirs along."""
    address_changes.ask(leaver, email=neighbour.email, now=timezone.now())
    waiting = Letter.objects.filter(to=neighbour.email)
    ask(leaver, erases_texts=True)
    erase_leavers(timezone.now() + WAIT)
    assert waiting.count() == 1


def test_an_address_that_a_visitor_typed_is_kept_for_a_day(db):
    visitor = Client()
    visitor.post(reverse("account_request_login_code"), {"email": EMAIL})
    assert visitor.cookies["sesja"]["max-age"] == 24 * 3600
    assert Session.objects.get().expire_date < timezone.now() + DAY


def test_every_pointer_at_an_account_has_an_end():
    """What refuses would stop the erasing of an account."""
    pointers = [field for field in Resident._meta.related_objects if field.on_delete]
    ends = {field.on_delete.__name__ for field in pointers}
    assert ends <= {"CASCADE", "SET_NULL"}
    assert apps.get_model("participants.Leaving") in {field.related_model for field in pointers}


@pytest.mark.parametrize("signature", ["konto", "http", "href", "style", "table", "changed"])
def test_a_name_that_programs_read_spoils_nothing_of_others(client, neighbour, signature):
    """The link of a letter that waits, its HTML, and the log of the panel."""
    client.post(reverse("account_reset_password"), {"email": neighbour.email})
    LogEntry.objects.create(
        user=neighbour,
        content_type=ContentType.objects.get_for_model(Resident),
        object_id=neighbour.pk,
        object_repr="Tomasz",
        action_flag=CHANGE,
        change_message='[{"changed": {"fields": ["estate"]}}]',
    )
    letter, noted = Letter.objects.get(), LogEntry.objects.get().get_change_message()
    ask(factories.make_resident(signature), erases_texts=False)
    erase_leavers(timezone.now() + WAIT)
    after = Letter.objects.get(to=neighbour.email)
    assert link_in(after, "/konto/haslo/nowe/") == link_in(letter, "/konto/haslo/nowe/")
    assert re.findall("<[^>]*>|<style.*?</style>", after.html) == re.findall("<[^>]*>|<style.*?</style>", letter.html)
    assert (LogEntry.objects.get().get_change_message(), bool(noted)) == (noted, True)

"""The form of a meeting: what an editor may do in which state, what is refused, and what is said."""

import datetime
import io
import struct
import zlib

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from meetings.admin.acts import ACTS
from meetings.models import Meeting, Presence
from meetings.publication import announce
from participants.models import Resident
from tests import factories
from tests.panel import errors_of, fields_of, opened

State = Meeting.State


@pytest.fixture
def client(editor: Resident, as_user) -> Client:
    return as_user(editor)


def page(meeting: Meeting, name: str = "change") -> str:
    return reverse(f"admin:meetings_meeting_{name}", args=[meeting.pk])


def said(answer) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


OFFERED = {
    State.DRAFT: {"publish", "schedule", "attendance"},
    State.SCHEDULED: {"publish", "schedule", "take-back", "attendance"},
    State.ANNOUNCED: {"move", "close", "postpone", "cancel", "attendance"},
    State.POSTPONED: {"announce-again", "move", "cancel", "attendance"},
    State.CANCELLED: {"announce-again", "archive"},
    State.HELD: {"archive"},
    State.ARCHIVED: set(),
}


@pytest.mark.parametrize("state", State.values)
def test_only_acts_that_fit_the_state_are_offered(state, client):
    meeting = factories.make_meeting(state=state)
    shown = client.get(page(meeting)).context["acts"]
    of_series = {"copy"} if state in Meeting.UNPUBLISHED else {"copy", "next"}
    assert {offer["act"].name for offer in shown} == OFFERED[state] | of_series


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
@pytest.mark.parametrize("state", State.values)
def test_an_act_in_a_wrong_state_is_refused_in_a_sentence(state, act, client):
    meeting = factories.make_meeting(state=state)
    data = {"publish_at": "2099-01-01T10:00", "reason": "Awaria prądu.", "date": "2099-01-02", "date_precision": "day"}
    answer = client.post(page(meeting, act.name), data)
    changed = Meeting.objects.get(pk=meeting.pk)
    fits = {"publish", "announce-again"} if act.name in {"publish", "announce-again"} else {act.name}  # one rule
    if fits & OFFERED[state] and act.name != "close":  # this meeting lies ahead
        assert answer.status_code == 302
        assert changed.revision == meeting.revision + 1
    else:
        assert (changed.state, changed.revision) == (state, meeting.revision)
        assert any(m.level_tag == "error" for m in get_messages(answer.wsgi_request))


def test_publishing_shows_doubts_first_and_writes_the_journal(client, editor):
    meeting = factories.make_meeting(state=State.DRAFT)
    assert len(client.get(page(meeting, "publish")).context["doubts"]) == 1  # it has no hour
    client.post(page(meeting, "publish"))
    meeting.refresh_from_db()
    assert meeting.state == State.ANNOUNCED
    assert LogEntry.objects.get(user=editor).object_id == str(meeting.pk)


def test_looking_at_an_act_changes_nothing(client):
    meeting = factories.make_meeting(state=State.DRAFT)
    for act in ACTS:
        client.get(page(meeting, act.name))
    meeting.refresh_from_db()
    assert (meeting.state, meeting.revision) == (State.DRAFT, 0)


def test_moving_keeps_the_former_date_and_place(client):
    meeting = factories.make_meeting(date=datetime.date(2099, 12, 10), starts=datetime.time(17), place="Komenda")
    form = opened(client, page(meeting, "move"), date="2099-12-17", place="Szkoła")
    answer = client.post(page(meeting, "move"), form)
    meeting.refresh_from_db()
    former = meeting.changes.get()
    assert answer.status_code == 302
    assert (meeting.date, meeting.starts, meeting.place) == (datetime.date(2099, 12, 17), datetime.time(17), "Szkoła")
    assert (former.date, former.place) == (datetime.date(2099, 12, 10), "Komenda")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"date": "2099-02-31"}, "date"),
        ({"date": ""}, "date"),
        ({"starts": "18:00", "ends": "17:00"}, None),
        ({"date": "0207-01-01"}, "date"),
    ],
)
def test_moving_to_nonsense_is_said_beside_the_field(typed, field, client):
    meeting = factories.make_meeting(date=datetime.date(2099, 12, 10), place="Komenda")
    answer = client.post(page(meeting, "move"), opened(client, page(meeting, "move"), place="Szkoła", **typed))
    meeting.refresh_from_db()
    assert answer.status_code == 200
    assert (field or "__all__") in answer.context["form"].errors
    assert fields_of(answer)["place"] == ["Szkoła"]
    assert (meeting.place, meeting.changes.count()) == ("Komenda", 0)


def test_cancelling_asks_for_a_reason(client):
    meeting = factories.make_meeting()
    assert "reason" in client.post(page(meeting, "cancel"), {"reason": " "}).context["form"].errors
    client.post(page(meeting, "cancel"), {"reason": "Awaria prądu."})
    meeting.refresh_from_db()
    assert (meeting.state, meeting.state_reason) == (State.CANCELLED, "Awaria prądu.")


def test_publishing_later_refuses_the_past(client):
    meeting = factories.make_meeting(state=State.DRAFT)
    client.post(page(meeting, "schedule"), {"publish_at": "2001-01-01T10:00"})
    client.post(page(meeting, "schedule"), {"publish_at": "ani rusz"})
    meeting.refresh_from_db()
    assert meeting.state == State.DRAFT
    client.post(page(meeting, "schedule"), {"publish_at": "2099-01-01T10:00"})
    meeting.refresh_from_db()
    assert timezone.localtime(meeting.publish_at).hour == 10


@pytest.mark.parametrize("state", [State.ANNOUNCED, State.POSTPONED, State.CANCELLED])
def test_the_date_of_a_public_meeting_is_not_changed_in_the_form(state, client):
    meeting = factories.make_meeting(state=state, place="Komenda")
    data = opened(client, page(meeting))
    assert not {"date", "starts", "ends", "place", "room"} & set(data)
    client.post(page(meeting), {**data, "date": "2031-01-01", "place": "Szkoła", "title": "Inny"})
    before, meeting = meeting, Meeting.objects.get(pk=meeting.pk)
    assert (meeting.title, meeting.date, meeting.place) == ("Inny", before.date, "Komenda")


def test_correcting_the_date_of_a_held_meeting_keeps_the_former_one(client):
    held = factories.make_meeting(state=State.HELD, date=datetime.date(2017, 5, 28))
    client.post(page(held), opened(client, page(held), date="2017-05-29"))
    assert held.changes.get().date == datetime.date(2017, 5, 28)


def test_filling_in_what_was_not_known_is_no_change_of_date(client):
    held = factories.make_meeting(state=State.HELD, date=datetime.date(2017, 5, 29))
    client.post(page(held), opened(client, page(held), starts="17:00", place="Spółdzielnia"))
    held.refresh_from_db()
    assert (held.place, held.changes.count()) == ("Spółdzielnia", 0)


@pytest.mark.parametrize(("state", "allowed"), [(State.DRAFT, True), (State.ANNOUNCED, False), (State.ARCHIVED, False)])
def test_what_was_public_is_never_deleted(state, allowed, client):
    meeting = factories.make_meeting(state=state)
    answer = client.post(page(meeting, "delete"), {"post": "yes"})
    assert answer.status_code == (302 if allowed else 403)
    assert Meeting.objects.filter(pk=meeting.pk).exists() is not allowed


def test_a_guest_added_to_a_published_meeting_is_frozen_at_once(client):
    meeting = factories.make_meeting()
    appointment = factories.make_appointment(rank="podinsp.", post="Naczelnik")
    data = opened(client, page(meeting), **{"presences-0-kind": "official", "presences-0-appointment": appointment.pk})
    client.post(page(meeting), data)
    guest = meeting.presences.get()
    assert (guest.rank_text, guest.name_text, guest.post_text) == ("podinsp.", "Marta Wolska", "Naczelnik")
    assert guest.frozen_at


def test_mending_a_printed_text_is_dated(client, editor):
    meeting = factories.make_meeting(state=State.DRAFT)
    guest = factories.make_presence(meeting, factories.make_appointment(post="Naczelnk"))
    announce(meeting, by=editor)
    client.post(page(meeting), opened(client, page(meeting), **{"presences-0-post_text": "Naczelnik"}))
    guest.refresh_from_db()
    assert guest.post_text == "Naczelnik"
    assert guest.corrected_at


def test_a_mistaken_official_is_printed_anew_from_the_right_one(client, editor):
    meeting = factories.make_meeting(state=State.DRAFT)
    guest = factories.make_presence(meeting, factories.make_appointment(post="Naczelnik"))
    announce(meeting, by=editor)
    right = factories.make_appointment(factories.make_official("Krystyna", "Maj"), post="Prezes")
    client.post(page(meeting), opened(client, page(meeting), **{"presences-0-appointment": right.pk}))
    guest.refresh_from_db()
    assert (guest.name_text, guest.post_text) == ("Krystyna Maj", "Prezes")
    assert guest.corrected_at


def test_an_untouched_guest_is_not_marked_as_corrected(client, editor):
    meeting = factories.make_meeting(state=State.DRAFT)
    guest = factories.make_presence(meeting, factories.make_appointment())
    announce(meeting, by=editor)
    client.post(page(meeting), opened(client, page(meeting), title="Inny tytuł"))
    guest.refresh_from_db()
    assert guest.corrected_at is None


def test_rows_are_reordered_by_their_numbers_and_new_ones_go_last(client):
    meeting = factories.make_meeting(state=State.DRAFT)
    factories.make_agenda_item(meeting, title="Pierwszy", position=1)
    factories.make_agenda_item(meeting, title="Drugi", position=2)
    data = opened(client, page(meeting))
    data |= {"agenda_items-0-position": "2", "agenda_items-1-position": "1", "agenda_items-2-title": "Nowy"}
    client.post(page(meeting), data)
    assert list(meeting.agenda_items.values_list("title", flat=True)) == ["Drugi", "Pierwszy", "Nowy"]


@pytest.mark.parametrize(("old", "new"), [(0, 1), (1, 0)])
def test_another_item_can_become_the_main_topic(old, new, client):
    meeting = factories.make_meeting(state=State.DRAFT)
    items = [factories.make_agenda_item(meeting, title=f"Punkt {n}", is_main=n == old) for n in (0, 1)]
    data = opened(client, page(meeting))
    del data[f"agenda_items-{old}-is_main"]
    assert client.post(page(meeting), {**data, f"agenda_items-{new}-is_main": "on"}).status_code == 302
    assert meeting.agenda_items.get(is_main=True) == items[new]


def test_two_main_topics_are_refused_at_the_field(client):
    meeting = factories.make_meeting(state=State.DRAFT)
    factories.make_agenda_item(meeting, title="Punkt", is_main=True)
    data = opened(client, page(meeting), **{"agenda_items-1-title": "Drugi", "agenda_items-1-is_main": "on"})
    answer = client.post(page(meeting), data)
    assert list(errors_of(answer)) == ["agenda_items-1-is_main"]


def new_meeting(client: Client, **typed: str) -> dict:
    data = {"title": "Bezpieczna zima", "date": "2099-12-10", "forum": str(factories.make_forum().pk), **typed}
    return opened(client, reverse("admin:meetings_meeting_add"), **data)


def test_a_meeting_is_made_as_a_draft_with_its_rows(client):
    topic = factories.make_topic()
    data = new_meeting(client, announcement="<p>Dzień</p><script>x</script>")
    data["agenda_items-0-topic"] = str(topic.pk)
    assert client.post(reverse("admin:meetings_meeting_add"), data).status_code == 302
    meeting = Meeting.objects.get()
    assert (meeting.state, meeting.slug, meeting.announcement) == (State.DRAFT, "bezpieczna-zima", "<p>Dzień</p>")
    assert meeting.agenda_items.get().topic == topic


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"slug": "zajety"}, "slug"),
        ({"number": "7"}, "number"),
        ({"starts": "18:00", "ends": "17:00"}, "ends"),
        ({"ends": "17:00"}, "ends"),
        ({"date": "2099-02-31"}, "date"),
        ({"date": "", "slug": "zima"}, "date"),
        ({"date": "20017-05-29"}, "date"),
        ({"date": "0207-05-29"}, "date"),
        ({"date": "2099-12-01", "date_precision": "month", "starts": "17:00"}, "starts"),
        ({"head_count": "12"}, "head_count"),
        ({"latitude": "51.4"}, "latitude"),
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "Ala\x00"}, "title"),
        ({"slug": "zły adres"}, "slug"),
        ({"online_url": "javascript:alert(1)"}, "online_url"),
        ({"forum": "999999"}, "forum"),
        ({"number": "99999999999999999999"}, "number"),
        ({"organisers-0-institution": "abc"}, "organisers-0-institution"),
        ({"presences-0-count": "30"}, "presences-0-appointment"),
        ({"presences-0-kind": "group", "presences-0-position": "4"}, "presences-0-group"),
        ({"agenda_items-0-minutes": "15"}, "agenda_items-0-title"),
    ],
)
def test_a_mistake_is_a_sentence_at_its_field_and_nothing_is_lost(typed, field, client):
    factories.make_meeting("Inne", date=datetime.date(2099, 1, 1), slug="zajety", number=7)
    answer = client.post(reverse("admin:meetings_meeting_add"), {**new_meeting(client, lead="Wpisany tekst"), **typed})
    assert answer.status_code == 200
    assert errors_of(answer)[field]
    assert fields_of(answer)["lead"] == ["Wpisany tekst"]
    assert Meeting.objects.count() == 1


def test_any_day_of_a_month_is_kept_as_its_first(client):
    typed = {"date": "2099-12-10", "date_precision": "month"}
    client.post(reverse("admin:meetings_meeting_add"), {**new_meeting(client), **typed})
    assert Meeting.objects.get().date == datetime.date(2099, 12, 1)


def test_a_taken_address_is_found_though_the_date_is_not_in_the_form(client):
    factories.make_meeting("Inne", date=datetime.date(2099, 1, 1), slug="zajety")
    meeting = factories.make_meeting(date=datetime.date(2099, 6, 1))
    answer = client.post(page(meeting), opened(client, page(meeting), slug="zajety"))
    assert list(errors_of(answer)) == ["slug"]


def test_the_same_title_twice_in_a_year_gets_an_address_of_its_own(client):
    for _ in range(2):
        assert client.post(reverse("admin:meetings_meeting_add"), new_meeting(client)).status_code == 302
    assert set(Meeting.objects.values_list("slug", flat=True)) == {"bezpieczna-zima", "bezpieczna-zima-2"}


def picture(kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(out, kind)
    return out.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A few bytes that claim to be a huge picture."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


UNREADABLE = "Użyj formatu JPEG, PNG albo WebP"
PHOTO = {"photos-0-alt": "Sala", "photos-0-source": "KMP", "photos-0-ground": "nobody"}


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("sala.jpg", b"to nie jest obraz", UNREADABLE),
        ("sala.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', UNREADABLE),
        ("sala.png", png_of(20_000, 10_000), "za dużo pikseli"),
        ("sala.png", png_of(9_000, 9_000), "za dużo pikseli"),
        ("sala.jpg", picture("JPEG")[:200], UNREADABLE),
        ("sala.gif", picture("GIF"), UNREADABLE),
        ("sala.jpg", b"", "pusty"),
        ("sala.jpg", picture("JPEG") + b"\0" * 10 * 1024 * 1024, "najwyżej 10"),
    ],
    ids=["text", "svg", "200 megapixels", "81 megapixels", "cut off", "gif", "empty", "too big"],
)
def test_a_bad_photo_is_a_sentence_at_its_field(name, content, sentence, client):
    data = new_meeting(client, **PHOTO) | {"photos-0-image": SimpleUploadedFile(name, content)}
    answer = client.post(reverse("admin:meetings_meeting_add"), data)
    assert answer.status_code == 200
    [said] = errors_of(answer)["photos-0-image"]
    assert sentence in said.replace("\xa0", " ")
    assert fields_of(answer)["photos-0-alt"] == ["Sala"]
    assert not Meeting.objects.exists()


def test_a_good_photo_and_a_document_are_stored(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    files = {
        "photos-0-image": SimpleUploadedFile("sala.png", picture()),
        "documents-0-file": SimpleUploadedFile("plan.pdf", b"%PDF-1.7\n"),
    }
    data = new_meeting(client, **PHOTO, **{"documents-0-title": "Plan"}) | files
    assert client.post(reverse("admin:meetings_meeting_add"), data).status_code == 302
    meeting = Meeting.objects.get()
    assert (meeting.photos.get().width, meeting.documents.get().size) == (40, 9)


def test_a_document_that_is_no_pdf_is_refused(client):
    data = new_meeting(client, **{"documents-0-title": "Plan"})
    data["documents-0-file"] = SimpleUploadedFile("plan.pdf", b"PK\x03\x04 to jest docx")
    answer = client.post(reverse("admin:meetings_meeting_add"), data)
    assert list(errors_of(answer)) == ["documents-0-file"]


def test_doubts_are_said_after_saving(client):
    data = new_meeting(client, lead="Zapraszamy w piątek.", date="2099-12-07")  # a Monday
    answer = client.post(reverse("admin:meetings_meeting_add"), data)
    assert any("piątek" in text for text in said(answer))


def test_a_draft_is_seen_on_the_site_by_its_editor(client):
    meeting = factories.make_meeting(state=State.DRAFT)
    assert client.get(page(meeting)).context["absolute_url"] == meeting.get_absolute_url()
    assert client.get(meeting.get_absolute_url()).status_code == 200


def test_presence_rows_show_their_printed_texts(client, editor):
    meeting = factories.make_meeting(state=State.DRAFT)
    factories.make_presence(meeting, factories.make_appointment(rank="asp. szt."))
    announce(meeting, by=editor)
    assert opened(client, page(meeting))["presences-0-rank_text"] == ["asp. szt."]
    assert Presence.objects.get().frozen_at

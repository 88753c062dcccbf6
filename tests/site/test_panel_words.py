"""The panel's own words: what somebody reads who has never seen a panel."""

import pytest
from django.urls import reverse

from meetings.models import Meeting, Presence
from participants.roles import Role
from tests import factories


@pytest.fixture
def client_of(db, as_user):
    return lambda role: as_user(factories.make_resident(str(role), roles=[role]))


def test_a_list_has_the_name_of_what_it_lists(client_of):
    page = client_of(Role.EDITOR).get(reverse("admin:meetings_meeting_changelist")).content.decode()
    assert "<h1>Spotkania</h1>" in page
    assert 'aria-label="Ścieżka powrotu"' in page
    assert 'alt="Szukaj"' in page


def test_only_a_meeting_that_will_happen_is_marked_green(client_of):
    for state in (Meeting.State.ANNOUNCED, Meeting.State.POSTPONED):
        factories.make_meeting(state=state)
    page = client_of(Role.EDITOR).get(reverse("admin:index")).content.decode()
    assert '<span class="fk-state fk-state--ok">Ogłoszone</span>' in page
    assert '<span class="fk-state fk-state--wait">Przełożone</span>' in page


def test_a_guest_has_a_name_before_anything_is_printed(db):
    draft = factories.make_meeting(state=Meeting.State.DRAFT)
    guest = factories.make_presence(draft, factories.make_appointment(rank="kom."))
    office = factories.make_institution("Straż Miejska")
    delegation = factories.make_presence(draft, kind=Presence.Kind.DELEGATION, institution=office)
    assert guest.appointment.official.last_name in str(guest)
    assert str(delegation) == "Straż Miejska"


def test_moderators_choose_whose_comments_they_read(client_of):
    topic = factories.make_topic()
    factories.make_comment(topic, text="Głos mieszkańca")
    factories.make_comment(topic, text="Głos urzędu", voice="Rzecznik, Urząd Miasta")
    client, queue = client_of(Role.MODERATOR), reverse("admin:topics_comment_changelist")
    assert "kto pisze" in client.get(queue).content.decode()
    assert [row.text for row in client.get(queue, {"voice": "official"}).context["cl"].queryset] == ["Głos urzędu"]
    assert [row.text for row in client.get(queue, {"voice": "resident"}).context["cl"].queryset] == ["Głos mieszkańca"]


def test_a_new_topic_does_not_speak_of_a_talk_that_has_not_begun(client_of):
    page = client_of(Role.EDITOR).get(reverse("admin:topics_topic_add")).content.decode()
    assert "Ostatni dzień rozmowy" in page
    assert "Data zamknięcia" not in page
    assert 'name="pinned"' not in page


def test_what_was_done_is_announced(client_of):
    client = client_of(Role.EDITOR)
    typed = {"name": "Forum", "founded_precision": "day", "archive_after_days": "30"}
    page = client.post(reverse("admin:meetings_forum_add"), typed, follow=True).content.decode()
    assert '<div role="status">\n  <ul class="messagelist"><li class="success">' in page

"""Following and stopping: the rule, the buttons on pages, the page of letters, and the ways out that letters bring."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from meetings import following
from meetings.following import FollowRefused, follow, no_replies_url, stop, stop_url, unsubscribe_url
from meetings.models import Commitment, Follow, Meeting, News
from participants.models import Resident
from tests import factories
from tests.meetings.news import make_follow, make_news
from tests.topics.parallel import at_once
from topics.models import Topic

pytestmark = pytest.mark.django_db
FOLLOW = "/konto/obserwuj/"
LETTERS = "/konto/powiadomienia/"
CHOICE = {"pace": "week", "wants_replies": "on", "quiet_from": "22", "quiet_until": "6", "language": "uk"}


def targets() -> dict:
    meeting = factories.make_meeting()
    return {
        "topic": factories.make_topic("Oświetlenie"),
        "meeting": meeting,
        "institution": factories.make_institution(),
        "estate": factories.make_estate(),
        "commitment": factories.make_commitment(),
        "forum": meeting.forum,
    }


# -- The rule


def test_each_kind_is_followed_once_and_stopped(resident):
    for kind, target in targets().items():
        row = follow(resident, kind, target)
        assert (row.kind, row.target) == (kind, target)
        assert follow(resident, kind, target) == row
        assert row.label
        assert row.get_absolute_url().startswith("/")
    assert resident.follows.count() == 6
    for kind, target in {row.kind: row.target for row in resident.follows.all()}.items():
        assert stop(resident, kind, target.pk) == 1
        assert stop(resident, kind, target.pk) == 0


def test_followed_at_one_moment_is_one_row(transactional_db):
    account, topic = factories.make_resident(), factories.make_topic()
    rows = at_once(*[lambda: follow(account, "topic", topic)] * 4)
    assert Follow.objects.count() == 1
    assert {row.pk for row in rows if isinstance(row, Follow)} == {Follow.objects.get().pk}


def test_a_closed_account_and_one_that_follows_very_much_are_refused(resident, monkeypatch):
    monkeypatch.setattr(following, "MOST", 1)
    topic = factories.make_topic()
    follow(resident, "topic", topic)
    follow(resident, "topic", topic)
    with pytest.raises(FollowRefused):
        follow(resident, "topic", factories.make_topic())
    resident.is_active = False
    with pytest.raises(FollowRefused):
        follow(resident, "topic", topic)


@pytest.mark.parametrize("wrong", [{}, {"topic": True, "meeting": True}])
def test_a_row_has_exactly_one_target(resident, wrong):
    known = targets()
    columns = {name: known[name] for name in wrong}
    with pytest.raises(IntegrityError), transaction.atomic():
        Follow.objects.create(account=resident, created_at=timezone.now(), **columns)


def test_what_waits_goes_with_what_is_followed(resident):
    topic = factories.make_topic()
    row = make_follow(resident, topic)
    comment = factories.make_published(topic)
    make_news(resident, comment, follow=row)
    stop(resident, "topic", topic.pk)
    assert not News.objects.exists()


# -- The buttons


@pytest.mark.parametrize("kind", ["topic", "meeting", "institution", "commitment", "forum"])
def test_button_on_the_page_follows_and_stops(as_user, resident, kind: str):
    target, client = targets()[kind], as_user(resident)
    page = reverse("meetings:list") if kind == "forum" else target.get_absolute_url()
    for act, count in (("", 1), ("przestan", 0)):
        html = client.get(page).content.decode()
        assert f'name="co" value="{kind}"><input type="hidden" name="nr" value="{target.pk}"' in html
        assert ('value="przestan"' in html) == bool(act)
        answer = client.post(FOLLOW, {"co": kind, "nr": target.pk, "next": page, "act": act})
        assert (answer.status_code, answer["Location"]) == (302, page)
        assert resident.follows.count() == count


@pytest.mark.parametrize("kind", ["topic", "meeting", "institution", "commitment", "forum"])
def test_strangers_are_asked_to_sign_in_and_come_back(client: Client, kind: str):
    target = targets()[kind]
    page = reverse("meetings:list") if kind == "forum" else target.get_absolute_url()
    response = client.get(page)
    assert f'href="/konto/zaloguj/?next={page}" rel="nofollow"' in response.content.decode()
    assert not response.cookies
    answer = client.post(FOLLOW, {"co": kind, "nr": target.pk, "next": page})
    assert answer["Location"] == f"/konto/zaloguj/?next={page}"
    assert not Follow.objects.exists()


def test_button_costs_strangers_nothing_and_others_one_query(client: Client, as_user, resident):
    topic = factories.make_topic()
    signed_in = as_user(resident)
    found = []
    for reader in (client, signed_in):
        with CaptureQueriesContext(connection) as queries:
            reader.get(topic.get_absolute_url())
        found.append(sum("meetings_follow" in query["sql"] for query in queries))
    assert found == [0, 1]


def test_what_cannot_be_read_is_not_followed(as_user, resident):
    drafts = {
        "topic": factories.make_topic(state=Topic.State.DRAFT),
        "meeting": factories.make_meeting(state=Meeting.State.DRAFT),
        "institution": factories.make_institution(public=False),
        "commitment": factories.make_bare_commitment(public=False),
    }
    client = as_user(resident)
    for kind, row in drafts.items():
        assert client.post(FOLLOW, {"co": kind, "nr": row.pk}).status_code == 404
    for data in ({"co": "resident", "nr": "1"}, {"co": "topic", "nr": "x"}, {"co": "topic", "nr": "9" * 30}, {}):
        assert client.post(FOLLOW, data).status_code == 404
    assert not Follow.objects.exists()


def test_what_is_hidden_since_can_still_be_stopped(as_user, resident):
    institution = factories.make_institution()
    make_follow(resident, institution)
    institution.published_at = None
    institution.save()
    as_user(resident).post(FOLLOW, {"co": "institution", "nr": institution.pk, "act": "przestan"})
    assert not resident.follows.exists()


def test_one_person_stops_nothing_of_another(as_user, resident, neighbour):
    topic = factories.make_topic()
    make_follow(neighbour, topic)
    as_user(resident).post(FOLLOW, {"co": "topic", "nr": topic.pk, "act": "przestan"})
    assert neighbour.follows.count() == 1


def test_following_is_posted_with_the_token_and_leads_to_this_site(as_user, resident):
    topic = factories.make_topic()
    client = as_user(resident)
    assert client.get(FOLLOW).status_code == 405
    for elsewhere in ("https://zly.example/", "//zly.example/", "javascript:x"):
        answer = client.post(FOLLOW, {"co": "topic", "nr": topic.pk, "next": elsewhere})
        assert answer["Location"] == LETTERS
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(resident)
    assert careful.post(FOLLOW, {"co": "topic", "nr": topic.pk}).status_code == 403


def test_drafts_offer_no_button_to_the_staff(as_user, editor):
    draft = factories.make_topic(state=Topic.State.DRAFT)
    assert 'id="obserwuj"' not in as_user(editor).get(draft.get_absolute_url()).content.decode()


# -- The page of letters


def test_page_of_letters_saves_pace_hours_and_language(as_user, resident):
    client = as_user(resident)
    page = client.get(LETTERS)
    assert "no-store" in page["Cache-Control"]
    assert client.post(LETTERS, CHOICE)["Location"] == LETTERS
    resident.refresh_from_db()
    chosen = (resident.pace, resident.quiet_from, resident.quiet_until, resident.language)
    assert chosen == ("week", 22, 6, "uk")
    assert 'value="week"' in client.get(LETTERS).content.decode()


def test_page_of_letters_switches_replies_off_and_on(as_user, resident):
    client = as_user(resident)
    for data, wanted in ((CHOICE | {"wants_replies": ""}, False), (CHOICE, True)):
        client.post(LETTERS, {name: value for name, value in data.items() if value})
        resident.refresh_from_db()
        assert resident.wants_replies is wanted
        assert ("checked" in client.get(LETTERS).content.decode().partition('name="wants_replies"')[2][:120]) is wanted


@pytest.mark.parametrize("wrong", [{"pace": "hourly"}, {"quiet_from": "24"}, {"language": "de"}, {"quiet_until": ""}])
def test_wrong_choice_is_told_and_changes_nothing(as_user, resident, wrong):
    answer = as_user(resident).post(LETTERS, CHOICE | wrong)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == list(wrong)
    resident.refresh_from_db()
    assert (resident.pace, resident.language) == ("day", "pl")


def test_never_closes_what_waits(as_user, resident):
    comment = factories.make_published(factories.make_topic())
    row = make_news(resident, comment)
    as_user(resident).post(LETTERS, CHOICE | {"pace": "never"})
    row.refresh_from_db()
    assert row.closed_at is not None


def test_page_of_letters_lists_what_is_followed_with_buttons(as_user, resident, neighbour):
    known = targets()
    other = factories.make_estate("Zachodnie")
    for target in known.values():
        make_follow(resident, target)
    make_follow(neighbour, factories.make_topic("Cudzy temat"))
    html = as_user(resident).get(LETTERS).content.decode()
    assert html.count('value="przestan"') == 6
    for words in ("Oświetlenie", known["institution"].name, other.name):
        assert words in html
    assert "Cudzy temat" not in html
    assert f'name="co" value="estate"><input type="hidden" name="nr" value="{other.pk}"' in html


def test_page_of_letters_is_for_whoever_is_signed_in(client: Client):
    answer = client.get(LETTERS)
    assert answer["Location"] == f"/konto/zaloguj/?next={LETTERS}"


@pytest.mark.parametrize("rows", [1, 3])
def test_page_of_letters_costs_the_same(as_user, resident, django_assert_num_queries, rows: int):
    for _ in range(rows):
        make_follow(resident, factories.make_topic())
        make_follow(resident, factories.make_commitment())
    client = as_user(resident)
    with django_assert_num_queries(6):  # session, account, whether letters come back, what is followed, estates, forums
        client.get(LETTERS)


# -- The ways out


def test_link_of_a_letter_stops_one_thing_by_a_button(client: Client, resident):
    topic, other = factories.make_topic(), factories.make_topic()
    row = make_follow(resident, topic)
    make_follow(resident, other)
    address = stop_url(row)
    page = client.get(address)
    assert page.context["is_followed"] is True
    assert "no-store" in page["Cache-Control"]
    assert resident.follows.count() == 2
    for _ in range(2):
        assert client.post(address)["Location"] == address
    assert [one.target for one in resident.follows.all()] == [other]
    assert client.get(address).context["is_followed"] is False
    client.post(address, {"act": "cofnij"})
    assert resident.follows.count() == 2


def test_link_of_a_letter_works_where_the_page_is_public_no_more(client: Client, resident):
    topic = factories.make_topic()
    address = stop_url(make_follow(resident, topic))
    Topic.objects.update(state=Topic.State.DRAFT)
    assert client.get(address).status_code == 200
    Topic.objects.update(title="Nowy tytuł szkicu")
    assert "Nowy tytuł" not in client.get(address).content.decode()
    page = client.post(address, follow=True)
    assert page.status_code == 200
    assert page.context["is_followed"] is False
    assert 'value="cofnij"' not in page.content.decode()
    assert not resident.follows.exists()
    assert client.post(address, {"act": "cofnij"}).status_code == 404


def test_who_follows_very_much_since_is_told_so_on_the_way_back(client: Client, resident, monkeypatch):
    address = stop_url(make_follow(resident, factories.make_topic()))
    client.post(address)
    monkeypatch.setattr(following, "MOST", 0)
    page = client.post(address, {"act": "cofnij"}, follow=True)
    assert page.status_code == 200
    assert [str(message) for message in page.context["messages"]] == [str(following.TOO_MUCH)]


def test_page_of_letters_does_not_name_what_is_public_no_more(as_user, resident):
    for target in (factories.make_topic("Tajny"), factories.make_institution("Tajna")):
        make_follow(resident, target)
    Topic.objects.update(state=Topic.State.DRAFT)
    resident.follows.get(topic=None).institution.__class__.objects.update(published_at=None)
    html = as_user(resident).get(LETTERS).content.decode()
    assert "Tajn" not in html
    assert html.count('value="przestan"') == 2


def test_mail_program_unsubscribes_with_one_click(resident):
    """RFC 8058: no cookie, no token, no page before it."""
    careful = Client(enforce_csrf_checks=True)
    answer = careful.post(unsubscribe_url(resident), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not answer.cookies
    resident.refresh_from_db()
    assert resident.pace == "never"


def test_page_of_unsubscribing_has_a_button_and_a_way_back(client: Client, resident):
    Resident.objects.filter(pk=resident.pk).update(pace="week")
    address = unsubscribe_url(resident)
    assert client.get(address).context["is_over"] is False
    assert client.head(address).status_code == 200
    assert Resident.objects.get(pk=resident.pk).pace == "week"
    gone = client.post(address)
    assert 'name="pace" value="week"' in gone.content.decode()
    assert client.post(address, {"act": "cofnij", "pace": "week"}).status_code == 200
    assert Resident.objects.get(pk=resident.pk).pace == "week"
    for strange in ("never", "hourly", ""):
        client.post(address, {"act": "cofnij", "pace": strange})
        assert Resident.objects.get(pk=resident.pk).pace == "day"


def test_letters_about_replies_end_by_a_button_or_one_click(resident):
    careful = Client(enforce_csrf_checks=True)
    address = no_replies_url(resident)
    for look in (careful.get, careful.head):
        page = look(address)
        assert (page.status_code, page.context["is_over"]) == (200, False)
        assert "no-store" in page["Cache-Control"]
    assert Resident.objects.get(pk=resident.pk).wants_replies
    for data, wanted in (({"List-Unsubscribe": "One-Click"}, False), ({}, False), ({"act": "cofnij"}, True)):
        answer = careful.post(address, data)
        assert (answer.status_code, answer.context["is_over"]) == (200, not wanted)
        assert not answer.cookies
        found = Resident.objects.get(pk=resident.pk)
        assert (found.wants_replies, found.pace) == (wanted, "day")


def test_key_opens_nothing_but_its_own_page(client: Client, resident, neighbour):
    keys = {
        "meetings:stop_following": stop_url(make_follow(resident, factories.make_topic())).split("/")[-2],
        "meetings:unsubscribe": unsubscribe_url(resident).split("/")[-2],
        "meetings:no_replies": no_replies_url(resident).split("/")[-2],
    }
    for name, own in keys.items():
        strange = [key for other, key in keys.items() if other != name] + [own[:-1], own + "x", "1", str(resident.pk)]
        strange.append(own.replace(str(resident.pk), str(neighbour.pk), 1) if "stop" not in name else "a.b")
        for key in strange:
            address = reverse(name, args=[key])
            assert [client.get(address).status_code, client.post(address).status_code] == [404, 404], (name, key)
    assert resident.follows.count() == 1
    assert set(Resident.objects.values_list("pace", "wants_replies")) == {("day", True)}


def test_closed_account_has_no_way_out_left(client: Client, resident):
    addresses = [unsubscribe_url(resident), no_replies_url(resident)]
    Resident.objects.update(is_active=False)
    assert [client.post(address).status_code for address in addresses] == [404, 404]


def test_no_meeting_ahead_leads_to_following_the_forum(client: Client, as_user, resident):
    past = timezone.localdate() - datetime.timedelta(days=30)
    meeting = factories.make_meeting(state=Meeting.State.HELD, date=past)
    assert "/konto/zaloguj/?next=/spotkania/" in client.get("/spotkania/").content.decode()
    as_user(resident).post(FOLLOW, {"co": "forum", "nr": meeting.forum_id, "next": "/spotkania/"})
    assert resident.follows.get().forum == meeting.forum


def test_a_promise_is_named_by_its_text(resident):
    promise = factories.make_commitment("Lampy przy szkole")
    assert make_follow(resident, promise).label == "Lampy przy szkole"
    assert Commitment.objects.public().get(follows__account=resident) == promise

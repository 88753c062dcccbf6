"""Asking for a meeting: on its open topics, until its deadline, with an account or with a link in a letter."""

import datetime
import re
import uuid

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings import asking
from meetings.agenda_questions import take
from meetings.asking import AskingClosed, ask, ask_as_guest, confirm, deadline, forget_unconfirmed, takes_questions
from meetings.models import AskedFor, GuestQuestion, Meeting
from participants.limits import LimitReached
from participants.models import Letter, Resident, Tally
from tests import factories
from tests.mailbox import last_letter, link_in
from tests.topics.parallel import at_once
from topics import moderation
from topics.models import Case, Comment, Question, Topic, WatchedWord
from topics.refusals import CommentRefused, DataFound

TEXT = "Kiedy zaświecą się lampy na skwerze?"
GUEST = "Jan.Gosc@Poczta.example"
WEEK = datetime.timedelta(days=7)


@pytest.fixture
def topic(db: None) -> Topic:
    return factories.make_topic("Oświetlenie zimą", institution=factories.make_institution("Komenda"))


@pytest.fixture
def meeting(topic: Topic) -> Meeting:
    meeting = factories.make_meeting("Bezpieczna zima", starts=datetime.time(17))
    factories.make_agenda_item(meeting, topic)
    return meeting


@pytest.fixture
def stranger(as_user) -> Client:
    return as_user(None)


def url(meeting: Meeting) -> str:
    return reverse("meetings:ask", args=[meeting.date.year, meeting.slug])


def typed(topic: Topic, **fields: str) -> dict[str, str]:
    return {"danger": "no", "topic": str(topic.pk), "text": TEXT, "submission": str(uuid.uuid4()), **fields}


def as_guest(topic: Topic, **fields: str) -> dict[str, str]:
    return typed(topic, **{"signature": "Jan, os. Południe", "email": GUEST, "rules": "on", **fields})


def sent_by_guest(meeting: Meeting, topic: Topic, **fields) -> GuestQuestion:
    given = {"email": GUEST, "signature": "Jan, os. Południe", "text": TEXT, "submission": uuid.uuid4(), **fields}
    return ask_as_guest(meeting=meeting, topic=topic, **given)


# -- When and about what -------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", Meeting.State.values)
def test_only_announced_meetings_take_questions(topic, resident, state: str):
    meeting = factories.make_meeting(state=state)
    factories.make_agenda_item(meeting, topic)
    assert takes_questions(meeting, timezone.now()) == (state == "announced")
    if state != "announced":
        with pytest.raises(AskingClosed):
            ask(meeting=meeting, topic=topic, author=resident, text=TEXT, submission=uuid.uuid4())
        assert not Comment.objects.exists()


def test_questions_are_taken_until_the_deadline_or_the_beginning(meeting):
    begins = deadline(meeting)
    assert timezone.localtime(begins).hour == 17
    second = datetime.timedelta(seconds=1)
    assert [takes_questions(meeting, begins + step) for step in (-second, 0 * second)] == [True, False]
    meeting.questions_until = begins - WEEK
    assert [takes_questions(meeting, begins - WEEK + step) for step in (-second, 0 * second)] == [True, False]
    meeting.questions_until = meeting.starts = None
    assert takes_questions(meeting, timezone.now())
    assert not takes_questions(meeting, begins)


def test_topics_are_the_open_ones_of_the_agenda(meeting, topic):
    for state in (Topic.State.DRAFT, Topic.State.CLOSED, Topic.State.ARCHIVED):
        factories.make_agenda_item(meeting, factories.make_topic(state=state))
    factories.make_topic("Nie z tego spotkania")
    assert list(asking.topics_of(meeting, timezone.now())) == [topic]


def test_the_address_chooses_a_topic_and_else_the_reader_does(meeting, topic, stranger):
    other = factories.make_topic("Chodniki")
    factories.make_agenda_item(meeting, other)
    assert stranger.get(url(meeting)).context["form"]["topic"].value() is None
    for wanted in (str(other.pk), "bzdura"):
        page = stranger.get(url(meeting), {"temat": wanted})
        assert page.content.decode().count("checked") == (wanted != "bzdura")


# -- With an account -----------------------------------------------------------------------------------------


def test_titles_of_topics_are_read_as_polish_and_escaped(meeting, stranger):
    factories.make_agenda_item(meeting, factories.make_topic("Hałas & <b>"))
    html = stranger.get(url(meeting), headers={"accept-language": "en"}).content.decode()
    assert '<span lang="pl">Hałas &amp; &lt;b&gt;</span>' in html


def test_a_resident_asks_and_a_moderator_reads_it_first(meeting, topic, resident, moderator, as_user):
    client = as_user(resident)
    page = client.get(url(meeting))
    assert page.context["form"]["topic"].value() == topic.pk
    answer = client.post(url(meeting), typed(topic), follow=True)
    assert TEXT in answer.content.decode()
    comment = Comment.objects.get()
    assert (comment.kind, comment.state, comment.author) == ("question", "waiting", resident)
    assert comment.asked_for.meeting == meeting
    assert Case.objects.get().comment == comment
    moderation.publish(comment, by=moderator)
    assert Question.objects.get().comment == comment


def test_a_double_click_asks_once(meeting, topic, resident, as_user):
    data, client = typed(topic), as_user(resident)
    for _ in range(2):
        assert client.post(url(meeting), data).status_code == 302
    assert (Comment.objects.count(), AskedFor.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "wrong",
    [{"text": ""}, {"text": "x" * 2001}, {"danger": ""}, {"topic": ""}, {"topic": "999999"}, {"subject": "robot"}],
)
def test_what_is_wrong_is_said_and_the_text_stays(meeting, topic, resident, as_user, wrong: dict):
    answer = as_user(resident).post(url(meeting), {**typed(topic), **wrong})
    assert answer.status_code == 422
    assert wrong.get("text", TEXT) in answer.content.decode()
    assert not Comment.objects.exists()


def test_who_is_in_danger_is_shown_the_way_to_112(meeting, topic, resident, as_user):
    client = as_user(resident)
    answer = client.post(url(meeting), typed(topic, danger="yes"))
    assert 'href="tel:112"' in answer.content.decode()
    assert not Comment.objects.exists()
    assert TEXT in client.get(url(meeting)).content.decode()


def test_somebodys_data_is_asked_about_first(meeting, topic, resident, as_user):
    text, client = "Zadzwońcie do sąsiada: 601 202 303", as_user(resident)
    page = client.post(url(meeting), typed(topic, text=text))
    assert page.status_code == 422
    assert page.context["form"].found
    assert client.post(url(meeting), typed(topic, text=text, insists="on")).status_code == 302
    assert Comment.objects.get().hold == Comment.Hold.PHONE


def test_after_the_deadline_the_text_can_be_copied(meeting, topic, resident, as_user):
    Meeting.objects.update(questions_until=timezone.now())
    answer = as_user(resident).post(url(meeting), typed(topic))
    assert answer.status_code == 409
    assert TEXT in answer.content.decode()


def test_suspended_and_official_accounts_are_refused(meeting, topic, resident, official):
    resident.suspended_until = timezone.now() + WEEK
    for author in (resident, official):
        with pytest.raises(CommentRefused):
            ask(meeting=meeting, topic=topic, author=author, text=TEXT, submission=uuid.uuid4())
    assert not AskedFor.objects.exists()


def test_limits_are_those_of_comments(meeting, topic, resident, as_user):
    client = as_user(resident)
    statuses = [client.post(url(meeting), typed(topic, text=f"{TEXT} {n}")).status_code for n in range(11)]
    assert statuses == [302] * 10 + [429]


@pytest.mark.parametrize("state", ["draft", "scheduled"])
def test_a_meeting_that_is_not_public_is_not_found(topic, stranger, state: str):
    meeting = factories.make_meeting(state=state)
    for address in (url(meeting), f"{url(meeting)}wyslane/"):
        assert stranger.get(address).status_code == 404


def test_wrong_methods_are_refused(meeting, stranger):
    assert stranger.put(url(meeting)).status_code == 405
    assert stranger.post(f"{url(meeting)}wyslane/").status_code == 405


# -- Without an account --------------------------------------------------------------------------------------


def test_a_guest_asks_confirms_and_has_an_account_without_a_password(meeting, topic, stranger, moderator):
    answer = stranger.post(url(meeting), as_guest(topic), follow=True)
    assert answer.request["PATH_INFO"] == f"{url(meeting)}wyslane/"
    assert GUEST.lower() not in answer.content.decode()
    assert not Resident.objects.filter(email__iexact=GUEST).exists()
    letter = last_letter(GUEST.lower())
    assert TEXT not in letter.body  # nobody sends words of their own through us to a stranger
    address = link_in(letter, "/spotkania/pytanie/")
    assert TEXT in stranger.get(address).content.decode()
    assert not Comment.objects.exists()
    for _ in range(2):
        assert stranger.post(address).status_code == 302
    comment = Comment.objects.get()
    author = comment.author
    assert (author.email, author.signature, author.has_usable_password()) == (GUEST.lower(), "Jan, os. Południe", False)
    assert EmailAddress.objects.get(user=author).verified
    assert author.rules_version
    assert (comment.state, comment.hold, comment.asked_for.meeting) == ("waiting", "first", meeting)
    assert not GuestQuestion.objects.exists()
    moderation.publish(comment, by=moderator)
    assert Question.objects.get().get_absolute_url() in stranger.get(address).content.decode()


def test_the_same_page_for_an_address_with_an_account_and_without(meeting, topic, stranger, resident):
    pages = [
        stranger.post(url(meeting), as_guest(topic, email=email), follow=True).content.decode()
        for email in (resident.email, "nikt@poczta.example")
    ]
    without_nonces = [re.sub(r'(value|nonce)="[^"]*"', "", page) for page in pages]
    assert without_nonces[0] == without_nonces[1]
    letters = [letter.body for letter in Letter.objects.order_by("pk")]
    shapes = [re.sub(r"http\S+", "", body) for body in letters]
    assert shapes[0] == shapes[1]


def test_an_address_in_other_letters_is_the_same_person(meeting, topic, resident):
    Resident.objects.filter(pk=resident.pk).update(email="hanna@poczta.example")
    EmailAddress.objects.filter(user=resident).update(email="hanna@poczta.example")
    guest = sent_by_guest(meeting, topic, email="HANNA@Poczta.example", signature="Ktoś inny")
    comment = confirm(guest.submission)
    assert comment.author == resident
    assert comment.author_name == resident.signature
    resident.refresh_from_db()
    assert resident.has_usable_password()


def test_an_account_that_nobody_confirmed_loses_its_password(meeting, topic, as_user):
    squatter = factories.make_resident("Oszust", email=GUEST.lower(), confirmed=False)
    client = as_user(squatter)
    comment = confirm(sent_by_guest(meeting, topic).submission)
    squatter.refresh_from_db()
    assert comment.author == squatter
    assert (squatter.has_usable_password(), squatter.signature) == (False, "Jan, os. Południe")
    assert client.get(reverse("account_reauthenticate")).status_code == 302  # signed out


def test_a_guest_sets_a_password_later(meeting, topic, stranger):
    confirm(sent_by_guest(meeting, topic).submission)
    stranger.post(reverse("account_reset_password"), {"email": GUEST})
    address = link_in(last_letter(GUEST.lower()), "/konto/haslo/nowe/")
    page = stranger.get(address, follow=True)
    stranger.post(page.request["PATH_INFO"], {"password1": "cztery losowe słowa"})
    assert Resident.objects.get(email=GUEST.lower()).check_password("cztery losowe słowa")


@pytest.mark.parametrize("why", ["topic closed", "deadline", "cancelled", "suspended"])
def test_what_cannot_be_asked_any_more_is_not_lost(meeting, topic, stranger, why: str):
    stranger.post(url(meeting), as_guest(topic))
    address = link_in(last_letter(GUEST.lower()), "/spotkania/pytanie/")
    if why == "topic closed":
        Topic.objects.update(state=Topic.State.CLOSED, closed_at=timezone.now())
    elif why == "deadline":
        Meeting.objects.update(questions_until=timezone.now())
    elif why == "cancelled":
        Meeting.objects.update(state="cancelled", cancelled_at=timezone.now(), state_reason="Awaria.")
    else:
        factories.make_resident(email=GUEST.lower(), suspended_until=timezone.now() + WEEK)
    answer = stranger.post(address)
    assert answer.status_code == 409
    assert TEXT in answer.content.decode()
    assert answer.context["refusal"]
    assert GuestQuestion.objects.exists()
    assert not Comment.objects.exists()
    assert Resident.objects.filter(email=GUEST.lower()).exists() == (why == "suspended")


def test_unconfirmed_questions_are_forgotten(meeting, topic, stranger):
    guest = sent_by_guest(meeting, topic)
    address = asking.confirm_url(guest)
    assert forget_unconfirmed(guest.created_at + asking.KEPT) == 0
    late = guest.created_at + asking.KEPT + datetime.timedelta(seconds=1)
    assert confirm(guest.submission, now=late) is None
    assert (forget_unconfirmed(late), forget_unconfirmed(late)) == (1, 0)
    assert stranger.get(address).status_code == 404
    assert stranger.post(address).status_code == 404
    assert not Comment.objects.exists()


@pytest.mark.parametrize("token", ["x", "x:y", "a.b.c"])
def test_a_link_that_is_not_ours_is_not_found(stranger, db, token: str):
    assert stranger.get(f"/spotkania/pytanie/{token}/").status_code == 404


def test_reading_the_link_changes_nothing_and_is_kept_by_no_cache(meeting, topic, stranger):
    answer = stranger.get(asking.confirm_url(sent_by_guest(meeting, topic)))
    assert "no-store" in answer.headers["Cache-Control"]
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"signature": ""},
        {"signature": "Komendant Policji"},
        {"signature": "x" * 41},
        {"email": ""},
        {"email": "jan"},
        {"rules": ""},
        {"text": ""},
    ],
)
def test_what_a_guest_types_wrong_stays_to_be_mended(meeting, topic, stranger, wrong: dict):
    answer = stranger.post(url(meeting), as_guest(topic, **wrong))
    assert answer.status_code == 422
    shown = {"signature": "Jan, os. Południe", "email": GUEST, "text": TEXT} | wrong
    form = answer.context["form"]
    assert {name: form[name].value() for name in shown if name in form.fields and name != "rules"} == {
        name: value for name, value in shown.items() if name != "rules"
    }
    assert not Letter.objects.exists()


def test_words_that_the_office_refuses_and_data_are_found_before_a_letter_goes_out(meeting, topic):
    WatchedWord.objects.create(word="pajac*", act=WatchedWord.Act.REFUSE)
    with pytest.raises(CommentRefused):
        sent_by_guest(meeting, topic, text="Ten pajac znowu?")
    with pytest.raises(DataFound):
        sent_by_guest(meeting, topic, text="Zadzwońcie: 601 202 303")
    guest = sent_by_guest(meeting, topic, text="Zadzwońcie: 601 202 303", insists=True)
    assert confirm(guest.submission).hold == Comment.Hold.PHONE


def test_nobody_is_flooded_with_letters(meeting, topic):
    for number in range(3):
        sent_by_guest(meeting, topic, text=f"{TEXT} {number}")
    with pytest.raises(LimitReached):
        sent_by_guest(meeting, topic)
    sent_by_guest(meeting, topic, email="inna@poczta.example")
    assert Letter.objects.count() == 4


def test_one_address_of_a_visitor_has_a_limit(meeting, topic, stranger):
    statuses = [
        stranger.post(url(meeting), as_guest(topic, email=f"gosc{n}@poczta.example")).status_code for n in range(11)
    ]
    assert statuses == [302] * 10 + [429]


def test_one_form_sent_twice_is_one_letter(meeting, topic):
    name = uuid.uuid4()
    first, second = (sent_by_guest(meeting, topic, submission=name) for _ in range(2))
    assert first == second
    assert Letter.objects.count() == 1


def test_a_link_pressed_twice_at_one_moment_asks_once(transactional_db):
    topic = factories.make_topic()
    meeting = factories.make_meeting()
    factories.make_agenda_item(meeting, topic)
    guest = sent_by_guest(meeting, topic)
    results = at_once(*[lambda: confirm(guest.submission)] * 3)
    assert {result.pk for result in results} == {Comment.objects.get().pk}
    assert Resident.objects.filter(email=GUEST.lower()).count() == 1


def test_two_questions_of_a_newcomer_confirmed_at_one_moment_make_one_account(transactional_db):
    topic, guests = factories.make_topic(), []
    for number in range(2):
        meeting = factories.make_meeting(f"Spotkanie {number}")
        own = topic if number else factories.make_topic()
        factories.make_agenda_item(meeting, own)
        guests.append(sent_by_guest(meeting, own, text=f"{TEXT} {number}"))
    results = at_once(*(lambda guest=guest: confirm(guest.submission) for guest in guests))
    assert {type(result) for result in results} == {Comment}
    assert Resident.objects.filter(email=GUEST.lower()).count() == 1


# -- The page of the meeting ---------------------------------------------------------------------------------


def test_the_page_invites_and_counts_what_everybody_can_read(meeting, topic, stranger, resident):
    for number in range(2):
        factories.make_asked(meeting, topic, f"{TEXT} {number}")
    ask(meeting=meeting, topic=topic, author=resident, text="Czeka?", submission=uuid.uuid4())
    html = stranger.get(meeting.get_absolute_url()).content.decode()
    assert f'href="{url(meeting)}"' in html
    assert stranger.get(meeting.get_absolute_url()).context["asking"].count == 2
    Meeting.objects.update(questions_until=timezone.now())
    assert url(meeting) not in stranger.get(meeting.get_absolute_url()).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_with_questions_costs_the_same(meeting, topic, stranger, editor, django_assert_num_queries, rows: int):
    from_agenda = factories.make_agenda_item(meeting, topic)
    for number in range(rows):
        take(factories.make_asked(meeting, topic, f"{TEXT} {number}"), item=from_agenda, by=editor)
    with django_assert_num_queries(13):
        stranger.get(meeting.get_absolute_url())
    with django_assert_num_queries(4):
        stranger.get(url(meeting))


def test_tallies_of_guests_hold_no_address_however_long_it_is(meeting, topic):
    longest = f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 59}.example"
    for email in (longest, GUEST):
        sent_by_guest(meeting, topic, email=email, visitor="gosc")
    assert not [tally.key for tally in Tally.objects.all() if "@" in tally.key or len(tally.key) > 80]

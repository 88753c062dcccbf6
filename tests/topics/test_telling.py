"""Letters about a question: to whom, of what, once, and the way out of them."""

import datetime

import pytest
from django.utils import timezone

from participants.models import Institution, Letter, Resident
from tests import factories
from tests.mailbox import link_in
from tests.topics.parallel import at_once
from tests.topics.test_questions import DAY, START, at_meeting, make_question, speak
from topics import moderation, telling
from topics.models import Comment, Question, QuestionMute, Reason, Topic
from topics.questions import pass_on, raise_at_meeting
from topics.support import support
from topics.telling import PAUSE, tell_steps

LATER = START + 30 * DAY


@pytest.fixture
def topic(police: Institution) -> Topic:
    return factories.make_topic("Oświetlenie", institution=police)


@pytest.fixture
def question(topic: Topic, resident: Resident) -> Question:
    return make_question(topic, author=resident)


@pytest.fixture
def supported(question: Question, neighbour: Resident) -> Question:
    support(question.comment, by=neighbour)
    return question


def told() -> list[str]:
    return list(Letter.objects.order_by("pk").values_list("to", flat=True))


def test_asking_alone_is_told_to_nobody(question):
    assert tell_steps(LATER) == 0
    question.refresh_from_db()
    assert question.told_step == question.steps.get().pk


def test_who_asked_and_who_supports_hear_of_all_steps_in_one_letter(supported, town, editor, resident, neighbour):
    pass_on(supported, to=town, by=editor, note="To ich lampy.", now=START + DAY)
    raise_at_meeting(supported, by=editor, now=START + 2 * DAY)
    assert tell_steps(START + 3 * DAY) == 2
    assert sorted(told()) == sorted([resident.email, neighbour.email])
    mine, theirs = (Letter.objects.get(to=person.email) for person in (resident, neighbour))
    for letter in (mine, theirs):
        for words in (f"nr {supported.number}", "Urząd Miasta", "„To ich lampy.”", supported.get_absolute_url()):
            assert words in letter.body
    assert mine.body.replace(" ", " ") != theirs.body
    assert tell_steps(START + 4 * DAY) == 0


@pytest.mark.parametrize("act", ["answered", "promised", "passed on", "moved"])
def test_each_end_of_a_meeting_is_told(question, editor, town, act: str):
    at_meeting(act, question, editor, town)
    assert tell_steps(LATER) == 1
    assert "na spotkaniu" in Letter.objects.get().body.lower() or act == "passed on"


def test_an_official_answer_is_told_once(question, police):
    speak(question, police, START + DAY)
    assert [tell_steps(LATER), tell_steps(LATER)] == [1, 0]
    assert police.name in Letter.objects.get().body


def test_a_slip_can_be_mended_before_anybody_hears(question, town, police, editor):
    pass_on(question, to=town, by=editor, now=START + DAY)
    assert tell_steps(START + DAY + PAUSE / 2) == 0
    pass_on(question, to=police, by=editor, now=START + DAY + PAUSE / 2)
    assert tell_steps(START + DAY + PAUSE) == 0
    assert tell_steps(START + DAY + 2 * PAUSE) == 1
    assert Letter.objects.count() == 1


@pytest.mark.parametrize("state", ["hidden", "waiting", "withdrawn", "draft topic"])
def test_what_nobody_can_read_is_told_to_nobody(question, town, editor, moderator, state: str):
    pass_on(question, to=town, by=editor, now=START + DAY)
    if state == "hidden":
        moderation.hide(question.comment, by=moderator, reason=Reason.INSULT)
        Letter.objects.all().delete()
    elif state == "draft topic":
        Topic.objects.update(state=Topic.State.DRAFT)
    else:
        Comment.objects.update(state=state, withdrawn_at=START if state == "withdrawn" else None)
    assert tell_steps(LATER) == 0
    assert told() == []


@pytest.mark.parametrize("who", ["suspended", "closed", "not confirmed", "muted", "gone"])
def test_who_cannot_or_does_not_want_to_hear_gets_no_letter(supported, town, editor, resident, neighbour, who: str):
    if who == "suspended":
        resident.suspended_until = LATER + DAY
    elif who == "closed":
        resident.is_active = False
    elif who == "not confirmed":
        resident.emailaddress_set.update(verified=False)
    elif who == "muted":
        telling.mute(supported, resident)
    resident.save()
    if who == "gone":
        resident.delete()
    pass_on(supported, to=town, by=editor, now=START + DAY)
    assert tell_steps(LATER) == 1
    assert told() == [neighbour.email]


def test_a_suspension_that_is_over_is_no_matter(question, town, editor, resident):
    resident.suspended_until = LATER - DAY
    resident.save()
    pass_on(question, to=town, by=editor, now=START + DAY)
    assert tell_steps(LATER) == 1


def test_a_question_without_an_account_has_supporters_only(topic, town, editor, neighbour):
    question = make_question(topic)
    Comment.objects.update(author=None)
    support(question.comment, by=neighbour)
    pass_on(question, to=town, by=editor, now=START + DAY)
    assert tell_steps(LATER) == 1
    assert told() == [neighbour.email]


@pytest.mark.parametrize("killed_at", [0, 1, 2])
def test_killed_at_any_line_it_writes_once(topic, town, editor, monkeypatch, killed_at: int):
    questions = [make_question(topic, f"Pytanie {number}?") for number in range(3)]
    for question in questions:
        pass_on(question, to=town, by=editor, now=START + DAY)
    written, write = [], telling._write

    def dies(question, news, person):
        write(question, news, person)
        written.append(person)
        if len(written) == killed_at + 1:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(telling, "_write", dies)
        with pytest.raises(KeyboardInterrupt):
            tell_steps(LATER)
    assert Letter.objects.count() == killed_at
    assert tell_steps(LATER) == 3 - killed_at
    assert sorted(told()) == sorted(question.comment.author.email for question in questions)


def test_two_workers_write_once(transactional_db):
    town, editor = factories.make_institution(), factories.make_resident(roles=["Redakcja"])
    topic = factories.make_topic()
    for number in range(3):
        pass_on(make_question(topic, f"Pytanie {number}?"), to=town, by=editor, now=START + DAY)
    results = at_once(*[lambda: tell_steps(LATER)] * 3)
    assert sum(results) == 3
    assert Letter.objects.count() == 3


def test_a_question_costs_the_same_with_more_people(question, town, editor, django_assert_num_queries):
    for _ in range(3):
        support(question.comment, by=factories.make_resident())
    pass_on(question, to=town, by=editor, now=START + DAY)
    with django_assert_num_queries(1 + 2 + 6 + 4 - 1):
        tell_steps(LATER)


# -- The way out ---------------------------------------------------------------------------------------------


def test_one_button_ends_the_letters_about_one_question(supported, town, editor, resident, neighbour, client):
    pass_on(supported, to=town, by=editor, now=START + DAY)
    tell_steps(LATER)
    letter = Letter.objects.get(to=neighbour.email)
    address = link_in(letter, f"/pytania/{supported.number}/cisza/")
    assert letter.headers["List-Unsubscribe"].endswith(f"{address}>")
    page = client.get(address)
    assert page.context["is_muted"] is False
    assert "no-store" in page.headers["Cache-Control"]
    assert not QuestionMute.objects.exists()
    for _ in range(2):
        assert client.post(address).status_code == 302
    assert client.get(address).context["is_muted"] is True
    assert QuestionMute.objects.get().account == neighbour
    raise_at_meeting(supported, by=editor, now=LATER)
    assert tell_steps(LATER + DAY) == 1
    assert Letter.objects.latest("pk").to == resident.email


def test_an_address_of_another_question_or_a_broken_one_is_not_found(question, topic, resident, client):
    other = make_question(topic, "A chodnik?")
    token = telling.mute_url(other, resident).split("/")[-2]
    for wrong in (token, "x", "a.b.c"):
        assert client.post(f"/pytania/{question.number}/cisza/{wrong}/").status_code == 404
    address = telling.mute_url(question, resident)
    Resident.objects.filter(pk=resident.pk).delete()
    assert client.get(address).status_code == 404
    assert not QuestionMute.objects.exists()


def test_pause_is_counted_from_now_where_no_moment_is_given(question, town, editor):
    pass_on(question, to=town, by=editor, now=timezone.now() - PAUSE - datetime.timedelta(seconds=1))
    assert tell_steps() == 1

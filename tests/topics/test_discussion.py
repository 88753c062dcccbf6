"""Writing a comment: the rule itself, without a page."""

import datetime
import uuid

import pytest
from django.utils import timezone, translation

from participants.limits import Limit, LimitReached
from participants.models import Estate, Tally
from participants.roles import Role
from tests import factories
from tests.topics.parallel import at_once
from topics.discussion import BY_ACCOUNT, BY_ADDRESS, add_comment
from topics.hints import pieces
from topics.models import TEXT_LIMIT, Case, Comment, Question, Topic, WatchedWord
from topics.refusals import CommentRefused, DataFound, TalkClosed

NOW = datetime.datetime(2026, 11, 22, 21, 10, tzinfo=datetime.UTC)
State = Topic.State


def write(topic: Topic, author, text: str | None = None, **how) -> Comment:
    """Each text is another, unless it is given: the rules hold what was said already."""
    how.setdefault("submission", uuid.uuid4())
    if text is None:
        text = f"Wieczorem przydałby się patrol. ({next(factories.count)})"
    return add_comment(topic=topic, author=author, text=text, **how)


@pytest.fixture
def trusted(topic):
    """A resident whose comments are published at once."""
    author = factories.make_resident("Zofia", date_joined=NOW - datetime.timedelta(days=300))
    for _ in range(2):
        factories.make_published(topic, author=author, created_at=NOW - datetime.timedelta(days=30))
    topic.refresh_from_db()
    return author


# -- Who, where ---------------------------------------------------------------------------------------


@pytest.fixture
def personas(neighbour, moderator, editor, official):
    ended = factories.make_appointment(ends=timezone.localdate() - datetime.timedelta(days=1))
    later = timezone.now() + datetime.timedelta(hours=1)
    return {
        "resident": neighbour,
        "moderator": moderator,
        "editor": editor,
        "official": official,
        "former official": factories.make_resident("Marek", appointment=ended),
        "suspended": factories.make_resident("Adam", suspended_until=later),
        "suspended before": factories.make_resident("Iga", suspended_until=timezone.now()),
        "unconfirmed": factories.make_resident("Ola", confirmed=False),
        "unconfirmed official": factories.make_resident("Jan", confirmed=False, appointment=official.appointment),
        "unconfirmed moderator": factories.make_resident("Ula", confirmed=False, roles=[Role.MODERATOR]),
        "closed account": factories.make_resident("Ewa", is_active=False),
    }


WRITERS = {"resident", "moderator", "editor", "former official", "suspended before", "official"}
OTHERS = {"suspended", "unconfirmed", "unconfirmed official", "unconfirmed moderator", "closed account"}
MAY = {
    State.DRAFT: set(),
    State.OPEN: WRITERS,
    "over": {"official"},  # open, but its last day has passed
    State.CLOSED: {"official"},
    State.ARCHIVED: set(),
}


@pytest.mark.parametrize("state", MAY)
@pytest.mark.parametrize("persona", sorted(WRITERS | OTHERS))
def test_who_may_write_in_which_state(personas, persona: str, state: str):
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    made = {"state": State.OPEN, "closes_on": yesterday} if state == "over" else {"state": state}
    topic = factories.make_topic(**made)
    if persona in MAY[state]:
        assert write(topic, personas[persona]).topic == topic
    else:
        with pytest.raises(CommentRefused):
            write(topic, personas[persona])
    assert topic.comments.count() == (persona in MAY[state])


@pytest.mark.parametrize(
    ("persona", "sentence"),
    [
        ("suspended", "Your account cannot write for some time. The reason is in your e-mail."),
        ("unconfirmed", "Confirm your e-mail address first: open the link in the letter that we sent you."),
        ("closed account", "This account cannot write comments."),
    ],
)
def test_refusal_says_why(topic, personas, persona: str, sentence: str):
    with translation.override("en"), pytest.raises(CommentRefused, match=sentence):
        write(topic, personas[persona])


def test_last_day_of_the_talk_ends_at_midnight_in_poland(topic, trusted):
    topic.closes_on = datetime.date(2026, 11, 22)
    topic.save()
    assert write(topic, trusted, now=NOW).state == Comment.State.PUBLISHED
    with pytest.raises(TalkClosed):
        write(topic, trusted, now=NOW + datetime.timedelta(hours=2))  # 23:10 in UTC, the 23rd in Warsaw


def test_talk_closed_while_somebody_writes_takes_nothing_more(topic, trusted):
    seen_open = Topic.objects.get(pk=topic.pk)
    Topic.objects.filter(pk=topic.pk).update(state=State.CLOSED, closed_at=timezone.now())
    with pytest.raises(TalkClosed):
        write(seen_open, trusted)


# -- What -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "   \n\t ", "\u200b\u202e\ufeff", "\x00"])
def test_text_without_words_is_refused(topic, resident, text: str):
    with pytest.raises(CommentRefused):
        write(topic, resident, text)
    assert not topic.comments.exists()


def test_text_of_exactly_the_limit_is_taken(topic, resident):
    assert len(write(topic, resident, "ż" * TEXT_LIMIT).text) == TEXT_LIMIT
    assert write(topic, resident, "😀" * TEXT_LIMIT + "\r\n  ").text == "😀" * TEXT_LIMIT


@pytest.mark.parametrize(
    ("over", "how_much"), [(1, "by 1 character."), (37, "by 37 characters."), (998_000, "by 998000 characters.")]
)
def test_text_over_the_limit_says_by_how_much(topic, resident, over: int, how_much: str):
    sentence = f"Shorten the comment {how_much} At most 2000 characters."
    with translation.override("en"), pytest.raises(CommentRefused, match=sentence):
        write(topic, resident, "a" * (TEXT_LIMIT + over))
    assert not topic.comments.exists()


def test_comment_keeps_what_was_typed_and_how_it_is_shown(topic, resident):
    comment = Comment.objects.get(pk=write(topic, resident, "a < b\r\n\r\n\u202eok").pk)
    assert (comment.text, comment.html) == ("a < b\n\nok", "<p>a &lt; b</p><p>ok</p>")
    assert comment.author_name == "Hanna, os. Słowackiego"


# -- Waiting or published -----------------------------------------------------------------------------------


def test_first_comment_waits_and_counts_nowhere(topic, resident):
    comment = write(topic, resident)
    assert (comment.state, comment.hold, comment.position) == ("waiting", "first", None)
    topic.refresh_from_db()
    assert (topic.thread_count, topic.comment_count, topic.last_comment_at) == (0, 0, None)


def test_trusted_comment_is_published_in_its_place(topic, trusted):
    comment = write(topic, trusted, now=NOW)
    assert (comment.state, comment.position, comment.published_at) == ("published", 3, NOW)
    topic.refresh_from_db()
    assert (topic.thread_count, topic.comment_count, topic.official_count) == (3, 3, 0)


def test_reply_to_a_reply_joins_the_thread(topic, trusted):
    thread = write(topic, trusted)
    reply = write(topic, trusted, parent=thread)
    second = write(topic, trusted, parent=reply)
    assert (second.parent_id, second.position) == (thread.pk, 2)
    thread.refresh_from_db()
    topic.refresh_from_db()
    assert (thread.reply_count, topic.thread_count, topic.comment_count) == (2, 3, 5)


@pytest.mark.parametrize("state", ["waiting", "hidden", "withdrawn", "elsewhere"])
def test_only_a_published_comment_of_the_same_talk_is_answered(topic, trusted, state: str):
    parent = factories.make_published(factories.make_topic() if state == "elsewhere" else topic)
    if state != "elsewhere":
        stamps = {"hidden_at": NOW, "hidden_reason": "insult", "withdrawn_at": NOW}
        Comment.objects.filter(pk=parent.pk).update(state=state, **stamps)
    with pytest.raises(CommentRefused):
        write(topic, trusted, parent=parent)


def test_official_answer_freezes_rank_name_post_and_institution(topic, official):
    comment = write(topic, official, "Dyżurny: 44 647 93 00")
    institution = official.appointment.institution.name
    assert comment.state == Comment.State.PUBLISHED
    assert comment.author_name == "asp. szt. Marta Wolska"
    assert comment.voice == f"Kierownik Rewiru Dzielnicowych, {institution}"
    topic.refresh_from_db()
    assert topic.official_count == 1


def test_official_without_a_public_name_speaks_by_post(topic):
    nameless = factories.make_official(name_withheld=True)
    author = factories.make_resident("X", appointment=factories.make_appointment(nameless, post="Dzielnicowy"))
    comment = write(topic, author)
    assert comment.author_name == "Dzielnicowy"
    assert comment.voice == author.appointment.institution.name
    assert "Wolska" not in f"{comment.author_name}{comment.voice}"


def test_longest_names_fit(topic):
    institution = factories.make_institution("I" * 200)
    person = factories.make_official(first_names="A" * 80, last_name="B" * 80, degree="D" * 40)
    longest = factories.make_appointment(person, institution, post="P" * 200, acting=True, other_rank="R" * 40)
    comment = write(topic, factories.make_resident("X", appointment=longest))
    comment.full_clean()
    assert comment.author_name == " ".join(["R" * 40, "D" * 40, "A" * 80, "B" * 80])
    assert comment.voice == f"p.o. {'P' * 200}, {'I' * 200}"


def test_editor_who_saves_meanwhile_does_not_turn_the_counters_back(topic, trusted):
    loaded = Topic.objects.get(pk=topic.pk)
    write(topic, trusted)
    loaded.title = "Inny tytuł"
    loaded.save()
    loaded.refresh_from_db()
    assert (loaded.title, loaded.comment_count, loaded.thread_count) == ("Inny tytuł", 3, 3)


# -- Kind and estate ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Comment.Kind.values)
def test_thread_keeps_its_kind_and_a_reply_is_an_opinion(topic, trusted, kind: str):
    thread = write(topic, trusted, kind=kind)
    reply = write(topic, trusted, kind=kind, parent=thread)
    assert (thread.kind, reply.kind) == (kind, "opinion")
    assert Question.objects.filter(comment=thread).exists() == (kind == "question")


def test_question_that_waits_has_no_number_yet(topic, resident):
    assert write(topic, resident, kind="question").kind == "question"
    assert not Question.objects.exists()


def test_official_asks_nobody_and_lives_nowhere(topic, official):
    official.estate = factories.make_estate()
    answer = write(topic, official, kind="question", shows_estate=True)
    assert (answer.kind, answer.author_estate) == ("opinion", "")


@pytest.mark.parametrize(
    ("lives", "shows", "stands"),
    [(True, True, "Wyzwolenia"), (True, False, ""), (False, True, "")],
)
def test_estate_stands_beside_the_signature_if_the_author_chose_it(topic, trusted, lives: bool, shows: bool, stands):
    trusted.estate = factories.make_estate("Wyzwolenia") if lives else None
    trusted.save()
    comment = write(topic, trusted, shows_estate=shows)
    Estate.objects.update(name="Nowe")
    comment.refresh_from_db()
    assert comment.author_estate == stands  # frozen, like the signature


# -- Somebody's data --------------------------------------------------------------------------------------------

DATA = "Pan Nowak ma numer\r\n600 100 200."


def test_text_with_data_comes_back_with_what_was_found(topic, trusted):
    with translation.override("en"), pytest.raises(DataFound, match="This looks like somebody's data") as found:
        write(topic, trusted, DATA)
    marked = [(part, kind) for part, kind in pieces(found.value.text, found.value.hints) if kind]
    assert marked == [("Pan Nowak", "person"), ("600 100 200", "phone")]
    assert not topic.comments.filter(text__contains="Nowak").exists()


def test_author_who_insists_sends_it_to_a_moderator(topic, trusted):
    comment = write(topic, trusted, DATA, insists=True)
    assert (comment.state, comment.hold) == ("waiting", "data")


def test_insisting_where_there_is_nothing_changes_nothing(topic, trusted):
    assert write(topic, trusted, insists=True).state == "published"


def test_moderator_without_a_post_is_asked_like_everybody(topic, moderator):
    with pytest.raises(DataFound):
        write(topic, moderator, DATA)


def test_official_may_name_a_number(topic, official):
    assert write(topic, official, DATA).state == "published"


# -- A case for the moderators ------------------------------------------------------------------------------------


def test_held_comment_opens_a_case_and_a_published_one_does_not(topic, trusted, resident):
    write(topic, trusted)
    assert not Case.objects.exists()
    held = write(topic, resident, now=NOW)
    case = Case.objects.get()
    assert (case.comment, case.kind, case.opened_at, case.closed_at) == (held, "held", NOW, None)


# -- How often ---------------------------------------------------------------------------------------------------


def fill(limits: tuple[Limit, Limit], index: int, who: str) -> None:
    """Everything but the last place of one of the two limits is taken."""
    limit = limits[index]
    Tally.objects.create(key=f"{limit.name}:{who}", window=limit.window(NOW), count=limit.times - 1)


@pytest.mark.parametrize(
    ("index", "told"),
    [(0, "Za dużo prób. Spróbuj o godz. 22:20."), (1, "Za dużo prób. Spróbuj jutro po godz. 1:00.")],
)
@pytest.mark.parametrize("whose", ["account", "address"])
def test_limits_say_when_to_come_again(topic, trusted, monkeypatch, whose: str, index: int, told: str):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    limits, who = (BY_ACCOUNT, trusted.pk) if whose == "account" else (BY_ADDRESS, "aa")
    fill(limits, index, who)
    write(topic, trusted, now=NOW, visitor="aa")
    with pytest.raises(LimitReached) as reached:
        write(topic, trusted, now=NOW, visitor="aa")
    assert str(reached.value).replace("\xa0", " ") == told
    assert topic.comments.count() == 3
    write(topic, trusted, now=limits[index].ends(NOW), visitor="aa")


def test_refused_comment_takes_no_place_of_the_limit(topic, trusted):
    fill(BY_ACCOUNT, 0, trusted.pk)
    WatchedWord.objects.create(word="konfitura", act="refuse")
    with pytest.raises(CommentRefused):
        write(topic, trusted, "Konfitura jedna", now=NOW)
    assert write(topic, trusted, now=NOW)


def test_limit_of_one_address_is_not_that_of_another(topic, trusted, neighbour):
    fill(BY_ADDRESS, 0, "aa")
    write(topic, trusted, now=NOW, visitor="aa")
    write(topic, trusted, now=NOW, visitor="bb")
    with pytest.raises(LimitReached):
        write(topic, neighbour, now=NOW, visitor="aa")


def test_officials_have_no_limits(topic, official):
    for limits, who in ((BY_ACCOUNT, official.pk), (BY_ADDRESS, "aa")):
        fill(limits, 0, who)
    for _ in range(3):
        assert write(topic, official, now=NOW, visitor="aa").state == "published"


SLOW = datetime.timedelta(minutes=15)


@pytest.mark.parametrize(
    ("ago", "until", "may"),
    [
        (SLOW - datetime.timedelta(seconds=1), NOW + SLOW, False),
        (SLOW, NOW + SLOW, True),
        (datetime.timedelta(minutes=1), NOW, True),  # it is over
    ],
)
def test_slow_talk_takes_one_comment_in_a_quarter(topic, trusted, ago, until, may: bool):
    Topic.objects.filter(pk=topic.pk).update(slow_until=until)
    factories.make_comment(topic, author=trusted, created_at=NOW - ago, state="withdrawn", withdrawn_at=NOW)
    if may:
        assert write(topic, trusted, now=NOW).pk
        return
    sentence = r"one comment in 15 minutes\. Write again after 22:10"
    with translation.override("en"), pytest.raises(CommentRefused, match=sentence):
        write(topic, trusted, now=NOW)


def test_slow_talk_slows_each_author_there_and_no_official(topic, trusted, neighbour, official):
    other = factories.make_topic()
    Topic.objects.update(slow_until=NOW + SLOW)
    for author in (trusted, neighbour, official, official):
        assert write(topic, author, now=NOW).pk
    assert write(other, trusted, now=NOW).pk


# -- What is made of the text ---------------------------------------------------------------------------------------


def test_fingerprint_and_html_follow_the_text_however_it_is_saved(topic):
    comment = factories.make_comment(topic, "Zróbcie próg zwalniający przy szkole.")
    before = comment.digest
    comment.text = "Zróbcie drugi próg zwalniający przy szkole."
    comment.save(update_fields=["text"])
    comment.refresh_from_db()
    assert comment.html == "<p>Zróbcie drugi próg zwalniający przy szkole.</p>"
    assert comment.digest not in {"", before}
    comment.text = "Ze strony redakcji"
    comment.save(update_fields=["hold"])
    comment.refresh_from_db()
    assert comment.html == "<p>Zróbcie drugi próg zwalniający przy szkole.</p>"


# -- Once ----------------------------------------------------------------------------------------------------


def test_same_form_sent_twice_makes_one_comment(topic, trusted):
    name = uuid.uuid4()
    first = write(topic, trusted, "To samo", submission=name)
    assert write(topic, trusted, "To samo", submission=name) == first
    topic.refresh_from_db()
    assert topic.comment_count == 3


def test_form_of_another_person_is_refused(topic, trusted, resident):
    name = uuid.uuid4()
    write(topic, trusted, submission=name)
    with pytest.raises(CommentRefused):
        write(topic, resident, submission=name)


def test_used_form_with_another_text_is_refused_rather_than_forgotten(topic, trusted):
    name = uuid.uuid4()
    write(topic, trusted, submission=name)
    with pytest.raises(CommentRefused):
        write(topic, trusted, "Inny tekst", submission=name)


@pytest.mark.parametrize("comments", [3, 300])
def test_writing_costs_the_same_in_a_talk_of_any_size(topic, trusted, django_assert_num_queries, comments: int):
    for _ in range(comments):
        parent = factories.make_published(topic, author=trusted)
    # savepoint, lock, confirmed address, limits, author's record, words, insert, counters, release
    with django_assert_num_queries(9):
        write(topic, trusted)
    with django_assert_num_queries(12):  # and the parent, its count, and the new place
        write(topic, trusted, parent=parent)


def test_form_sent_again_after_the_talk_was_closed_still_finds_its_comment(topic, trusted):
    name = uuid.uuid4()
    first = write(topic, trusted, "To samo", submission=name)
    Topic.objects.filter(pk=topic.pk).update(state=State.CLOSED, closed_at=timezone.now())
    topic.refresh_from_db()
    assert write(topic, trusted, "To samo", submission=name) == first


# -- At one moment -------------------------------------------------------------------------------------------

parallel = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@parallel
def test_double_click_at_one_moment_makes_one_comment(topic, trusted):
    name = uuid.uuid4()
    made = at_once(*[lambda: write(topic, trusted, "To samo", submission=name)] * 4)
    assert {getattr(comment, "pk", comment) for comment in made} == {Comment.objects.get(submission=name).pk}
    topic.refresh_from_db()
    assert topic.comment_count == 3


@parallel
def test_one_form_in_two_talks_at_one_moment_makes_one_comment(topic, trusted):
    name, other = uuid.uuid4(), factories.make_topic()
    made = at_once(
        *[lambda: write(topic, trusted, "To samo", submission=name)] * 2,
        *[lambda: write(other, trusted, "To samo", submission=name)] * 2,
    )
    assert Comment.objects.filter(submission=name).count() == 1
    assert {type(result) for result in made} == {Comment, CommentRefused}


@parallel
def test_places_and_counters_stay_exact_when_many_write_at_once(topic, trusted):
    thread = write(topic, trusted)
    made = at_once(
        *[lambda: write(topic, trusted)] * 4,
        *[lambda: write(topic, trusted, parent=thread)] * 4,
    )
    assert [comment for comment in made if not isinstance(comment, Comment)] == []
    topic.refresh_from_db()
    thread.refresh_from_db()
    assert (topic.thread_count, topic.comment_count, thread.reply_count) == (7, 11, 4)
    assert sorted(topic.comments.threads().values_list("position", flat=True)) == list(range(1, 8))

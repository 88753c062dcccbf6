"""What becomes of a promise: role × state, what each act asks for, and that nothing is ever lost."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from meetings import publication
from meetings.commitments import (
    PHOTOS,
    WORDS_LIMIT,
    CommitmentRefused,
    NewPhoto,
    Overtaken,
    judge,
    last_entry,
    may_record,
    promise,
    publish_all,
    record,
    reopen,
    withdraw,
)
from meetings.models import Commitment, CommitmentEntry, Meeting
from participants.models import Institution, RecordKept, Resident
from participants.roles import SYSTEM, Role
from tests import factories
from tests.meetings.promises import DUE, START, a_photo, faults_of, later, make_answerer
from tests.panel import make_administrator, make_staff
from tests.topics.parallel import at_once

State = Commitment.State
pytestmark = pytest.mark.django_db
WORDS = "Działa 14 nowych lamp."


@pytest.fixture
def town() -> Institution:
    return factories.make_institution("Urząd Miasta")


@pytest.fixture
def guard() -> Institution:
    return factories.make_institution("Straż Miejska")


@pytest.fixture
def night() -> Meeting:
    """A meeting that took place; its report is being written."""
    return factories.make_meeting(state=Meeting.State.HELD, date=START.date(), closed_at=None)


@pytest.fixture
def lamps(town: Institution, guard: Institution) -> Commitment:
    """Promised and public."""
    meeting = factories.make_meeting(state=Meeting.State.HELD, date=START.date(), closed_at=START)
    return factories.make_commitment(
        "Lampy przy szkole", meeting=meeting, institution=town, helpers=[guard], due=DUE, now=START
    )


def in_state(commitment: Commitment, state: str) -> Commitment:
    if state != State.PLANNED:
        to = factories.make_institution() if state == State.PASSED else None
        record(commitment, by=SYSTEM, text=WORDS, state=state, passed_to=to, now=later(1))
    commitment.refresh_from_db()
    return commitment


def refusal(act, *args, **how) -> str:
    with pytest.raises(CommitmentRefused) as refused:
        act(*args, **how)
    return str(refused.value)


# -- Promising -------------------------------------------------------------------------------------


def test_promise_waits_for_the_report_of_its_meeting(night, town, editor):
    made = promise(meeting=night, institution=town, text=" Lampy  ", by=editor, due=DUE, now=START)
    assert (made.text, made.is_public, made.entries.count()) == ("Lampy", False, 0)
    assert publish_all(night, now=later(1)) == [made]
    assert publish_all(night, now=later(2)) == []
    made.refresh_from_db()
    [entry] = made.entries.all()
    assert (entry.state_before, entry.state, entry.due, entry.at) == ("", State.PLANNED, DUE, later(1))
    assert (made.published_at, made.since) == (later(1), later(1))
    assert faults_of(made) == []


def test_promise_of_a_closed_meeting_is_out_at_once(night, town, editor):
    night.closed_at = START
    night.save()
    Institution.objects.filter(pk=town.pk).update(published_at=None)
    town.refresh_from_db()
    made = promise(meeting=night, institution=town, text="Lampy", by=editor, now=START)
    assert made.is_public
    assert made.entries.get().by == editor
    town.refresh_from_db()
    assert town.is_public


def test_a_past_meeting_published_with_its_report_publishes_its_promises(town, editor):
    meeting = factories.make_meeting(date=START.date(), report="<p>Było.</p>")
    made = promise(meeting=meeting, institution=town, text="Lampy", by=editor, now=START)
    publication.postpone(meeting, by=editor)
    meeting.refresh_from_db()
    Meeting.objects.filter(pk=meeting.pk).update(state=Meeting.State.CANCELLED, cancelled_at=START, state_reason="x")
    publication.announce(meeting, by=editor, now=later(30))
    made.refresh_from_db()
    assert made.published_at == later(30)


@pytest.mark.parametrize("state", Meeting.State)
def test_promises_are_made_at_meetings_that_take_place(state, town, editor):
    meeting = factories.make_meeting(state=state, date=START.date())
    if state in {Meeting.State.ANNOUNCED, Meeting.State.HELD, Meeting.State.ARCHIVED}:
        assert promise(meeting=meeting, institution=town, text="Lampy", by=editor).pk
    else:
        assert meeting.get_state_display() in refusal(promise, meeting=meeting, institution=town, text="L", by=editor)
        assert not Commitment.objects.exists()


def test_promise_needs_words_that_fit_and_an_item_of_its_meeting(night, town, editor):
    other = factories.make_agenda_item(factories.make_meeting("Inne"))
    for wrong in ({"text": " \u200b"}, {"text": "x" * 301}, {"post": "x" * 201}, {"agenda_item": other}):
        assert refusal(promise, **{"meeting": night, "institution": town, "text": "Lampy", "by": editor, **wrong})
    assert not Commitment.objects.exists()


def test_only_editors_promise(night, town, moderator, resident):
    for person in (moderator, resident, make_answerer(town), make_staff()):
        assert refusal(promise, meeting=night, institution=town, text="Lampy", by=person)


def test_an_owner_does_not_help_itself(night, town, guard, editor):
    made = promise(meeting=night, institution=town, text="Lampy", by=editor, helpers=[town, guard])
    assert list(made.helpers.all()) == [guard]


def test_drafts_can_be_taken_back_and_public_promises_cannot(night, town, editor, moderator):
    made = promise(meeting=night, institution=town, text="Lampy", by=editor)
    assert refusal(withdraw, made, by=moderator)
    withdraw(made, by=editor)
    assert not Commitment.objects.exists()
    kept = promise(meeting=night, institution=town, text="Lampy", by=editor)
    publish_all(night, now=START)
    assert refusal(withdraw, kept, by=editor)
    assert Commitment.objects.get() == kept


def test_draft_takes_no_entries(night, town, editor):
    made = promise(meeting=night, institution=town, text="Lampy", by=editor)
    assert refusal(record, made, by=editor, text=WORDS)
    assert not CommitmentEntry.objects.exists()


# -- Recording -------------------------------------------------------------------------------------


def test_record_writes_before_and_after(lamps, town):
    marta = make_answerer(town)
    record(lamps, by=marta, text="Zamówione.", state=State.IN_PROGRESS, now=later(1))
    entry = record(lamps, by=marta, text=WORDS, state=State.DONE, now=later(2))
    assert (entry.state_before, entry.state, entry.by, entry.text) == (State.IN_PROGRESS, State.DONE, marta, WORDS)
    lamps.refresh_from_db()
    assert (lamps.state, lamps.since) == (State.DONE, later(2))
    assert faults_of(lamps) == []


ALLOWED = {
    **{(State.PLANNED, to): True for to in State},
    **{(State.IN_PROGRESS, to): to != State.PLANNED for to in State},
    **{(end, to): end == to for end in State if end not in Commitment.OPEN for to in State},
}


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("after", State)
def test_each_state_goes_on_to_its_own(lamps, before, after):
    in_state(lamps, before)
    to = factories.make_institution() if after == State.PASSED != before else None
    act = {"by": SYSTEM, "text": WORDS, "state": after, "passed_to": to, "now": later(2)}
    if ALLOWED[before, after]:
        assert record(lamps, **act).state == after
    else:
        assert refusal(record, lamps, **act)
    assert faults_of(lamps) == []


@pytest.mark.parametrize("end", [State.DONE, State.PASSED, State.IMPOSSIBLE, State.NOT_NEEDED])
def test_an_end_needs_words(lamps, guard, end):
    to = guard if end == State.PASSED else None
    assert refusal(record, lamps, by=SYSTEM, text=" ", state=end, passed_to=to)
    assert faults_of(lamps) == []
    assert lamps.entries.count() == 1


def test_passed_on_needs_another_institution_and_nothing_else_has_one(lamps, town, guard):
    for to in (None, town):
        assert refusal(record, lamps, by=SYSTEM, text=WORDS, state=State.PASSED, passed_to=to)
    assert refusal(record, lamps, by=SYSTEM, text=WORDS, state=State.DONE, passed_to=guard)
    assert record(lamps, by=SYSTEM, text=WORDS, state=State.PASSED, passed_to=guard).passed_to == guard


def test_entry_that_says_nothing_is_refused(lamps):
    assert refusal(record, lamps, by=SYSTEM, text="")
    assert refusal(record, lamps, by=SYSTEM, text="x" * (WORDS_LIMIT + 1))


def test_moved_due_date_needs_its_reason_and_old_ones_stay(lamps):
    new, newest = datetime.date(2026, 11, 30), datetime.date(2026, 12, 31)
    assert refusal(record, lamps, by=SYSTEM, text="", due=new, changes_due=True, now=later(1))
    record(lamps, by=SYSTEM, text="Brak wykonawcy.", due=new, changes_due=True, now=later(1))
    record(lamps, by=SYSTEM, text="Zima.", due=newest, changes_due=True, now=later(2))
    assert [(e.due_before, e.due) for e in lamps.entries.all()] == [(None, DUE), (DUE, new), (new, newest)]
    lamps.refresh_from_db()
    assert lamps.due == newest
    assert faults_of(lamps) == []


def test_due_date_that_makes_no_sense_is_refused(lamps):
    for wrong in (DUE, START.date()):
        assert refusal(record, lamps, by=SYSTEM, text="Bo tak.", due=wrong, changes_due=True, now=later(1))
    ending = {"state": State.DONE, "due": None, "changes_due": True}
    assert refusal(record, lamps, by=SYSTEM, text="Bo tak.", now=later(1), **ending)
    in_state(lamps, State.DONE)
    assert refusal(record, lamps, by=SYSTEM, text="Bo tak.", due=None, changes_due=True, now=later(2))


def test_a_first_due_date_needs_no_reason(lamps):
    record(lamps, by=SYSTEM, text="Nie wiadomo kiedy.", due=None, changes_due=True, now=later(1))
    record(lamps, by=SYSTEM, text="", due=DUE, changes_due=True, now=later(2))
    assert faults_of(lamps) == []


@pytest.mark.parametrize("state", State)
def test_only_what_ended_is_taken_up_again_and_with_a_reason(lamps, state):
    in_state(lamps, state)
    if state in Commitment.OPEN:
        assert refusal(reopen, lamps, by=SYSTEM, text="Zgasły.")
    else:
        assert refusal(reopen, lamps, by=SYSTEM, text=" ")
        entry = reopen(lamps, by=SYSTEM, text="Zgasły.", now=later(2))
        assert (entry.state_before, entry.state) == (state, State.IN_PROGRESS)
    assert faults_of(lamps) == []


def people(town, guard, editor, moderator, resident) -> dict[str, Resident]:
    gone = factories.make_appointment(institution=town, ends=START.date() - datetime.timedelta(days=1))
    return {
        "editor": editor,
        "administrator": make_administrator(),
        "owner": make_answerer(town),
        "helper": make_answerer(guard),
        "stranger": make_answerer(factories.make_institution()),
        "moderator": moderator,
        "resident": resident,
        "staff": make_staff(),
        "former": factories.make_resident("Igor", roles=[Role.ANSWERER], appointment=gone),
        "no role": factories.make_resident("Ola", appointment=factories.make_appointment(institution=town)),
    }


@pytest.mark.parametrize("state", State)
def test_who_may_record_in_each_state(lamps, state, town, guard, editor, moderator, resident):
    in_state(lamps, state)
    for name, person in people(town, guard, editor, moderator, resident).items():
        may = name in {"editor", "administrator", "owner", "helper"}
        assert may_record(lamps, person, later(3)) == may
        before = lamps.entries.count()
        if may:
            record(lamps, by=person, text=f"Pisze {name}.", now=later(3))
        else:
            assert refusal(record, lamps, by=person, text="Nie powinno.", now=later(3))
            assert refusal(reopen, lamps, by=person, text="Nie powinno.", now=later(3))
        assert lamps.entries.count() == before + may
    assert faults_of(lamps) == []


def test_form_that_was_overtaken_is_refused_with_what_overtook_it(lamps):
    seen = last_entry(lamps)
    theirs = record(lamps, by=SYSTEM, text="Szybciej.", seen=seen, now=later(1))
    for act, how in ((record, {"state": State.DONE}), (reopen, {})):
        with pytest.raises(Overtaken) as overtaken:
            act(lamps, by=SYSTEM, text=WORDS, seen=seen, now=later(2), **how)
        assert overtaken.value.latest == theirs
    record(lamps, by=SYSTEM, text=WORDS, state=State.DONE, seen=theirs.pk, now=later(2))


def test_photos_are_made_anew_and_counted(lamps, stored_under):
    entry = record(lamps, by=SYSTEM, text="", photos=[a_photo() for _ in range(PHOTOS)], now=later(1))
    photo = entry.photos.first()
    assert (photo.alt, photo.width, photo.height) == ("Nowe lampy", 60, 40)
    assert b"Telefon Marty" in a_photo().file.read()
    with photo.image.open() as stored:
        assert b"Telefon Marty" not in stored.read()
    assert refusal(record, lamps, by=SYSTEM, text=WORDS, photos=[a_photo() for _ in range(PHOTOS + 1)])
    assert refusal(record, lamps, by=SYSTEM, text=WORDS, photos=[a_photo(alt=" ")])
    no_photo = NewPhoto(SimpleUploadedFile("a.jpg", b"GIF89a"), "Lampy")
    assert refusal(record, lamps, by=SYSTEM, text=WORDS, photos=[no_photo])
    assert lamps.entries.count() == 2


def test_entries_are_never_changed(lamps):
    entry = lamps.entries.get()
    entry.text = "Nigdy nic nie obiecano."
    for act in (entry.save, entry.delete, CommitmentEntry.objects.all().delete):
        with pytest.raises(RecordKept):
            act()
    with pytest.raises(RecordKept):
        CommitmentEntry.objects.filter(pk=entry.pk).update(text="Nic.")


def test_entries_follow_one_another_where_clocks_differ(lamps):
    record(lamps, by=SYSTEM, text="Pierwsze.", now=later(-5))
    record(lamps, by=SYSTEM, text="Drugie.", state=State.DONE, now=later(-6))
    assert faults_of(lamps) == []
    assert [entry.text for entry in lamps.entries.all()] == ["", "Pierwsze.", "Drugie."]


# -- What a later meeting says ---------------------------------------------------------------------


def test_verdict_of_a_meeting_becomes_one_entry(lamps, editor, moderator):
    in_state(lamps, State.DONE)
    next_one = factories.make_meeting("Rok później", state=Meeting.State.HELD)
    item = factories.make_agenda_item(next_one)
    carried = item.carried.create(commitment=lamps)
    assert judge(carried, meeting=next_one, by=editor, now=later(300)) is None
    carried.verdict, carried.words = "disputed", "Połowa lamp nie świeci."
    assert refusal(judge, carried, meeting=next_one, by=moderator, now=later(300))
    entry = judge(carried, meeting=next_one, by=editor, now=later(300))
    assert (entry.verdict, entry.meeting, entry.text) == ("disputed", next_one, "Połowa lamp nie świeci.")
    assert judge(carried, meeting=next_one, by=editor, now=later(301)) is None
    lamps.refresh_from_db()
    assert lamps.state == State.DONE
    assert faults_of(lamps) == []


# -- Together --------------------------------------------------------------------------------------


def test_two_forms_at_once_make_one_end(transactional_db):
    lamps = factories.make_commitment(now=START)
    seen = last_entry(lamps)
    ends = [State.DONE, State.NOT_NEEDED]
    found = at_once(*[lambda end=end: record(lamps, by=SYSTEM, text=WORDS, state=end, seen=seen) for end in ends])
    assert sorted(type(one).__name__ for one in found) == ["CommitmentEntry", "Overtaken"]
    assert faults_of(lamps) == []


def test_publishing_at_once_writes_one_first_entry(transactional_db):
    night = factories.make_meeting(state=Meeting.State.HELD, date=START.date(), closed_at=None)
    made = factories.make_commitment(meeting=night)

    def publish() -> None:
        with transaction.atomic():
            Meeting.objects.select_for_update(of=("self",)).get(pk=night.pk)
            publish_all(night, now=later(1))

    assert at_once(publish, publish) == [None, None]
    assert made.entries.count() == 1

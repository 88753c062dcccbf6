"""What a report needs before it goes out, and what its publication does."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from meetings import agenda_questions, publication
from meetings.closing import ClosingRefused, Step, publish_report, tasks
from meetings.models import AgendaItem, Carried, CommitmentEntry, Meeting, Presence
from tests import factories
from tests.meetings.closing import make_draft, make_finding, make_past, make_placed, write_up
from tests.topics.parallel import at_once

State, Attendance = Meeting.State, Presence.Attendance


def open_steps(meeting: Meeting) -> set[str]:
    return {task.step for task in tasks(meeting) if task.missing}


def missing(meeting: Meeting, step: str) -> str:
    [found] = [task.missing for task in tasks(meeting) if task.step == step]
    return found


def test_nothing_written_leaves_every_step_open(editor):
    meeting = make_past()
    make_placed(meeting, editor)
    factories.make_agenda_item(meeting, factories.make_topic())
    steps = {Step.PRESENCES, Step.NOTES, Step.QUESTIONS, Step.CONCLUSIONS, Step.COMMITMENTS, Step.FILES}
    assert open_steps(meeting) == steps


@pytest.mark.parametrize("attendance", Attendance.values)
def test_presences_are_open_while_somebody_is_only_invited(attendance, db):
    meeting = make_past(not_counted=True)
    factories.make_presence(meeting, attendance=attendance)
    assert bool(missing(meeting, Step.PRESENCES)) == (attendance in {Attendance.INVITED, Attendance.CONFIRMED})


@pytest.mark.parametrize(
    ("said", "is_open"),
    [
        ({}, True),
        ({"head_count": 24, "head_counted": "about"}, False),
        ({"head_count": 0, "head_counted": "exact"}, False),
        ({"not_counted": True}, False),
    ],
)
def test_nobody_counted_is_different_from_nothing_entered(said, is_open, db):
    assert bool(missing(make_past(**said), Step.PRESENCES)) == is_open


@pytest.mark.parametrize("part", AgendaItem.Part.values)
def test_talks_and_evaluations_need_a_note(part, db):
    meeting = make_past()
    factories.make_agenda_item(meeting, title="Monitoring", part=part, note="")
    factories.make_agenda_item(meeting, title="Lampy", note="<p>Tak.</p>")
    factories.make_agenda_item(meeting, title="Rowery", is_skipped=True)
    needs_note = part in {"talk", "evaluation"}
    assert ("Monitoring" in missing(meeting, Step.NOTES)) == needs_note
    assert bool(missing(meeting, Step.NOTES)) == needs_note


def test_a_meeting_without_an_agenda_needs_a_text(db):
    meeting = make_past()
    assert missing(meeting, Step.NOTES)
    meeting.report = "<p>Byliśmy.</p>"
    assert not missing(meeting, Step.NOTES)


def test_no_conclusions_and_no_commitments_are_said_on_purpose(db):
    silent, told = make_past(), make_past(no_conclusions=True, no_commitments=True, no_files=True)
    written = make_past()
    make_finding(written)
    make_draft(written)
    steps = {Step.CONCLUSIONS, Step.COMMITMENTS}
    assert [open_steps(m) & steps for m in (silent, told, written)] == [steps, set(), set()]
    assert not missing(told, Step.FILES)


def test_what_the_room_said_is_asked_only_where_something_was_carried_over(db):
    meeting = make_past()
    assert Step.VERDICTS not in {task.step for task in tasks(meeting)}
    item = factories.make_agenda_item(meeting, part="evaluation", title="Ustalenia")
    carried = Carried.objects.create(agenda_item=item, commitment=make_draft(make_past("Dawne")))
    assert missing(meeting, Step.VERDICTS)
    carried.verdict = "accepted"
    carried.save()
    assert not missing(meeting, Step.VERDICTS)


def test_tasks_cost_the_same_for_any_size(editor):
    meeting = make_past()
    costs = []
    for rows in (1, 2):
        for _ in range(rows):
            place = make_placed(meeting, editor)
            factories.make_presence(meeting)
            Carried.objects.create(agenda_item=place.agenda_item, commitment=make_draft(make_past("Dawne")))
        with CaptureQueriesContext(connection) as found:
            tasks(meeting)
        costs.append(len(found))
    assert costs == [8, 8]


def test_a_question_without_an_end_keeps_the_report_back_by_number_and_text(editor):
    meeting = make_past()
    first = make_placed(meeting, editor, "Kiedy zaświecą się lampy na skwerze?")
    second = make_placed(meeting, editor, "Kto odśnieża chodnik?")
    write_up(meeting)
    agenda_questions.end(first, end="answered", by=editor, answer="W piątek.")
    with pytest.raises(ClosingRefused) as refusal:
        publish_report(meeting, by=editor)
    assert f"nr {second.question_id} „Kto odśnieża chodnik?”" in str(refusal.value)
    assert "lampy" not in str(refusal.value)
    meeting.refresh_from_db()
    first.refresh_from_db()
    assert (meeting.closed_at, first.settled_at) == (None, None)


@pytest.mark.parametrize("step", [Step.PRESENCES, Step.NOTES, Step.CONCLUSIONS, Step.COMMITMENTS])
def test_every_needed_step_keeps_the_report_back(step, editor):
    meeting = write_up(make_past())
    undo = {
        Step.PRESENCES: {"not_counted": False},
        Step.NOTES: {"report": ""},
        Step.CONCLUSIONS: {"no_conclusions": False},
        Step.COMMITMENTS: {"no_commitments": False},
    }
    Meeting.objects.filter(pk=meeting.pk).update(**undo[step])
    with pytest.raises(ClosingRefused):
        publish_report(meeting, by=editor)
    meeting.refresh_from_db()
    assert meeting.closed_at is None


def test_publication_closes_freezes_settles_and_publishes(editor):
    meeting = make_past(state=State.ANNOUNCED)
    place = make_placed(meeting, editor)
    guest = factories.make_presence(meeting, factories.make_appointment(rank="asp.", post="Dzielnicowa"))
    promised = make_draft(meeting)
    agenda_questions.end(place, end="promised", by=editor, commitment=promised)
    earlier = factories.make_bare_commitment(make_past("Dawne"))
    Carried.objects.create(
        agenda_item=place.agenda_item, commitment=earlier, verdict="disputed", words="Lampy nie świecą."
    )
    write_up(meeting)
    closed = publish_report(meeting, by=editor)
    for row in (place, guest, promised):
        row.refresh_from_db()
    assert (closed.state, closed.is_closed, closed.held_at is None) == (State.HELD, True, False)
    assert guest.post_text == "Dzielnicowa"
    assert guest.frozen_at
    assert place.settled_at
    assert promised.published_at
    entry = CommitmentEntry.objects.get(commitment=earlier)
    assert (entry.verdict, entry.text, entry.meeting) == ("disputed", "Lampy nie świecą.", meeting)


def test_publication_is_all_or_nothing(editor, monkeypatch):
    meeting = write_up(make_past())
    promised = make_draft(meeting)

    def killed(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(agenda_questions, "settle", killed)
    with pytest.raises(RuntimeError):
        publish_report(meeting, by=editor)
    meeting.refresh_from_db()
    promised.refresh_from_db()
    assert (meeting.closed_at, promised.published_at) == (None, None)


@pytest.mark.parametrize("state", State.values)
def test_only_a_meeting_whose_day_has_come_is_closed(state, editor):
    meeting = factories.make_meeting(state=state, date=timezone.localdate())
    if state == State.HELD:
        Meeting.objects.filter(pk=meeting.pk).update(closed_at=None)
    write_up(Meeting.objects.get(pk=meeting.pk))
    if state in {State.ANNOUNCED, State.HELD}:
        assert publish_report(meeting, by=editor).is_closed
        return
    before = meeting.closed_at
    with pytest.raises(ClosingRefused):
        publish_report(meeting, by=editor)
    meeting.refresh_from_db()
    assert (meeting.state, meeting.closed_at) == (state, before)


def test_a_meeting_of_tomorrow_is_not_closed(editor):
    meeting = write_up(factories.make_meeting(date=timezone.localdate() + datetime.timedelta(days=1)))
    with pytest.raises(ClosingRefused, match="jeszcze się nie odbyło"):
        publish_report(meeting, by=editor)


@pytest.mark.parametrize("persona", ["resident", "moderator", "official"])
def test_the_report_is_published_by_editors_alone(persona, request, db):
    meeting = write_up(make_past())
    with pytest.raises(ClosingRefused):
        publish_report(meeting, by=request.getfixturevalue(persona))
    meeting.refresh_from_db()
    assert meeting.closed_at is None


def test_a_covered_meeting_needs_its_own_presences_and_questions_only(editor):
    covering = make_past("Wspólna relacja")
    meeting = make_past("Drugie tego wieczoru", reported_in=covering)
    place = make_placed(meeting, editor)
    assert {task.step for task in tasks(meeting)} == {Step.PRESENCES, Step.QUESTIONS}
    meeting.not_counted = True
    meeting.save()
    with pytest.raises(ClosingRefused):
        publish_report(meeting, by=editor)
    agenda_questions.end(place, end="answered", by=editor, answer="Tak.")
    assert publish_report(meeting, by=editor).is_closed


def test_of_two_who_publish_at_once_one_is_told(transactional_db):
    meeting = write_up(make_past())
    promised = make_draft(meeting)
    editors = [factories.make_resident(name, roles=["Redakcja"]) for name in ("Anna", "Piotr")]
    results = at_once(*[lambda who=who: publish_report(meeting, by=who) for who in editors])
    refusals = [str(result) for result in results if isinstance(result, Exception)]
    assert refusals == ["Relacja jest już opublikowana przez kogoś innego. Błędy poprawisz w\xa0formularzu spotkania."]
    assert CommitmentEntry.objects.filter(commitment=promised).count() == 1


def test_the_archive_waits_for_the_report(editor):
    now = timezone.now()
    old = now - datetime.timedelta(days=90)
    meeting = write_up(make_past(date=timezone.localdate(old), held_at=old))
    assert publication.move_on(now)["archived"] == 0
    publish_report(meeting, by=editor, now=now)
    assert publication.move_on(now)["archived"] == 1

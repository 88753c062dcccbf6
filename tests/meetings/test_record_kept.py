"""What is on the record does not go with the row above it, and nothing of it is left without an end."""

import datetime

import pytest
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import timezone

from meetings.agenda_questions import end, take_off
from meetings.closing import publish_report
from meetings.minutes import write_note
from meetings.models import AgendaQuestion, CommitmentEntry, Meeting, NoteVersion
from meetings.publication import ChangeRefused, announce, archive
from participants.models import RecordKept
from tests import factories
from tests.meetings.closing import make_draft, make_past, make_placed, write_up
from tests.panel import fields_of
from topics.models import Question


@pytest.fixture
def settled(editor) -> AgendaQuestion:
    """What a resident asked, and was answered at a meeting whose report is out."""
    meeting = make_past()
    place = make_placed(meeting, editor)
    end(place, end="answered", by=editor, answer="Tak, od maja.")
    publish_report(write_up(meeting), by=editor)
    return place


def test_answer_given_at_a_meeting_outlives_the_item_of_its_agenda(settled):
    for row in (settled.agenda_item, settled.meeting):
        with pytest.raises(ProtectedError):
            row.delete()
    assert AgendaQuestion.objects.filter(pk=settled.pk, end="answered").exists()


def test_the_panel_says_why_an_item_with_a_question_cannot_be_deleted(settled, editor, as_user):
    client = as_user(editor)
    address = reverse("admin:meetings_meeting_change", args=[settled.meeting_id])
    page = client.post(address, {**fields_of(client.get(address)), "agenda_items-0-DELETE": "on"})
    assert page.status_code == 200
    assert AgendaQuestion.objects.filter(pk=settled.pk).exists()


def test_versions_of_a_note_outlive_the_item(editor):
    item = factories.make_agenda_item(make_past())
    write_note(item, text="<p>Lampy będą w maju.</p>", by=editor, seen=0)
    with pytest.raises(ProtectedError):
        item.delete()
    assert NoteVersion.objects.count() == 1


def test_a_draft_goes_once_its_questions_are_off_the_agenda(editor):
    draft = factories.make_meeting(state=Meeting.State.DRAFT, published_at=None)
    place = make_placed(draft, editor)
    with pytest.raises(ProtectedError):
        draft.delete()
    take_off(place, by=editor)
    assert place.question.steps.last().state == Question.State.WAITS
    draft.delete()


def test_entries_are_not_written_over_where_keys_meet(db):
    first = factories.make_commitment().entries.get()
    first.text = "Nigdy nic nie obiecano."
    with pytest.raises(RecordKept):
        CommitmentEntry.objects.bulk_create(
            [first], update_conflicts=True, unique_fields=["id"], update_fields=["text"]
        )
    assert CommitmentEntry.objects.get().text == ""


def test_meeting_entered_late_with_a_question_waits_for_its_closing(editor):
    """Published as if it were written up, the end of its question would never count."""
    past = timezone.localdate() - datetime.timedelta(days=3)
    draft = factories.make_meeting(state=Meeting.State.DRAFT, published_at=None, date=past, report="<p>Było.</p>")
    place = make_placed(draft, editor)
    end(place, end="answered", by=editor, answer="Tak, od maja.")
    meeting = announce(draft, by=editor)
    assert (meeting.state, meeting.is_closed) == (Meeting.State.HELD, False)
    publish_report(write_up(meeting), by=editor)
    assert Question.objects.get(pk=place.question_id).state == Question.State.ANSWERED


@pytest.mark.parametrize("what", ["question", "promise"])
def test_nothing_goes_to_the_archive_that_waits_for_a_report(what, editor):
    meeting = make_past()
    if what == "question":
        make_placed(meeting, editor)
    else:
        make_draft(meeting)
    with pytest.raises(ChangeRefused):
        archive(meeting, by=editor)
    assert archive(make_past("Bez relacji"), by=editor).state == Meeting.State.ARCHIVED

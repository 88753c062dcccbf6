"""The rules of the minutes: versions, sending round, proposals, approval, errata; roles, states, and two at once."""

import datetime

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from meetings import minutes, minutes_letters
from meetings.minutes_by_link import accept, propose, same_words
from meetings.minutes_letters import part_url, remind_of_minutes
from meetings.models import AgendaItem, Circulation, Commitment, Erratum, Meeting, NoteVersion, Proposal
from meetings.publication import ChangeRefused, archive, move_on
from participants.models import Letter, Resident
from participants.prose import rich_to_plain
from participants.roles import Role
from tests import factories
from tests.mailbox import last_letter, link_in
from tests.panel import make_administrator
from tests.topics.parallel import at_once

State, Minutes = Meeting.State, Meeting.Minutes
TODAY = timezone.localdate
WEEK = datetime.timedelta(days=7)


@pytest.fixture
def second(db) -> Resident:
    return factories.make_resident("Barbara", roles=[Role.EDITOR])


@pytest.fixture
def meeting(db) -> Meeting:
    return factories.make_meeting(state=State.HELD, date=TODAY() - WEEK)


@pytest.fixture
def town(db):
    return factories.make_institution("Urząd Miasta", email="sekretariat@urzad.example")


@pytest.fixture
def item(meeting, town) -> AgendaItem:
    return factories.make_agenda_item(meeting, title="Oświetlenie", institution=town)


@pytest.fixture
def sent(meeting, item, editor) -> Circulation:
    minutes.write_note(item, text="<p>Lampy zaświecą się w maju.</p>", by=editor, seen=0)
    [circulation] = minutes.circulate(meeting, by=editor, until=TODAY() + WEEK).sent
    return circulation


def proposal_for(circulation: Circulation, item: AgendaItem, text: str = "Lampy zaświecą się w czerwcu.") -> Proposal:
    item.refresh_from_db()
    [made] = propose(circulation, words={item.pk: (text, "Umowa mówi o czerwcu.", item.note_version)})
    return made


def versions(item: AgendaItem) -> list[tuple[int, str, str]]:
    return [(v.number, v.text, v.by.signature if v.by else "") for v in item.versions.select_related("by")]


# -- Notes and their versions -----------------------------------------------------------------------------------------


def test_every_note_that_was_saved_is_kept(item, editor, second):
    item = minutes.write_note(item, text="<p>Raz</p>", by=editor, seen=0)
    item = minutes.write_note(item, text="<p>Dwa</p>", by=second, seen=1)
    assert (item.note, item.note_version) == ("<p>Dwa</p>", 2)
    assert versions(item) == [(1, "<p>Raz</p>", "Anna"), (2, "<p>Dwa</p>", "Barbara")]


def test_a_note_from_before_versions_becomes_the_first(meeting, editor):
    old = factories.make_agenda_item(meeting, note="<p>Dawny</p>")
    minutes.write_note(old, text="<p>Nowy</p>", by=editor, seen=0)
    assert versions(old) == [(1, "<p>Dawny</p>", ""), (2, "<p>Nowy</p>", "Anna")]


def test_a_text_that_changes_nothing_writes_nothing(item, editor, second):
    minutes.write_note(item, text="<p>Raz</p>", by=editor, seen=0)
    minutes.write_note(item, text="<p>Raz</p><script>x</script>", by=editor, seen=1)
    minutes.write_note(item, text="<p>Dwa</p>", by=second, seen=1)
    minutes.write_note(item, text="<p>Raz</p>", by=editor, seen=1)  # left as it was when the form was opened
    item.refresh_from_db()
    assert (item.note, item.note_version) == ("<p>Dwa</p>", 2)


def test_the_second_of_two_is_told_and_nothing_is_lost(item, editor, second):
    minutes.write_note(item, text="<p>Anny</p>", by=editor, seen=0)
    with pytest.raises(minutes.Overtaken) as told:
        minutes.write_note(item, text="<p>Barbary</p>", by=second, seen=0)
    assert (told.value.stored, told.value.who) == ("<p>Anny</p>", "Anna")
    assert told.value.when is not None
    assert versions(item) == [(1, "<p>Anny</p>", "Anna")]


@pytest.mark.django_db(transaction=True)
def test_of_two_at_one_moment_one_writes_and_one_is_told(editor):
    item = factories.make_agenda_item(factories.make_meeting(state=State.HELD))
    second = factories.make_resident("Barbara", roles=[Role.EDITOR])
    done = at_once(
        lambda: minutes.write_note(item, text="<p>Anny</p>", by=editor, seen=0),
        lambda: minutes.write_note(item, text="<p>Barbary</p>", by=second, seen=0),
    )
    [told] = [answer for answer in done if isinstance(answer, minutes.Overtaken)]
    [written] = [answer for answer in done if isinstance(answer, AgendaItem)]
    assert told.stored == written.note
    assert NoteVersion.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_note_and_the_approval_at_one_moment_do_not_cross(editor):
    """Either the note is in what was approved, or it is refused."""
    meeting = factories.make_meeting(state=State.HELD)
    item = factories.make_agenda_item(meeting)
    note, approved = at_once(
        lambda: minutes.write_note(item, text="<p>W ostatniej chwili</p>", by=editor, seen=0),
        lambda: minutes.approve(meeting, by=editor),
    )
    item.refresh_from_db()
    assert isinstance(approved, Meeting)
    assert bool(item.note) == isinstance(note, AgendaItem)
    assert isinstance(note, AgendaItem | minutes.MinutesRefused)


@pytest.mark.parametrize("persona", ["resident", "moderator", "official"])
def test_only_editors_write_and_decide(persona, request, sent, item, meeting):
    by = request.getfixturevalue(persona)
    proposal = proposal_for(sent, item)
    acts = [
        lambda: minutes.write_note(item, text="<p>x</p>", by=by, seen=1),
        lambda: minutes.circulate(meeting, by=by, until=TODAY()),
        lambda: minutes.recall(meeting, by=by),
        lambda: minutes.decide(proposal, take=True, by=by),
        lambda: minutes.approve(meeting, by=by),
        lambda: minutes.correct(meeting, item=item, text="x", by=by),
    ]
    for act in acts:
        with pytest.raises(minutes.MinutesRefused):
            act()
    assert NoteVersion.objects.count() == 1


# -- Sent round -------------------------------------------------------------------------------------------------------


def test_each_institution_with_a_part_gets_one_letter_with_its_link(meeting, item, town, editor):
    guard = factories.make_institution("Straż Miejska", email="sm@straz.example")
    silent = factories.make_institution("Spółdzielnia")
    factories.make_institution("Bez części", email="nikt@urzad.example")
    factories.make_agenda_item(meeting, title="Remonty", institution=silent)
    Commitment.objects.create(meeting=meeting, text="Patrole", institution=guard, since=timezone.now())
    done = minutes.circulate(meeting, by=editor, until=TODAY() + WEEK)
    meeting.refresh_from_db()
    assert meeting.minutes_state == Minutes.CIRCULATED
    assert {c.institution.name for c in done.sent} == {"Urząd Miasta", "Straż Miejska"}
    assert done.without_email == [silent]
    assert sorted(Letter.objects.values_list("to", flat=True)) == ["sekretariat@urzad.example", "sm@straz.example"]
    [mine] = [c for c in done.sent if c.institution == town]
    assert link_in(last_letter(town.email), "/spotkania/protokol/") == part_url(mine)


def test_after_a_recall_only_new_ones_get_a_letter(sent, meeting, editor):
    minutes.recall(meeting, by=editor)
    guard = factories.make_institution("Straż Miejska", email="sm@straz.example")
    factories.make_agenda_item(meeting, title="Patrole", institution=guard)
    done = minutes.circulate(meeting, by=editor, until=TODAY() + WEEK)
    assert [c.institution for c in done.sent] == [guard]
    assert Circulation.objects.count() == Letter.objects.count() == 2


@pytest.mark.parametrize("state", [State.DRAFT, State.ANNOUNCED, State.CANCELLED, State.ARCHIVED])
def test_minutes_of_a_meeting_that_was_not_held_are_not_sent(state, editor, town):
    meeting = factories.make_meeting(state=state)
    factories.make_agenda_item(meeting, institution=town)
    with pytest.raises(minutes.MinutesRefused):
        minutes.circulate(meeting, by=editor, until=TODAY() + WEEK)
    assert not Letter.objects.exists()


def test_nothing_is_sent_with_a_date_that_has_passed_or_to_nobody(meeting, item, editor):
    with pytest.raises(minutes.MinutesRefused):
        minutes.circulate(meeting, by=editor, until=TODAY() - datetime.timedelta(days=1))
    AgendaItem.objects.filter(pk=item.pk).update(institution=None)
    with pytest.raises(minutes.MinutesRefused):
        minutes.circulate(meeting, by=editor, until=TODAY() + WEEK)


def test_reminder_comes_once_on_the_day_before_to_those_without_an_answer(sent, meeting):
    eve = timezone.now() + WEEK - datetime.timedelta(days=1)
    assert remind_of_minutes(now=eve - datetime.timedelta(days=1)) == 0
    assert remind_of_minutes(now=eve) == 1
    assert remind_of_minutes(now=eve) == 0
    assert remind_of_minutes(now=eve + datetime.timedelta(days=1)) == 0
    assert Letter.objects.filter(to=sent.email).count() == 2


def test_a_late_worker_still_reminds_on_the_last_day_but_not_after(sent):
    last = timezone.now() + WEEK
    assert remind_of_minutes(now=last + datetime.timedelta(days=1)) == 0
    assert remind_of_minutes(now=last) == 1


def test_nobody_is_reminded_who_has_answered_or_whose_minutes_are_taken_back(sent, meeting, editor):
    eve = timezone.now() + WEEK - datetime.timedelta(days=1)
    accept(sent)
    assert remind_of_minutes(now=eve) == 0
    Circulation.objects.update(verdict="")
    minutes.recall(meeting, by=editor)
    assert remind_of_minutes(now=eve) == 0


def test_a_reminder_killed_half_way_goes_on_where_it_was(sent, meeting, monkeypatch):
    other = factories.make_circulation(meeting)
    eve = timezone.now() + WEEK - datetime.timedelta(days=1)
    queue, left = minutes_letters.queue_letter, [1]

    def dies(**letter):
        if not left:
            raise KeyboardInterrupt
        left.pop()
        queue(**letter)

    monkeypatch.setattr(minutes_letters, "queue_letter", dies)
    with pytest.raises(KeyboardInterrupt):
        remind_of_minutes(now=eve)
    monkeypatch.setattr(minutes_letters, "queue_letter", queue)
    assert remind_of_minutes(now=eve) == 1
    assert Circulation.objects.filter(reminded_at__isnull=False).count() == 2
    assert Letter.objects.filter(to=other.email).count() == 1


# -- Proposals --------------------------------------------------------------------------------------------------------


def test_words_that_are_taken_become_a_version_and_the_institution_hears(sent, item, editor):
    decided = minutes.decide(proposal_for(sent, item), take=True, by=editor)
    item.refresh_from_db()
    assert decided.state == Proposal.State.TAKEN
    assert versions(item)[-1] == (2, "<p>Lampy zaświecą się w czerwcu.</p>", "Anna")
    assert item.note == "<p>Lampy zaświecą się w czerwcu.</p>"
    assert item.heading in last_letter(sent.email).body


def test_words_that_are_declined_need_a_reply(sent, item, editor):
    proposal = proposal_for(sent, item)
    with pytest.raises(minutes.MinutesRefused):
        minutes.decide(proposal, take=False, by=editor, reply="  ")
    minutes.decide(proposal, take=False, by=editor, reply="Na spotkaniu padł maj.")
    item.refresh_from_db()
    assert item.note == "<p>Lampy zaświecą się w maju.</p>"
    assert "Na spotkaniu padł maj." in last_letter(sent.email).body
    with pytest.raises(minutes.MinutesRefused):
        minutes.decide(proposal, take=True, by=editor)


def test_words_for_a_note_that_changed_since_are_looked_at_first(sent, item, editor, second):
    proposal = proposal_for(sent, item)
    minutes.write_note(item, text="<p>Lampy zaświecą się 3 maja.</p>", by=second, seen=1)
    with pytest.raises(minutes.Overtaken):
        minutes.decide(proposal, take=True, by=editor)
    proposal.refresh_from_db()
    assert proposal.state == Proposal.State.OPEN
    minutes.decide(proposal, take=True, by=editor, seen=2)
    item.refresh_from_db()
    assert item.note_version == 3


def test_an_institution_may_change_its_answer_until_the_date(sent, item):
    proposal_for(sent, item)
    again = proposal_for(sent, item, "Lampy zaświecą się w lipcu.")
    assert list(sent.proposals.all()) == [again]
    accept(sent)
    sent.refresh_from_db()
    assert (sent.verdict, sent.proposals.count()) == ("accepted", 0)


def test_words_left_as_they_are_propose_nothing(sent, item):
    for text in ("Lampy zaświecą się w maju.", "  Lampy  zaświecą się\r\nw maju. ", ""):
        with pytest.raises(minutes.MinutesRefused):
            propose(sent, words={item.pk: (text, "", 1)})
    assert not Proposal.objects.exists()


def test_nobody_proposes_words_for_the_part_of_another(sent, meeting):
    foreign = factories.make_agenda_item(meeting, title="Cudzy", institution=factories.make_institution())
    with pytest.raises(minutes.MinutesRefused):
        propose(sent, words={foreign.pk: ("Inne słowa", "", 0)})


def test_after_the_date_and_after_a_recall_nothing_is_answered(sent, item, meeting, editor):
    accept(sent, now=timezone.now() + WEEK)  # the last day still counts
    with pytest.raises(minutes.MinutesRefused):
        accept(sent, now=timezone.now() + WEEK + datetime.timedelta(days=1))
    minutes.recall(meeting, by=editor)
    with pytest.raises(minutes.MinutesRefused):
        proposal_for(sent, item)


@given(st.text(max_size=300))
def test_the_plain_words_of_a_proposal_are_the_words_that_were_typed(text):
    assert same_words(rich_to_plain(minutes.clean_rich(text)), minutes.clean_rich(text))


# -- Approval and errata ----------------------------------------------------------------------------------------------


def test_a_draft_is_approved_without_being_sent_round(meeting, item, editor):
    approved = minutes.approve(meeting, by=editor)
    assert approved.minutes_state == Minutes.APPROVED
    assert approved.minutes_approved_at is not None


def test_approval_waits_for_the_answers_or_for_the_date(sent, meeting, editor):
    with pytest.raises(minutes.MinutesRefused):
        minutes.approve(meeting, by=editor)
    late = timezone.now() + WEEK + datetime.timedelta(days=1)
    assert minutes.approve(meeting, by=editor, now=late).minutes_state == Minutes.APPROVED


def test_approval_follows_the_last_answer(sent, meeting, editor):
    accept(sent)
    assert minutes.approve(meeting, by=editor).minutes_state == Minutes.APPROVED
    with pytest.raises(minutes.MinutesRefused):
        minutes.approve(meeting, by=editor)


def test_approval_waits_for_what_is_undecided(sent, item, meeting, editor):
    proposal = proposal_for(sent, item)
    late = timezone.now() + WEEK + datetime.timedelta(days=1)
    for now in (None, late):
        with pytest.raises(minutes.MinutesRefused):
            minutes.approve(meeting, by=editor, now=now)
    minutes.decide(proposal, take=True, by=editor)
    minutes.approve(meeting, by=editor)


@pytest.mark.parametrize(
    ("state", "closed"), [(State.DRAFT, False), (State.ANNOUNCED, False), (State.HELD, False), (State.ARCHIVED, True)]
)
def test_minutes_are_approved_between_report_and_archive(state, closed, editor):
    stamps = {} if closed else {"closed_at": None}
    with pytest.raises(minutes.MinutesRefused):
        minutes.approve(factories.make_meeting(state=state, **stamps), by=editor)


def test_what_is_out_for_correction_does_not_go_to_the_archive(sent, meeting, editor):
    with pytest.raises(ChangeRefused):
        archive(meeting, by=editor)
    move_on(now=timezone.now() + datetime.timedelta(days=400))
    meeting.refresh_from_db()
    assert meeting.state == State.HELD
    accept(sent)
    minutes.approve(meeting, by=editor)
    move_on(now=timezone.now() + datetime.timedelta(days=400))
    meeting.refresh_from_db()
    assert meeting.state == State.ARCHIVED


def test_an_erratum_is_dated_and_stands_beside_the_text(meeting, item, editor):
    with pytest.raises(minutes.MinutesRefused):
        minutes.correct(meeting, item=item, text="Chodzi o czerwiec.", by=editor)
    minutes.approve(meeting, by=editor)
    erratum = minutes.correct(meeting, item=item, text=" Chodzi o czerwiec. ", by=editor)
    assert (erratum.text, erratum.by) == ("Chodzi o czerwiec.", editor)
    for text in ("  ", "x" * 1001):
        with pytest.raises(minutes.MinutesRefused):
            minutes.correct(meeting, item=None, text=text, by=editor)
    other = factories.make_agenda_item(factories.make_meeting())
    with pytest.raises(minutes.MinutesRefused):
        minutes.correct(meeting, item=other, text="x", by=editor)
    assert Erratum.objects.count() == 1


@pytest.mark.parametrize("persona", ["editor", "administrator"])
def test_after_approval_no_rule_writes_a_note(persona, meeting, item, editor):
    minutes.approve(meeting, by=editor)
    by = editor if persona == "editor" else make_administrator()
    with pytest.raises(minutes.MinutesRefused):
        minutes.write_note(item, text="<p>Inaczej</p>", by=by, seen=0)
    with pytest.raises(minutes.MinutesRefused):
        minutes.circulate(meeting, by=by, until=TODAY() + WEEK)
    with pytest.raises(minutes.MinutesRefused):
        minutes.recall(meeting, by=by)

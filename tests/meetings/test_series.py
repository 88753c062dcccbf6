"""Copies of a meeting and the next one of a forum: what comes along, what does not, and the promises it opens with."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from meetings import publication, series
from meetings.models import AgendaItem, Carried, Commitment, CommitmentEntry, Meeting, Organiser, Presence
from meetings.series import SeriesRefused
from participants.models import Resident
from participants.roles import Role
from tests import factories
from tests.topics.parallel import at_once

State = Meeting.State
TODAY = timezone.localdate()
LATER = TODAY + datetime.timedelta(days=200)
LISTS = {Meeting: series.MEETING, AgendaItem: series.AGENDA_ITEM, Presence: series.PRESENCE}
LISTS |= {Organiser: series.ORGANISER}


def days_ago(days: int) -> datetime.date:
    return TODAY - datetime.timedelta(days=days)


@pytest.fixture
def held(db) -> Meeting:
    """The last meeting of the forum, with everything that could come along."""
    meeting = factories.make_meeting(
        "Bezpieczna zima",
        state=State.HELD,
        date=days_ago(30),
        number=4,
        starts=datetime.time(17),
        place="Dom Kultury",
        lead="O śniegu.",
        announcement="<p>Zapraszamy</p>",
        report="<p>Mówiono o śniegu.</p>",
        takes_registrations=True,
        capacity=80,
        step_free=True,
        questions_until=timezone.now() - datetime.timedelta(days=32),
        kind=Meeting.Kind.OPENING,
        head_count=40,
        head_counted="exact",
    )
    factories.make_agenda_item(meeting, title="Powitanie", note="<p>Tak</p>", outcome="Dobrze", starts="17:00")
    factories.make_agenda_item(meeting, factories.make_topic("Śnieg"), is_main=True)
    factories.make_organiser(meeting)
    factories.make_presence(
        meeting, factories.make_appointment(rank="kom."), attendance="absent", name_text="Jan Stary"
    )
    return meeting


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model.__name__)
def test_every_field_stands_in_one_list(model):
    fields = {f.name for f in [*model._meta.concrete_fields, *model._meta.many_to_many]}
    listed = [*LISTS[model].copied, *LISTS[model].reset, *LISTS[model].moved, *LISTS[model].printed]
    assert sorted(listed) == sorted(fields)
    assert all(LISTS[model].reset.values())


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model.__name__)
def test_every_relation_stands_in_one_list(model):
    relations = {r.get_accessor_name() for r in model._meta.related_objects if not r.hidden}
    assert sorted([*LISTS[model].relations, *LISTS[model].relations_left]) == sorted(relations)


def test_copy_takes_agenda_people_place_and_texts_of_the_invitation(held, editor):
    draft = series.copy_meeting(held, by=editor, date=LATER)
    draft.refresh_from_db()
    assert {name: getattr(draft, name) for name in series.MEETING.copied} == series.MEETING.of(held)
    assert (draft.state, draft.number, draft.report, draft.head_count, draft.closed_at) == (
        "draft",
        None,
        "",
        None,
        None,
    )
    assert draft.date == LATER
    assert draft.slug == held.slug or LATER.year == held.date.year
    items = list(draft.agenda_items.values_list("title", "topic__title", "is_main", "note", "outcome"))
    assert items == [("Powitanie", None, False, "", ""), ("", "Śnieg", True, "", "")]
    assert draft.organisers.get().institution == held.organisers.get().institution
    guest = draft.presences.get()
    assert (guest.attendance, guest.name_text, guest.frozen_at) == ("invited", "", None)
    assert held.agenda_items.count() == 2


def test_copy_may_have_another_title(held, editor):
    assert series.copy_meeting(held, by=editor, date=LATER, title="Bezpieczne lato").title == "Bezpieczne lato"


def test_days_before_the_meeting_keep_their_distance_and_hour(held, editor):
    """Also across the change of the clocks."""
    held.date = datetime.date(2026, 3, 20)
    held.registration_closes_at = datetime.datetime(2026, 3, 18, 17, 0, tzinfo=datetime.UTC)  # 18:00 in winter
    held.sign_language_until = datetime.date(2026, 3, 10)
    held.save()
    draft = series.copy_meeting(held, by=editor, date=datetime.date(2026, 4, 20))
    assert timezone.localtime(draft.registration_closes_at).isoformat() == "2026-04-18T18:00:00+02:00"
    assert draft.sign_language_until == datetime.date(2026, 4, 10)


def test_next_meeting_has_the_next_number_and_none_of_the_texts(held, editor):
    factories.make_meeting("Stare", number=2, state=State.HELD, date=days_ago(300))
    draft = series.next_of(held, by=editor, date=LATER)
    assert (draft.number, draft.state, draft.title) == (5, "draft", "Forum ku bezpieczeństwu: spotkanie nr 5")
    assert (draft.lead, draft.announcement, draft.report, draft.subtitle) == ("", "", "", "")
    assert (draft.place, draft.starts, draft.capacity, draft.step_free) == ("Dom Kultury", datetime.time(17), 80, True)
    item = draft.agenda_items.get()
    assert (item.title, item.part, item.starts) == (series.OPENING_TITLE, "evaluation", datetime.time(17))
    assert (draft.presences.count(), draft.organisers.count()) == (1, 1)


def test_next_meeting_of_a_forum_that_never_counted_has_no_number(editor):
    held = factories.make_meeting(state=State.HELD, date=days_ago(30))
    draft = series.next_of(held, by=editor, date=LATER)
    assert (draft.number, draft.title) == (None, "Forum ku bezpieczeństwu")


@pytest.mark.parametrize(("promised", "kind"), [(True, Meeting.Kind.BOTH), (False, Meeting.Kind.OPENING)])
def test_kind_of_the_next_meeting_follows_from_what_is_carried(promised: bool, kind: str, held, editor):
    if promised:
        factories.make_bare_commitment(held)
    assert series.next_of(held, by=editor, date=LATER).kind == kind


@pytest.mark.parametrize("days", [0, -1])
def test_next_meeting_comes_after_this_one(days: int, held, editor):
    with pytest.raises(SeriesRefused, match="późniejszy dzień"):
        series.next_of(held, by=editor, date=held.date + datetime.timedelta(days=days))
    assert Meeting.objects.count() == 1


def test_an_impossible_date_is_refused_by_the_model(held, editor):
    with pytest.raises(ValidationError), transaction.atomic():
        series.copy_meeting(held, by=editor, date=datetime.date(1500, 1, 1))
    assert Meeting.objects.count() == 1


def test_next_of_a_forum_follows_its_last_public_meeting(held, editor):
    factories.make_meeting("Odwołane", state=State.CANCELLED, date=days_ago(2), number=5)
    factories.make_meeting("Szkic", state=State.DRAFT, date=days_ago(1), place="Szkoła")
    draft = series.next_in(held.forum, by=editor, date=LATER)
    assert (draft.number, draft.place) == (6, "Dom Kultury")


def test_forum_without_a_meeting_has_no_next_one(editor):
    with pytest.raises(SeriesRefused, match="Dodaj pierwsze"):
        series.next_in(factories.make_forum(), by=editor, date=LATER)


@pytest.mark.parametrize("role", [None, *Role])
@pytest.mark.parametrize("act", [series.copy_meeting, series.next_of])
def test_only_editors_make_drafts(act, role: Role | None, held):
    by = factories.make_resident("Jan", roles=[role] if role else None)
    if role == Role.EDITOR:
        assert act(held, by=by, date=LATER).pk
        return
    with pytest.raises(SeriesRefused, match="redakcja"):
        act(held, by=by, date=LATER)
    assert Meeting.objects.count() == 1


def test_former_officials_stay_behind_and_are_told(held, editor):
    factories.make_presence(held, factories.make_appointment(ends=days_ago(1)))
    lasting = factories.make_presence(held, factories.make_appointment(ends=TODAY))
    draft = series.next_of(held, by=editor, date=LATER)
    assert lasting.appointment_id in draft.presences.values_list("appointment", flat=True)
    assert draft.presences.count() == 2
    assert [line.appointment.ends for line in series.former_guests(held, timezone.now())] == [days_ago(1)]


def test_guests_without_an_official_keep_what_was_typed(editor):
    held = factories.make_meeting(state=State.HELD, date=days_ago(30))
    house = factories.make_institution("Spółdzielnia Zgoda")
    factories.make_presence(held, kind="official", name_text="Ewa Nowak", post_text="Prezes", institution=house)
    factories.make_presence(held, factories.make_appointment(), kind="post", post_text="Dzielnicowy")
    factories.make_presence(held, kind="group", group="mieszkańcy", count=20, counted="about")
    factories.make_presence(held, kind="private", count=3, counted="exact")
    factories.make_presence(held, kind="delegation", institution_text="Klub seniora")
    draft = series.copy_meeting(held, by=editor, date=LATER)
    lines = list(draft.presences.values_list("kind", "name_text", "post_text", "institution_text", "group", "count"))
    assert lines == [
        ("official", "Ewa Nowak", "Prezes", "", "", None),
        ("post", "", "Dzielnicowy", "", "", None),
        ("group", "", "", "", "mieszkańcy", None),
        ("delegation", "", "", "Klub seniora", "", None),
    ]


def test_name_that_is_withheld_does_not_come_back(editor):
    held = factories.make_meeting(state=State.DRAFT, date=days_ago(30))
    person = factories.make_official("Marta", "Tajna", name_withheld=True)
    factories.make_presence(held, factories.make_appointment(person))
    held = publication.announce(held, by=editor)
    draft = publication.announce(series.next_of(held, by=editor, date=LATER), by=editor)
    assert [(line.kind, line.shown_name) for line in draft.presences.all()] == [("post", "")]


# What became of the promises


def carried(meeting: Meeting) -> list[str]:
    return list(Carried.objects.filter(agenda_item__meeting=meeting).values_list("commitment__text", flat=True))


def promise(meeting: Meeting, text: str, *, ended: int | None = None, **fields) -> Commitment:
    """`ended`: so many days ago."""
    if ended is not None:
        fields |= {"state": "done", "since": timezone.now() - datetime.timedelta(days=ended)}
    return factories.make_bare_commitment(meeting, text, **fields)


def test_next_meeting_opens_with_what_is_open_or_ended_since_the_last_one(held, editor):
    old = factories.make_meeting("Stare", state=State.HELD, date=days_ago(400))
    promise(old, "otwarte od dawna")
    promise(old, "skończone przed ostatnim", ended=31)
    promise(old, "skończone po ostatnim", ended=3)
    promise(held, "otwarte")
    promise(held, "nieopublikowane", public=False)
    other = factories.make_meeting("Inne forum", state=State.HELD, date=days_ago(9), forum=factories.make_forum("B"))
    promise(other, "innego forum")
    draft = series.next_of(held, by=editor, date=LATER)
    assert carried(draft) == ["otwarte od dawna", "skończone po ostatnim", "otwarte"]
    assert set(draft.agenda_items.values_list("carried__commitment__text", flat=True)) == set(carried(draft))


def test_copy_of_an_evening_with_an_evaluation_is_filled_too(held, editor):
    factories.make_agenda_item(held, title=series.OPENING_TITLE, part="evaluation")
    promise(held, "otwarte")
    assert carried(series.copy_meeting(held, by=editor, date=LATER)) == ["otwarte"]
    assert carried(held) == []


def test_ended_ones_that_a_room_accepted_are_not_heard_again(held, editor):
    commitment = promise(held, "zrobione", ended=5)
    CommitmentEntry.objects.create(
        commitment=commitment, state="done", state_before="done", meeting=held, verdict="accepted", at=timezone.now()
    )
    assert carried(series.next_of(held, by=editor, date=LATER)) == []


def test_carrying_over_again_adds_the_new_and_keeps_the_judged(held, editor):
    first = promise(held, "pierwsza")
    draft = series.next_of(held, by=editor, date=LATER)
    Carried.objects.update(verdict="disputed", words="Nieprawda")
    Commitment.objects.filter(pk=first.pk).update(state="done")
    promise(held, "druga")
    assert [series.carry_over(draft), series.carry_over(draft)] == [1, 0]
    assert carried(draft) == ["pierwsza", "druga"]
    assert Carried.objects.get(commitment=first).words == "Nieprawda"


def test_nothing_is_carried_over_once_the_report_is_out(held, editor):
    draft = series.next_of(held, by=editor, date=LATER)
    promise(held, "za późno")
    Meeting.objects.filter(pk=draft.pk).update(held_at=timezone.now(), closed_at=timezone.now())
    assert series.carry_over(draft) == 0
    assert carried(draft) == []


def test_promises_of_the_same_and_of_later_meetings_are_not_carried(held, editor):
    draft = series.next_of(held, by=editor, date=LATER)
    promise(draft, "własna")
    promise(factories.make_meeting("Późniejsze", date=LATER + datetime.timedelta(days=1)), "późniejsza")
    assert series.carry_over(draft) == 0


def test_meeting_without_an_evaluation_gets_nothing(held):
    promise(held, "otwarte")
    assert series.carry_over(factories.make_meeting("Bez rozliczenia", date=LATER)) == 0


@pytest.mark.parametrize("by_clock", [False, True])
def test_publishing_brings_what_was_promised_since(by_clock: bool, held, editor):
    draft = series.next_of(held, by=editor, date=LATER)
    promise(held, "nowa")
    if by_clock:
        hour = timezone.now() + datetime.timedelta(hours=1)
        publication.schedule(draft, by=editor, publish_at=hour)
        publication.move_on(hour)
    else:
        publication.announce(draft, by=editor)
    assert carried(draft) == ["nowa"]


@pytest.mark.parametrize("promises", [1, 3])
def test_carrying_over_costs_the_same(promises: int, held, editor, django_assert_num_queries):
    draft = series.next_of(held, by=editor, date=LATER)
    for number in range(promises):
        promise(held, f"obietnica {number}")
    with django_assert_num_queries(7):  # a savepoint (2), the meeting, its item, the last one, what is missing, insert
        assert series.carry_over(draft) == promises


@pytest.fixture
def staff(transactional_db) -> Resident:
    return factories.make_resident("Anna", roles=[Role.EDITOR])


def test_two_people_starting_the_next_meeting_get_two_numbers(staff):
    held = factories.make_meeting(state=State.HELD, date=days_ago(30), number=1)
    promise(held, "otwarte")
    acts = [lambda: series.next_of(held, by=staff, date=LATER)] * 4
    drafts = at_once(*acts)
    assert sorted(draft.number for draft in drafts) == [2, 3, 4, 5]
    assert len({draft.slug for draft in drafts}) == 4
    assert [carried(draft) for draft in drafts] == [["otwarte"]] * 4


def test_carrying_over_at_once_makes_one_row(staff):
    held = factories.make_meeting(state=State.HELD, date=days_ago(30), number=1)
    draft = series.next_of(held, by=staff, date=LATER)
    promise(held, "otwarte")
    assert sorted(at_once(*[lambda: series.carry_over(draft)] * 3)) == [0, 0, 1]
    assert carried(draft) == ["otwarte"]

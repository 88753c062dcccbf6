"""Two people at one meeting: the second is told who saved, sees the difference, and loses nothing."""

import pytest
from django.urls import reverse

from meetings.models import AgendaItem, Meeting
from meetings.publication import announce
from participants.models import Resident
from participants.roles import Role
from tests import factories
from tests.panel import fields_of, opened
from tests.site.inline import inline_code
from tests.topics.parallel import at_once

State = Meeting.State


@pytest.fixture
def second(db) -> Resident:
    return factories.make_resident("Barbara", roles=[Role.EDITOR])


@pytest.fixture
def meeting(db) -> Meeting:
    meeting = factories.make_meeting("Bezpieczna zima", state=State.DRAFT, lead="Porozmawiajmy.")
    factories.make_agenda_item(meeting, title="Powitanie", position=1)
    factories.make_agenda_item(meeting, title="Oświetlenie", position=2)
    return meeting


def address(meeting: Meeting) -> str:
    return reverse("admin:meetings_meeting_change", args=[meeting.pk])


def differences(page) -> dict[str, tuple[str, str]]:
    return {d.label: (d.theirs, d.yours) for d in page.context["overtaken"].differences}


def row_named(data: dict, value: str) -> str:
    """The prefix of the agenda row with this title."""
    return next(name.removesuffix("-title") for name, typed in data.items() if typed == [value])


def test_the_second_editor_is_told_and_nothing_is_saved(meeting, editor, second, as_user):
    anna, barbara = as_user(editor), as_user(second)
    hers = opened(anna, address(meeting), title="Bezpieczna zima na osiedlach")
    other = opened(barbara, address(meeting), lead="Porozmawiajmy o zimie.", title="Zima")
    assert anna.post(address(meeting), hers).status_code == 302

    page = barbara.post(address(meeting), other)

    meeting.refresh_from_db()
    assert page.status_code == 200
    assert (meeting.title, meeting.lead) == ("Bezpieczna zima na osiedlach", "Porozmawiajmy.")
    assert page.context["overtaken"].who == "Anna"
    shown = set(differences(page).values())
    assert {("Bezpieczna zima na osiedlach", "Zima"), ("Porozmawiajmy.", "Porozmawiajmy o zimie.")} == shown
    assert fields_of(page)["lead"] == ["Porozmawiajmy o zimie."]
    assert "Anna" in page.content.decode()
    assert inline_code(page.content.decode()) == []


def test_saving_once_more_is_meant_and_goes_through(meeting, editor, second, as_user):
    anna, barbara = as_user(editor), as_user(second)
    hers, other = opened(anna, address(meeting), title="Anny"), opened(barbara, address(meeting), title="Barbary")
    anna.post(address(meeting), hers)
    page = barbara.post(address(meeting), other)

    again = barbara.post(address(meeting), fields_of(page))

    meeting.refresh_from_db()
    assert again.status_code == 302
    assert (meeting.title, meeting.revision) == ("Barbary", 2)


def test_a_third_save_in_between_is_told_again(meeting, editor, second, as_user):
    anna, barbara = as_user(editor), as_user(second)
    other = opened(barbara, address(meeting), title="Barbary")
    anna.post(address(meeting), opened(anna, address(meeting), title="Anny"))
    page = barbara.post(address(meeting), other)
    anna.post(address(meeting), opened(anna, address(meeting), title="Anny po raz drugi"))

    page = barbara.post(address(meeting), fields_of(page))

    meeting.refresh_from_db()
    assert meeting.title == "Anny po raz drugi"
    assert ("Anny po raz drugi", "Barbary") in differences(page).values()


def test_a_change_of_rows_alone_counts_as_a_save(meeting, editor, second, as_user):
    anna, barbara = as_user(editor), as_user(second)
    hers, other = opened(anna, address(meeting)), opened(barbara, address(meeting), title="Barbary")
    anna.post(address(meeting), {**hers, f"{row_named(hers, 'Oświetlenie')}-title": "Oświetlenie przejść"})

    page = barbara.post(address(meeting), other)

    assert page.status_code == 200
    assert ("Oświetlenie przejść", "Oświetlenie") in differences(page).values()
    assert AgendaItem.objects.filter(title="Oświetlenie przejść").exists()


def test_rows_that_the_other_added_are_shown_and_stay(meeting, editor, second, as_user):
    anna, barbara = as_user(editor), as_user(second)
    other = opened(barbara, address(meeting), title="Barbary")
    anna.post(address(meeting), {**opened(anna, address(meeting)), "agenda_items-2-title": "Patrole"})

    page = barbara.post(address(meeting), other)
    barbara.post(address(meeting), fields_of(page))

    assert any("Patrole" in label for label in differences(page))
    assert set(meeting.agenda_items.values_list("title", flat=True)) == {"Powitanie", "Oświetlenie", "Patrole"}


def test_a_row_that_the_other_deleted_comes_back_with_its_text(meeting, editor, second, as_user):
    anna, barbara = as_user(editor), as_user(second)
    hers, other = opened(anna, address(meeting)), opened(barbara, address(meeting))
    anna.post(address(meeting), {**hers, f"{row_named(hers, 'Powitanie')}-DELETE": "on"})

    page = barbara.post(address(meeting), {**other, f"{row_named(other, 'Powitanie')}-title": "Powitanie i wstęp"})
    again = barbara.post(address(meeting), fields_of(page))

    assert any("Powitanie i wstęp" in yours for _theirs, yours in differences(page).values())
    assert again.status_code == 302
    assert set(meeting.agenda_items.values_list("title", flat=True)) == {"Powitanie i wstęp", "Oświetlenie"}


def test_a_row_that_the_other_deleted_can_be_left_out(meeting, editor, second, as_user):
    anna, barbara = as_user(editor), as_user(second)
    hers, other = opened(anna, address(meeting)), opened(barbara, address(meeting), title="Barbary")
    anna.post(address(meeting), {**hers, f"{row_named(hers, 'Powitanie')}-DELETE": "on"})
    page = barbara.post(address(meeting), other)

    data = fields_of(page)
    barbara.post(address(meeting), {**data, f"{row_named(data, 'Powitanie')}-DELETE": "on"})

    meeting.refresh_from_db()
    assert meeting.title == "Barbary"
    assert list(meeting.agenda_items.values_list("title", flat=True)) == ["Oświetlenie"]


def test_a_date_typed_while_the_meeting_was_published_is_shown(meeting, editor, second, as_user):
    barbara = as_user(second)
    other = opened(barbara, address(meeting), date="2030-12-10", place="Szkoła")
    announce(meeting, by=editor)

    page = barbara.post(address(meeting), other)

    meeting.refresh_from_db()
    assert meeting.place == ""
    assert ("", "Szkoła") in differences(page).values()
    assert page.context["overtaken"].who == ""  # no panel, no journal: it changed by itself


def test_saving_alone_is_never_stopped(meeting, editor, as_user):
    client = as_user(editor)
    for title in ("Pierwszy", "Drugi"):
        assert client.post(address(meeting), opened(client, address(meeting), title=title)).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.title, meeting.revision) == ("Drugi", 2)


def test_a_form_without_its_revision_is_told(meeting, editor, as_user):
    data = opened(as_user(editor), address(meeting), title="Inny")
    del data["seen_revision"]
    assert as_user(editor).post(address(meeting), data).context["overtaken"]


@pytest.mark.parametrize(
    ("name", "make", "field"),
    [
        ("topics_topic", factories.make_topic, "title"),
        ("participants_institution", factories.make_institution, "name"),
        ("participants_official", factories.make_official, "last_name"),
    ],
)
def test_topics_institutions_and_officials_are_guarded_too(name, make, field, editor, second, as_user):
    row = make()
    url = reverse(f"admin:{name}_change", args=[row.pk])
    anna, barbara = as_user(editor), as_user(second)
    hers, other = opened(anna, url, **{field: "Anny"}), opened(barbara, url, **{field: "Barbary"})
    anna.post(url, hers)

    page = barbara.post(url, other)

    row.refresh_from_db()
    assert getattr(row, field) == "Anny"
    assert ("Anny", "Barbary") in differences(page).values()


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_one_moment_one_wins_and_one_is_told(editor, second, as_user):
    meeting = factories.make_meeting("Bezpieczna zima", state=State.DRAFT)
    clients = [as_user(editor), as_user(second)]
    forms = [opened(client, address(meeting), title=f"Tytuł {n}") for n, client in enumerate(clients)]

    answers = at_once(*[lambda c=c, f=f: c.post(address(meeting), f) for c, f in zip(clients, forms, strict=True)])

    meeting.refresh_from_db()
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    winner = next(n for n, answer in enumerate(answers) if answer.status_code == 302)
    assert (meeting.title, meeting.revision) == (f"Tytuł {winner}", 1)

"""Questions of a meeting in the panel: who does what, the ends, writing down for somebody, and the slip."""

import pytest
from django.urls import reverse

from meetings.agenda_questions import take
from meetings.models import AgendaItem, AgendaQuestion, Meeting
from participants.roles import Role
from tests import factories
from tests.panel import make_administrator, opened
from topics import moderation
from topics.models import Comment, Question, Reason, Topic

LIST = reverse("admin:meetings_agendaquestion_changelist")
ASKED = reverse("admin:meetings_askedfor_changelist")
ENTER = reverse("admin:meetings_askedfor_enter")


@pytest.fixture
def topic(db: None) -> Topic:
    return factories.make_topic("Oświetlenie", institution=factories.make_institution("Komenda Miejska Policji"))


@pytest.fixture
def meeting(db: None) -> Meeting:
    return factories.make_meeting("Bezpieczna zima")


@pytest.fixture
def item(meeting: Meeting, topic: Topic) -> AgendaItem:
    return factories.make_agenda_item(meeting, topic)


@pytest.fixture
def question(meeting: Meeting, topic: Topic) -> Question:
    return factories.make_asked(meeting, topic)


@pytest.fixture
def place(question: Question, item: AgendaItem, editor) -> AgendaQuestion:
    return take(question, item=item, by=editor)


def page(row, name: str) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{name}", args=[row.pk])


def test_an_editor_takes_a_question_on_the_agenda(question, item, editor, as_user):
    client, url = as_user(editor), page(question, "agenda")
    over = factories.make_agenda_item(factories.make_meeting("Dawne", state=Meeting.State.HELD), question.topic)
    form = client.get(url)
    assert "Bezpieczna zima" in form.content.decode()
    assert over not in form.context["form"].fields["item"].queryset
    client.post(url, opened(client, url, item=str(item.pk)))
    question.refresh_from_db()
    assert (question.state, question.agenda_places.get().agenda_item) == ("meeting", item)
    assert url not in client.get(page(question, "change")).content.decode()


@pytest.mark.parametrize("roles", [[Role.MODERATOR], [Role.ANSWERER]])
def test_nobody_else_does(question, item, as_user, roles: list):
    appointment = factories.make_appointment(institution=question.institution)
    client = as_user(factories.make_resident("Jan", roles=roles, appointment=appointment))
    url = page(question, "agenda")
    assert url not in client.get(page(question, "change")).content.decode()
    assert client.post(url, {"item": item.pk}).status_code == 403
    assert client.get(LIST).status_code == 403
    assert not AgendaQuestion.objects.exists()


def test_a_question_that_stands_there_already_is_refused_in_words(place, editor, as_user):
    answer = as_user(editor).post(page(place.question, "agenda"), {"item": place.agenda_item_id})
    assert answer.status_code == 200
    assert "Bezpieczna zima" in " ".join(str(message) for message in answer.context["messages"])
    assert AgendaQuestion.objects.count() == 1


def test_an_end_is_written_down_and_changed(place, meeting, editor, as_user):
    client, url = as_user(editor), page(place, "end")
    answer = client.post(url, opened(client, url, end="answered", answer="Tak.", answered_by="Komendant"), follow=True)
    assert answer.context["cl"].result_count == 1
    place.refresh_from_db()
    assert (place.end, place.answer, place.answered_by) == ("answered", "Tak.", "Komendant")
    promise = factories.make_bare_commitment(meeting, public=False)
    other = factories.make_bare_commitment(factories.make_meeting("Inne"), public=False)
    choices = client.get(url).context["form"].fields["commitment"].queryset
    assert (list(choices), other in choices) == ([promise], False)
    client.post(url, opened(client, url, end="promised", commitment=str(promise.pk)))
    place.refresh_from_db()
    assert (place.end, place.commitment) == ("promised", promise)


def test_what_an_end_lacks_is_said_in_the_form(place, editor, as_user):
    answer = as_user(editor).post(page(place, "end"), {"end": "answered"})
    assert answer.context["form"].errors
    place.refresh_from_db()
    assert place.end == ""


def test_a_question_is_taken_off(place, editor, as_user):
    as_user(editor).post(page(place, "take-off"))
    assert not AgendaQuestion.objects.exists()


def test_lists_are_those_of_the_meeting_and_the_form_of_the_meeting_counts_them(place, meeting, topic, editor, as_user):
    factories.make_asked(factories.make_meeting("Inne"), topic, "Gdzie indziej?")
    client = as_user(editor)
    for url, count in ((LIST, 1), (ASKED, 1), (f"{LIST}?end__exact=", 1)):
        joined = "&" if "?" in url else "?"
        assert client.get(f"{url}{joined}meeting={meeting.pk}").context["cl"].result_count == count
    assert client.get(ASKED).context["cl"].result_count == 2
    assert client.get(f"{ASKED}?meeting=x").status_code == 200
    form = client.get(reverse("admin:meetings_meeting_change", args=[meeting.pk])).content.decode()
    assert f"{LIST}?meeting={meeting.pk}" in form.replace("&amp;", "&")


def test_a_text_that_nobody_may_read_is_in_no_list(place, topic, meeting, editor, moderator, as_user):
    moderation.hide(place.question.comment, by=moderator, reason=Reason.INSULT)
    client = as_user(editor)
    for url in (LIST, ASKED, page(place, "change"), page(place, "end")):
        assert place.question.comment.text not in client.get(url).content.decode()
    assert client.get(ASKED).context["cl"].result_count == 0


@pytest.mark.parametrize("name", [LIST, ASKED])
def test_lists_cost_the_same(meeting, topic, item, editor, as_user, django_assert_num_queries, name: str):
    client = as_user(editor)
    take(factories.make_asked(meeting, topic), item=item, by=editor)
    client.get(name)
    for number in range(3):
        with django_assert_num_queries(7):
            client.get(name)
        take(factories.make_asked(meeting, topic, f"Pytanie {number}?"), item=item, by=editor)


# -- Writing down for somebody -------------------------------------------------------------------------------


@pytest.mark.parametrize("persona", ["editor", "moderator"])
def test_a_question_on_paper_gets_a_number_and_a_slip(topic, meeting, as_user, client, request, persona: str):
    staff = as_user(request.getfixturevalue(persona))
    assert ENTER in staff.get(reverse("admin:topics_question_changelist")).content.decode()
    data = opened(staff, ENTER, source="hall", topic=str(topic.pk), meeting=str(meeting.pk), text="Kiedy patrol?")
    answer = staff.post(ENTER, data, follow=True)
    question = Question.objects.get()
    assert (question.source, question.comment.author, question.comment.asked_for.meeting) == ("hall", None, meeting)
    html = answer.content.decode()
    assert f'<span class="fk-slip__number">{question.number}</span>' in html
    assert question.get_absolute_url() in html
    assert f'{ENTER}?meeting={meeting.pk}"' in html
    assert (reverse("admin:topics_question_agenda", args=[question.pk]) in html) == (persona == "editor")
    code = client.get(reverse("topics:question_code", args=[question.number]))
    assert code.headers["Content-Type"] == "image/svg+xml"
    assert b"<svg" in code.content
    assert client.get("/pytania/", {"numer": str(question.number)}).status_code == 302
    assert "Kiedy patrol?" in client.get(question.get_absolute_url()).content.decode()


def test_others_write_nothing_down(topic, resident, official, as_user):
    answerer = factories.make_resident("Jan", roles=[Role.ANSWERER], appointment=factories.make_appointment())
    for user, status in ((resident, 302), (official, 302), (answerer, 403), (None, 302)):
        assert as_user(user).get(ENTER).status_code == status
        assert as_user(user).post(ENTER, {"text": "Kiedy?", "source": "paper", "topic": topic.pk}).status_code == status
    assert not Comment.objects.exists()


def test_data_are_let_through_by_a_tick(topic, editor, as_user):
    client = as_user(editor)
    data = opened(client, ENTER, source="paper", topic=str(topic.pk), text="Zadzwońcie: 601 202 303")
    answer = client.post(ENTER, data)
    assert answer.status_code == 422
    assert "601 202 303" in str(answer.context["form"].errors)
    assert not Comment.objects.exists()
    assert client.post(ENTER, {**data, "insists": "on"}).status_code == 302


def test_the_slip_of_a_text_taken_from_view_is_not_found(question, editor, moderator, as_user):
    url = reverse("admin:meetings_askedfor_slip", args=[question.pk])
    assert as_user(editor).get(url).status_code == 200
    moderation.hide(question.comment, by=moderator, reason=Reason.INSULT)
    assert as_user(editor).get(url).status_code == 404
    assert as_user(make_administrator()).get(reverse("admin:meetings_askedfor_slip", args=[99999])).status_code == 404


# -- What everybody sees -------------------------------------------------------------------------------------


def test_the_page_of_the_meeting_counts_and_later_tells_each_end(
    place, meeting, editor, moderator, topic, client, as_user
):
    hidden = take(factories.make_asked(meeting, topic, "Obelga?"), item=place.agenda_item, by=editor)
    moderation.hide(hidden.question.comment, by=moderator, reason=Reason.INSULT)
    before = client.get(meeting.get_absolute_url()).content.decode()
    assert "2 pytania mieszkańców" in before
    assert place.question.comment.text not in before
    AgendaQuestion.objects.update(
        end="answered", answer="Patrol o 22.", answered_by="Komendant", settled_at=place.taken_at
    )
    Meeting.objects.update(state="held", held_at=place.taken_at, closed_at=place.taken_at)
    after = client.get(meeting.get_absolute_url()).content.decode()
    for words in (place.question.comment.text, "Patrol o 22.", "Komendant", place.question.get_absolute_url()):
        assert words in after
    assert "Obelga?" not in after
    assert hidden.question.get_absolute_url() in after
    assert after.count("Patrol o 22.") == 1


def test_the_page_of_the_question_tells_of_its_meetings(place, meeting, editor, client):
    html = client.get(place.question.get_absolute_url()).content.decode()
    assert html.count(meeting.get_absolute_url()) == 2
    AgendaQuestion.objects.update(end="answered", answer="Patrol o 22.", ended_at=place.taken_at)
    assert "Patrol o 22." not in client.get(place.question.get_absolute_url()).content.decode()
    AgendaQuestion.objects.update(settled_at=place.taken_at)
    assert "Patrol o 22." in client.get(place.question.get_absolute_url()).content.decode()


def test_a_meeting_in_preparation_is_not_told_of(question, editor, client):
    draft = factories.make_meeting("Tajne", state=Meeting.State.DRAFT)
    take(question, item=factories.make_agenda_item(draft, question.topic), by=editor)
    assert "Tajne" not in client.get(question.get_absolute_url()).content.decode()

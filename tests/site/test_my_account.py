"""One's own account: sign-ups, comments, questions, what is followed; for the owner and nobody else."""

import datetime
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from meetings import agenda_questions, following
from meetings.models import Meeting, Registration
from participants.models import Resident
from tests import factories
from tests.meetings.signups import make_coming
from topics import editing, moderation
from topics.models import Comment, Reason

HERE, COMMENTS, QUESTIONS = reverse("my_account"), reverse("my_comments"), reverse("my_questions")
PAGES = [HERE, COMMENTS, QUESTIONS]


def read(client, address: str = HERE) -> str:
    return client.get(address).content.decode()


def test_page_names_the_account_and_leads_to_its_parts(as_user, resident):
    page = read(as_user(resident))
    assert resident.email in page
    assert resident.signature in page
    for part in ("my_security", "my_letters", "my_profile", "my_data", "leave", "account_logout"):
        assert f'"{reverse(part)}"' in page


def test_page_without_anything_says_so_in_words(as_user, resident):
    pages = "".join(read(as_user(resident), address) for address in PAGES)
    assert "Nie masz zapisu na żadne spotkanie." in pages
    assert pages.count("Nie masz jeszcze komentarzy.") == 2
    assert pages.count("Nie masz jeszcze pytań.") == 2
    assert "fk-row" not in pages


def test_letters_are_told_as_they_are_chosen(as_user, resident):
    Resident.objects.filter(pk=resident.pk).update(pace="week", quiet_from=22, quiet_until=6, language="uk")
    page = read(as_user(resident))
    assert "Raz w\u00a0tygodniu, w\u00a0poniedziałek" in page
    assert "Bez powiadomień od 22:00 do 6:00" in page
    assert '<span lang="uk">Українська</span>' in page
    Resident.objects.filter(pk=resident.pk).update(quiet_from=6)
    assert "O\u00a0każdej porze" in read(as_user(resident))


# -- Comments


@pytest.fixture
def topic(db):
    return factories.make_topic("Patrole piesze")


@pytest.fixture
def said(topic, resident, moderator) -> dict[str, Comment]:
    """One comment of the resident in each state."""
    made = {name: factories.make_published(topic, f"Zdanie: {name}.", author=resident) for name in ("stoi", "ukryte")}
    made |= {name: factories.make_comment(topic, f"Zdanie: {name}.", author=resident) for name in ("czeka", "nie")}
    made |= {name: factories.make_published(topic, f"Zdanie: {name}.", author=resident) for name in ("moje", "oddane")}
    moderation.hide(made["ukryte"], by=moderator, reason="insult")
    moderation.hide(made["nie"], by=moderator, reason="private")
    moderation.hand_over(made["oddane"], by=moderator, reason="threat", to="oficer", reference="1/26")
    editing.withdraw(made["moje"], by=resident)
    return made


def row_of(page: str, words: str) -> str:
    rows = page.split("</main>")[0].split('<li class="fk-row')[1:]
    return next(row for row in rows if words in row)


def test_each_state_of_a_comment_is_told_with_its_reason(as_user, resident, said, topic):
    page = read(as_user(resident), COMMENTS)
    stands, waits, hidden = (row_of(page, f"Zdanie: {name}.") for name in ("stoi", "czeka", "ukryte"))
    refused, withdrawn = row_of(page, "Zdanie: nie."), row_of(page, "Zdanie: moje.")
    assert "Opublikowany" in stands
    assert said["stoi"].get_absolute_url() in stands
    assert "Czeka na moderację" in waits
    assert "Damy Ci znać e-mailem." in waits
    assert said["czeka"].get_absolute_url() in waits
    assert "Ukryty przez moderatora" in hidden
    assert f"{Reason.INSULT.label}." in hidden
    assert reverse("topics:my_statement", args=[said["ukryte"].pk]) in hidden
    assert f"{Reason.PRIVATE_DATA.label}." in refused
    assert reverse("topics:my_statement", args=[said["nie"].pk]) in refused
    assert f'href="{topic.get_absolute_url()}"' in refused  # it never had a place of its own
    assert "Usunięty przez Ciebie" in withdrawn


def test_text_that_was_handed_over_is_not_shown_even_to_its_author(as_user, resident, said):
    page = read(as_user(resident), COMMENTS)
    assert "Zdanie: oddane." not in page
    assert reverse("topics:my_statement", args=[said["oddane"].pk]) in row_of(page, "Przekazany do sprawdzenia")


def test_links_to_one_topic_are_told_apart_by_what_was_said(as_user, resident, said):
    page = read(as_user(resident), COMMENTS)
    for row in page.split("</main>")[0].split('<li class="fk-row')[1:]:
        described = re.findall(r'aria-describedby="(slowa-\d+)"', row)
        assert len(described) == ("Zdanie:" in row)
        assert all(f'<p id="{key}"' in row for key in described)
    assert len(set(re.findall(r'aria-describedby="(slowa-\d+)"', page))) == len(said) - 1


def test_every_link_of_the_list_opens(as_user, resident, said):
    client = as_user(resident)
    page = read(client, COMMENTS).split("<main")[1].split("</main>")[0]
    links = {part.split('"')[0] for part in page.split('<a href="')[1:]}
    assert len(links) == 9  # five comments that have a place, the topic of one that has none, three decisions
    for link in links:
        assert client.get(link, follow=True).status_code == 200, link


def test_comment_on_a_topic_taken_back_is_not_listed(as_user, resident):
    factories.make_comment(factories.make_topic("Szkic", state="draft"), "Zdanie o szkicu.", author=resident)
    assert "Zdanie o szkicu." not in read(as_user(resident), COMMENTS)


@pytest.mark.parametrize("number", [1, 30])
def test_comments_cost_the_same_however_many(as_user, resident, topic, number, django_assert_num_queries):
    for _ in range(number):
        factories.make_published(topic, author=resident)
    client = as_user(resident)
    with django_assert_num_queries(4):  # the session, who it is, how many, one page of them
        page = read(client, COMMENTS)
    assert page.count('<li class="fk-row') == min(number, 10)
    assert ('aria-label="Strony"' in page) == (number > 10)


def test_comments_come_ten_a_page_the_latest_first(as_user, resident, topic):
    now = timezone.now()
    for hours in range(11):
        then = now - datetime.timedelta(hours=hours)
        factories.make_comment(topic, f"Sprzed {hours} godzin.", author=resident, created_at=then)
    client = as_user(resident)
    first, second = read(client, COMMENTS), read(client, f"{COMMENTS}?strona=2")
    assert first.index("Sprzed 0 godzin.") < first.index("Sprzed 9 godzin.")
    assert "Sprzed 10 godzin." not in first
    assert "Sprzed 10 godzin." in second
    assert client.get(f"{COMMENTS}?strona=3").status_code == 404
    latest = read(client)
    assert "Sprzed 2 godzin." in latest
    assert "Sprzed 3 godzin." not in latest


# -- Questions


def test_questions_tell_their_number_and_where_they_stand(as_user, resident, topic):
    meeting, institution = make_coming(title="Bezpieczna zima"), factories.make_institution("Straż Miejska")
    question = factories.make_asked(meeting, topic, "Kiedy naprawicie lampy?", author=resident)
    waiting = factories.make_comment(topic, "A kiedy ławki?", author=resident, kind=Comment.Kind.QUESTION)
    client = as_user(resident)
    page = read(client, QUESTIONS)
    asked, unread = row_of(page, "Kiedy naprawicie lampy?"), row_of(page, waiting.text)
    assert question.get_absolute_url() in asked
    assert f">Pytanie nr {question.number}</a>" in asked
    assert "Czeka na odpowiedź" in asked
    assert meeting.get_absolute_url() in asked
    assert "Czeka na moderację" in unread
    assert "Dostanie numer" in unread
    type(question).objects.filter(pk=question.pk).update(state="passed", institution=institution)
    moved = row_of(read(client, QUESTIONS), "Kiedy naprawicie lampy?")
    assert "Przekazane" in moved
    assert "Straż Miejska" in moved


def test_question_on_an_agenda_tells_which_and_its_end(as_user, resident, topic, editor):
    meeting = make_coming(title="Bezpieczna zima")
    item = factories.make_agenda_item(meeting, topic)
    question = factories.make_asked(meeting, topic, author=resident)
    place = agenda_questions.take(question, item=item, by=editor)
    row = row_of(read(as_user(resident), QUESTIONS), question.comment.text)
    assert f"{meeting.get_absolute_url()}#punkt-{item.pk}" in row
    assert "Naprawimy w maju." not in row
    said = {"end": "answered", "answer": "Naprawimy w maju.", "settled_at": timezone.now()}
    type(place).objects.filter(pk=place.pk).update(**said)
    assert "Naprawimy w maju." in row_of(read(as_user(resident), QUESTIONS), question.comment.text)


@pytest.mark.parametrize("number", [1, 30])
def test_account_and_questions_cost_the_same_however_many(as_user, resident, topic, number, django_assert_num_queries):
    meetings = [make_coming(title=f"Spotkanie {name}") for name in range(number)]
    for meeting in meetings:
        factories.make_registration(meeting, account=resident, email=resident.email)
        factories.make_asked(meeting, topic, author=resident)
        following.follow(resident, "meeting", meeting)
    client = as_user(resident)
    with django_assert_num_queries(
        9
    ):  # session, who, pause, mailboxes, sign-ups, comments, questions, agendas, followed
        page = read(client)
    assert page.count("Pytanie nr") == min(number, 3)
    with django_assert_num_queries(5):  # the session, who it is, how many, one page of them, agendas
        assert read(client, QUESTIONS).count("Pytanie nr") == min(number, 10)


# -- What is followed


def test_what_is_followed_is_listed_and_stopped_from_here(as_user, resident, topic):
    following.follow(resident, "topic", topic)
    client = as_user(resident)
    page = read(client)
    assert f"{HERE}#subskrypcje" in page
    sent = {"co": "topic", "nr": topic.pk, "act": "przestan", "next": f"{HERE}#subskrypcje"}
    assert client.post(reverse("meetings:follow"), sent)["Location"] == f"{HERE}#subskrypcje"
    assert "Patrole piesze" not in read(client)


# -- Sign-ups


def test_sign_ups_of_the_account_and_of_its_mailbox_are_listed(as_user, resident):
    seat, queue, over, left, off = (make_coming(title=f"Spotkanie {name}") for name in "ABCDE")
    factories.make_registration(seat, account=resident, email=resident.email, seats=2)
    factories.make_registration(queue, email=resident.email.upper(), state=Registration.State.WAITING)
    factories.make_registration(over, account=resident, email=resident.email)
    factories.make_registration(left, account=resident, email=resident.email, state=Registration.State.LEFT)
    factories.make_registration(off, account=resident, email=resident.email)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Meeting.objects.filter(pk=over.pk).update(date=yesterday, last_day=yesterday)
    Meeting.objects.filter(pk=off.pk).update(state="cancelled", cancelled_at=timezone.now(), state_reason="Awaria")
    page = read(as_user(resident))
    assert "Miejsce czeka na Ciebie" in row_of(page, "Spotkanie A")
    assert "2 miejsca" in row_of(page, "Spotkanie A")
    assert "liście rezerwowej" in row_of(page, "Spotkanie B")
    assert "Spotkanie C" not in page
    assert "Spotkanie D" not in page
    assert "Odwołane" in row_of(page, "Spotkanie E")


def test_mailbox_that_nobody_confirmed_shows_nothing(as_user, db):
    person = factories.make_resident("Ola", confirmed=False)
    factories.make_registration(make_coming(title="Bezpieczna zima"), email=person.email)
    assert "Bezpieczna zima" not in read(as_user(person))


def test_seat_is_given_back_by_a_button_and_goes_to_the_next(as_user, resident):
    meeting = make_coming(title="Bezpieczna zima", capacity=1)
    own = factories.make_registration(meeting, account=resident, email=resident.email)
    next_one = factories.make_registration(meeting, state=Registration.State.WAITING)
    client, address = as_user(resident), reverse("give_back", args=[own.pk])
    assert address in read(client)
    asked = client.get(address)
    assert "Oddać miejsce?" in asked.content.decode()
    assert "no-store" in asked["Cache-Control"]
    own.refresh_from_db()
    assert own.state == Registration.State.SEATED  # looking changes nothing
    for _ in range(2):  # a second press changes nothing
        done = client.post(address, follow=True)
        assert done.redirect_chain == [(HERE, 302)]
        assert "Nie masz już zapisu na to spotkanie." in done.content.decode()
    own.refresh_from_db()
    next_one.refresh_from_db()
    assert (own.state, next_one.state) == (Registration.State.LEFT, Registration.State.SEATED)
    assert client.get(address)["Location"] == HERE


def test_whoever_waits_is_asked_about_the_list_and_not_about_a_seat(as_user, resident):
    own = factories.make_registration(make_coming(), account=resident, email=resident.email, state="waiting")
    page = read(as_user(resident), reverse("give_back", args=[own.pk]))
    assert page.count("Wypisać Cię z\u00a0listy rezerwowej?") == 3  # title, path and heading
    assert "Oddać miejsce?" not in page


def test_nobody_gives_the_seat_of_another_back(as_user, resident, neighbour, editor):
    own = factories.make_registration(make_coming(), account=resident, email=resident.email)
    address = reverse("give_back", args=[own.pk])
    for other in (neighbour, editor):
        assert as_user(other).get(address).status_code == 404
        assert as_user(other).post(address).status_code == 404
    assert as_user(None).post(address)["Location"] == f"{reverse('account_login')}?next={address}"
    assert as_user(resident).delete(address).status_code == 405
    assert as_user(resident).post(reverse("give_back", args=[own.pk + 1])).status_code == 404
    own.refresh_from_db()
    assert own.state == Registration.State.SEATED


def test_meeting_put_off_shows_no_date_to_come_on(as_user, resident):
    meeting = make_coming(title="Bezpieczna zima")
    own = factories.make_registration(meeting, account=resident, email=resident.email)
    Meeting.objects.filter(pk=meeting.pk).update(state="postponed", postponed_at=timezone.now())
    client, day = as_user(resident), f'<time datetime="{meeting.date.isoformat()}">'
    row = row_of(read(client), "Bezpieczna zima")
    assert "fk-date--past" in row
    assert day not in row
    assert day not in read(client, reverse("give_back", args=[own.pk]))


# -- Who sees it


@pytest.mark.parametrize("address", PAGES)
def test_nobody_else_sees_any_of_it(as_user, resident, neighbour, moderator, topic, address):
    meeting = make_coming(title="Bezpieczna zima")
    factories.make_registration(meeting, account=resident, email=resident.email)
    factories.make_asked(meeting, topic, "Kiedy naprawicie lampy?", author=resident)
    following.follow(resident, "topic", topic)
    for other in (neighbour, moderator):
        page = read(as_user(other), address)
        for mine in ("Bezpieczna zima", "Kiedy naprawicie lampy?", "Patrole piesze", resident.email):
            assert mine not in page


@pytest.mark.parametrize("address", PAGES)
def test_page_is_kept_by_no_cache_and_only_shows(as_user, resident, address):
    client = as_user(resident)
    assert {"private", "no-store"} <= set(client.get(address)["Cache-Control"].split(", "))
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("address", PAGES)
def test_stranger_signs_in_first(client, db, address):
    assert client.get(address).url == f"{reverse('account_login')}?next={address}"


def test_whoever_is_suspended_reads_and_leaves(as_user, resident, said):
    until = timezone.now() + datetime.timedelta(days=2)
    Resident.objects.filter(pk=resident.pk).update(suspended_until=until)
    own = factories.make_registration(make_coming(), account=resident, email=resident.email)
    client = as_user(resident)
    page = read(client)
    assert "Możesz czytać, pobrać swoje dane i\u00a0odejść." in page
    assert "Zdanie: stoi." in read(client, COMMENTS)
    assert reverse("leave") in page
    assert client.post(reverse("give_back", args=[own.pk]))["Location"] == HERE


def test_whoever_has_not_accepted_the_rules_reads_and_leaves(as_user, resident, said):
    assert reverse("accept_rules") not in read(as_user(resident))
    Resident.objects.filter(pk=resident.pk).update(rules_version="")
    client = as_user(resident)
    page = read(client)
    assert f'<a href="{reverse("accept_rules")}">Przeczytaj zasady dyskusji</a>' in page  # never seen: nothing changed
    assert reverse("leave") in page
    assert "Zdanie: stoi." in read(client, COMMENTS)


def test_header_leads_there_for_whoever_is_signed_in(as_user, resident):
    link = f'href="{HERE}"'
    assert link in as_user(resident).get("/").content.decode()
    assert link not in as_user(None).get("/").content.decode()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("uk", ["Мої коментарі", "Записи на зустрічі", "Приховано модератором"]),
        ("en", ["My comments", "My sign-ups", "Hidden by a moderator"]),
    ],
)
def test_page_speaks_the_language_of_the_reader(as_user, resident, said, language, words):
    client = as_user(resident)
    pages = "".join(client.get(one, headers={"accept-language": language}).content.decode() for one in (HERE, COMMENTS))
    for word in words:
        assert word in pages
    assert "Moje komentarze" not in pages
    assert '<a href="/tematy/patrole-piesze/' in pages
    assert ' lang="pl">Patrole piesze</a>' in pages

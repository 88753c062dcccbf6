"""The page where a comment is reported: with an account and without one, and 112 first."""

import html
import re
import time

import pytest
from django.test import Client

from participants.models import Letter
from participants.prose import tidy_plain
from tests import factories
from topics import moderation
from topics.models import Case, Comment, Reason, Report, Topic

Why = Report.Why
TYPED = {"why": "insult", "text": "Obraża sąsiadkę.", "good_faith": "on"}
STRANGER = {**TYPED, "name": "Anna Nowak", "email": "gosc@poczta.example"}


@pytest.fixture
def comment(topic) -> Comment:
    return factories.make_published(topic, "Tajny tekst")


def address(comment: Comment) -> str:
    return f"{comment.topic.get_absolute_url()}k/{comment.pk}/zglos/"


def area(page: str) -> str:
    return html.unescape(re.search(r'<textarea name="text"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL).group(1))


# -- It works ------------------------------------------------------------------------------------------------


def test_stranger_reports_and_reads_what_happens_next(comment, english):
    client = english()
    page = client.get(address(comment)).content.decode()
    assert "Tajny tekst" in page
    assert comment.author_name in page
    assert re.findall(r'name="why"[^>]* value="([a-z-]+)"', page) == Why.values
    response = client.post(address(comment), STRANGER)
    assert (response.status_code, response.headers["Location"]) == (302, f"{address(comment)}przyjete/")
    report = Report.objects.get()
    assert (report.comment, report.why, report.name, report.email) == (
        comment,
        "insult",
        "Anna Nowak",
        STRANGER["email"],
    )
    assert (report.resident, report.language) == (None, "en")
    assert Letter.objects.get().to == STRANGER["email"]
    page = client.get(response.headers["Location"]).content.decode()
    assert 'class="fk-panel"' in page
    assert "Thank you. A moderator will read the comment and decide." in page


def test_resident_needs_no_name_and_no_address(comment, resident, english):
    client = english(resident)
    page = client.get(address(comment)).content.decode()
    assert 'name="email"' not in page.split("<main")[1].split("</main")[0]
    assert 'name="name"' not in page
    assert client.post(address(comment), {**TYPED, "email": "obcy@poczta.example"}).status_code == 302
    report = Report.objects.get()
    assert (report.resident, report.name, report.email) == (resident, "", "")
    assert Letter.objects.get().to == resident.email


def test_second_report_is_told_to_an_account_and_not_to_a_stranger(comment, resident, english):
    for person, sent, is_told in ((resident, TYPED, True), (None, STRANGER, False)):
        client = english(person)
        client.post(address(comment), sent)
        client.get(f"{address(comment)}przyjete/")
        page = client.post(address(comment), sent, follow=True).content.decode()
        assert ("We have your report already." in page) is is_told
        assert "Thank you. A moderator will read the comment and decide." in page
    assert Report.objects.count() == 2


# -- 112 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("why", Why.values)
def test_112_stands_first_after_an_urgent_report(comment, english, why: str):
    client = english()
    response = client.post(address(comment), {**STRANGER, "why": why}, follow=True)
    main = response.content.decode().split("<main")[1].split("</main")[0]
    is_urgent = why in Report.URGENT
    assert ("fk-stop__call" in main) is is_urgent
    if is_urgent:
        assert main.index('href="tel:112"') < main.index("<h1")
    assert Case.objects.get().is_urgent is is_urgent


def test_form_always_names_112(comment, english):
    main = english().get(address(comment)).content.decode().split("<main")[1]
    assert main.count('href="tel:112"') >= 2
    assert '<p class="fk-stop__call"><a href="tel:112">' in main.split("<form")[1].split("</form")[0]


# -- What may not be seen or sent -------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["hidden", "waits again", "withdrawn"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_comment_that_is_gone_is_not_shown_and_the_text_is_kept(comment, moderator, english, state: str, method: str):
    if state == "hidden":
        moderation.hide(comment, by=moderator, reason=Reason.INSULT)
    else:
        state = {"waits again": "waiting", "withdrawn": "withdrawn"}[state]
        Comment.objects.filter(pk=comment.pk).update(state=state, withdrawn_at=comment.created_at)
    client = english()
    response = getattr(client, method)(address(comment), STRANGER if method == "post" else {})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Nobody can read this comment any more, so there is no need to report it." in page
    assert "Tajny tekst" not in page
    assert comment.author_name not in page
    assert "Send the report" not in page
    if method == "post":
        assert area(page) == STRANGER["text"]
    assert not Report.objects.exists()


@pytest.mark.parametrize("what", ["waiting", "refused", "draft", "none"])
def test_what_nobody_has_seen_is_not_found(topic, comment, moderator, english, what: str):
    if what in {"waiting", "refused"}:
        comment = factories.make_comment(topic)
    if what == "refused":
        moderation.hide(comment, by=moderator, reason=Reason.INSULT)
    elif what == "draft":
        Topic.objects.filter(pk=topic.pk).update(state="draft")
    elif what == "none":
        comment.pk = 10**6
    for person in (None, comment.author, moderator):
        client = english(person)
        assert client.get(address(comment)).status_code == 404
        assert client.post(address(comment), STRANGER).status_code == 404
        assert client.get(f"{address(comment)}przyjete/").status_code == 404
    assert not Report.objects.exists()


def test_wrong_method_other_site_and_former_address(comment, english):
    client = english()
    assert client.put(address(comment)).status_code == 405
    assert client.post(f"{address(comment)}przyjete/").status_code == 405
    moved = client.get(f"/tematy/inny-adres/k/{comment.pk}/zglos/")
    assert (moved.status_code, moved.headers["Location"]) == (301, address(comment))
    guarded = Client(enforce_csrf_checks=True)
    assert guarded.post(address(comment), STRANGER).status_code == 403
    assert not Report.objects.exists()


# -- Bad input ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"why": ""}, "id_why_0", "Choose what is wrong with the comment."),
        ({"why": "krytyka"}, "id_why_0", "Choose what is wrong with the comment."),
        ({"why": "unlawful", "text": " "}, "id_text", "Write which law the comment breaks, and how."),
        ({"text": "a" * 1001}, "id_text", "Shorten the text: at most 1000 characters."),
        ({"text": "raz\x00dwa"}, "id_text", "We removed a broken character."),
        ({"name": ""}, "id_name", "Write your name."),
        ({"name": "a" * 121}, "id_name", "Shorten the name: at most 120 characters."),
        ({"email": ""}, "id_email", "Write your e-mail address"),
        ({"email": "gosc@"}, "id_email", "Write the whole e-mail address"),
        ({"good_faith": ""}, "id_good_faith", "Tick that what you write is true"),
    ],
)
def test_wrong_field_is_explained_and_the_rest_is_kept(comment, english, typed: dict, field: str, sentence: str):
    response = english().post(address(comment), {**STRANGER, **typed})
    page = response.content.decode()
    assert response.status_code == 422
    assert "<title>Error: Report a comment" in page
    assert re.search(r'class="fk-errors" role="alert"[^>]* tabindex="-1"', page)
    assert f'<a href="#{field}">{sentence}' in page
    assert f'id="{field}"' in page
    assert area(page) == {**STRANGER, **typed}["text"].replace("\x00", "")
    assert "\x00" not in page
    assert not Report.objects.exists()


def test_everything_that_is_missing_is_said_at_once(comment, english):
    page = english().post(address(comment), {}).content.decode()
    for field in ("why_0", "name", "email", "good_faith"):
        assert f'<a href="#id_{field}">' in page


def test_abuse_of_a_child_is_reported_without_a_name(comment, english):
    response = english().post(address(comment), {"why": "child", "good_faith": "on"}, follow=True)
    assert response.status_code == 200
    assert Report.objects.get().email == ""
    assert not Letter.objects.exists()


def test_program_that_fills_everything_in_reports_nothing(comment, english):
    response = english().post(address(comment), {**STRANGER, "subject": "Tanie opony"})
    assert response.status_code == 422
    assert area(response.content.decode()) == STRANGER["text"]
    assert not Report.objects.exists()


def test_too_many_reports_are_told_when_to_come_back(topic, english):
    client = english()
    for number in range(5):
        sent = {**STRANGER, "email": f"gosc{number}@poczta.example"}
        assert client.post(address(factories.make_published(topic)), sent).status_code == 302
    response = client.post(address(factories.make_published(topic)), {**STRANGER, "email": "nowy@poczta.example"})
    page = response.content.decode()
    assert response.status_code == 429
    assert "Too many tries. Try again" in page
    assert area(page) == STRANGER["text"]
    assert Report.objects.count() == 5


def test_script_in_a_report_is_text(comment, english):
    page = (
        english().post(address(comment), {**STRANGER, "text": "<script>alert(1)</script>", "why": ""}).content.decode()
    )
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_pages_cost_few_queries_for_a_stranger(comment, english, django_assert_num_queries):
    client, url = english(), address(comment)
    with django_assert_num_queries(1):
        client.get(url)
    with django_assert_num_queries(1):
        client.get(f"{url}przyjete/?pilne=1")


def test_official_who_withholds_the_name_since_is_shown_by_post(topic, official, english):
    comment = factories.make_published(topic, author_name="asp. szt. Marta Wolska", voice="Kierownik, Komenda")
    Comment.objects.filter(pk=comment.pk).update(appointment=official.appointment)
    person = official.appointment.official
    person.name_withheld = True
    person.save()
    page = english().get(address(comment)).content.decode()
    assert "Marta Wolska" not in page
    assert official.appointment.post in page


@pytest.mark.parametrize("part", ["\u0327\u0301", "a\u0315\u0300", "\u200b", "a\n", "ﷺ"])
def test_megabyte_from_a_stranger_takes_no_time(comment, client, part: str):
    """A million marks on one letter would keep a process for hours: they are cut before they are put in order."""
    form = {"why": "insult", "name": "Anna", "email": "a@poczta.example", "good_faith": "on"}
    began = time.process_time()
    answer = client.post(address(comment), {**form, "text": part * (1_000_000 // len(part))})
    assert answer.status_code in {302, 422}
    assert time.process_time() - began < 5
    assert not Report.objects.exclude(text="").exists() or len(Report.objects.get().text) <= 1000


def test_towers_are_cut_before_they_are_put_in_order():
    began = time.process_time()
    assert len(tidy_plain("a" + "\u0327\u0301" * 50_000)) < 10
    assert time.process_time() - began < 1

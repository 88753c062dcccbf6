"""Sending a comment or a reply by the forms."""

import datetime
import html
import re
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from participants.models import Resident
from tests import factories
from tests.topics.parallel import at_once
from topics import moderation
from topics.models import TEXT_LIMIT, Comment, Reason, Topic

TEXT = "Wieczorem przydałby się patrol."


@pytest.fixture
def trusted(topic) -> Resident:
    author = factories.make_resident("Zofia")
    elsewhere = factories.make_topic("Gdzie indziej")
    for _ in range(2):
        factories.make_published(elsewhere, author=author)
    return author


def address(topic: Topic, parent: Comment | None = None) -> str:
    url = f"{topic.get_absolute_url()}komentarz/"
    return f"{url}{parent.pk}/odpowiedz/" if parent else url


def send(client: Client, url: str, text: str = TEXT, **fields: str):
    return client.post(url, {"text": text, "submission": str(uuid.uuid4()), "danger": "no", **fields})


def typed_in(page: str) -> str:
    """What stands in the field of the form; HTML drops one line break after the tag."""
    return html.unescape(re.search(r'<textarea name="text"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL).group(1))


# -- It works ----------------------------------------------------------------------------------------------


def test_first_comment_waits_and_its_author_is_thanked(topic, resident, english):
    client = english(resident)
    response = send(client, address(topic))
    comment = Comment.objects.get()
    assert (comment.state, comment.text, comment.author) == ("waiting", TEXT, resident)
    assert (response.status_code, response.headers["Location"]) == (302, f"{topic.get_absolute_url()}#k-{comment.pk}")
    page = client.get(topic.get_absolute_url()).content.decode()
    assert "Thank you. A moderator will read the comment and we will let you know by e-mail." in page
    assert TEXT in page
    assert TEXT not in english(None).get(topic.get_absolute_url()).content.decode()


def test_trusted_comment_is_on_the_forum_at_once(topic, trusted, english):
    client = english(trusted)
    response = send(client, address(topic))
    assert "Your comment is on the forum now." in client.get(response.headers["Location"]).content.decode()
    assert TEXT in english(None).get(topic.get_absolute_url()).content.decode()


def test_reply_stands_under_its_comment(topic, trusted, english):
    parent = factories.make_published(topic)
    response = send(english(trusted), address(topic, parent))
    reply = Comment.objects.get(parent=parent)
    assert response.headers["Location"] == f"{topic.get_absolute_url()}#k-{reply.pk}"
    assert (reply.state, reply.position) == ("published", 1)


def test_fourth_reply_leads_to_the_page_of_all_replies(topic, trusted, english):
    parent = factories.make_published(topic)
    for _ in range(3):
        factories.make_published(topic, parent=parent)
    response = send(english(trusted), address(topic, parent))
    reply = Comment.objects.get(parent=parent, position=4)
    assert response.headers["Location"] == f"{topic.get_absolute_url()}watek/{parent.pk}/#k-{reply.pk}"


def test_reply_form_works_without_the_topic_page(topic, trusted, english):
    parent = factories.make_published(topic, "Co zimą?")
    client = english(trusted)
    page = client.get(address(topic, parent)).content.decode()
    assert "Co zimą?" in page
    name = re.search(r'name="submission" value="([^"]+)"', page).group(1)
    client.post(address(topic, parent), {"text": TEXT, "submission": name, "danger": "no"})
    assert Comment.objects.get(parent=parent).text == TEXT


# -- Who may not ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["closed", "archived", "over"])
def test_closed_talk_refuses_and_gives_the_text_back(resident, english, state: str):
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    topic = factories.make_topic(**({"closes_on": yesterday} if state == "over" else {"state": state}))
    response = send(english(resident), address(topic))
    page = response.content.decode()
    assert response.status_code == 409
    assert "The talk is closed. You can still read everything, but not add to it." in page
    assert typed_in(page) == TEXT
    assert "It cannot be sent. Copy the text if you want to keep it." in page
    assert not Comment.objects.exists()


@pytest.mark.parametrize("persona", ["suspended", "unconfirmed"])
def test_author_who_may_not_write_is_told_why(topic, english, persona: str):
    later = timezone.now() + datetime.timedelta(hours=1)
    reader = factories.make_resident(
        confirmed=persona == "suspended", suspended_until={"suspended": later}.get(persona)
    )
    response = send(english(reader), address(topic))
    told = {"suspended": "Your account cannot write for some time.", "unconfirmed": "Confirm your e-mail address first"}
    assert response.status_code == 422
    assert told[persona] in response.content.decode()
    assert typed_in(response.content.decode()) == TEXT
    assert not Comment.objects.exists()


@pytest.mark.parametrize("persona", ["resident", "editor", "moderator", "official"])
def test_draft_takes_nothing_and_does_not_exist(english, resident, editor, moderator, official, persona: str):
    draft = factories.make_topic(state="draft")
    reader = {"resident": resident, "editor": editor, "moderator": moderator, "official": official}[persona]
    assert send(english(reader), address(draft)).status_code == 404
    assert not Comment.objects.exists()


def test_official_answers_in_a_closed_talk(official, english):
    topic = factories.make_topic(state="closed")
    assert send(english(official), address(topic)).status_code == 302
    assert Comment.objects.get().is_official


def test_wrong_method_and_missing_objects(topic, resident, english):
    client = english(resident)
    assert client.put(address(topic)).status_code == 405
    assert client.get("/tematy/nie-ma/komentarz/").status_code == 404
    assert send(client, "/tematy/nie-ma/komentarz/").status_code == 404
    for pk in (0, 10**6, 2**63, 10**25):
        url = f"{address(topic)}{pk}/odpowiedz/"
        assert client.get(url).status_code == 404
        assert send(client, url).status_code == 404
    parent = factories.make_published(topic)
    assert client.put(address(topic, parent)).status_code == 405


def test_reply_to_a_reply_or_to_what_waits_has_no_form(topic, resident, english):
    reply = factories.make_published(topic, parent=factories.make_published(topic))
    waiting = factories.make_comment(topic)
    for comment in (reply, waiting):
        assert english(resident).get(address(topic, comment)).status_code == 404


def test_reply_to_a_comment_hidden_meanwhile_gives_the_text_back(topic, resident, moderator, english):
    parent = factories.make_published(topic, "Zły tekst")
    moderation.hide(parent, by=moderator, reason=Reason.INSULT)
    response = send(english(resident), address(topic, parent))
    page = response.content.decode()
    assert response.status_code == 422
    assert "The comment that you answer is not here any more." in page
    assert typed_in(page) == TEXT
    assert "Zły tekst" not in page


# -- Bad input ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "sentence", "kept"),
    [
        ("", "Write your comment.", ""),
        (" \n\t ", "Write your comment.", " "),
        ("\u200b\u202e", "Write your comment.", "\u200b\u202e"),
        ("raz\x00dwa", "We removed a broken character. Check the text and send it once more.", "razdwa"),
        ("a" * (TEXT_LIMIT + 37), "Shorten the comment by 37 characters. At most 2000 characters.", None),
        ("<b>" * TEXT_LIMIT, "Shorten the comment by 4000 characters.", None),
        ("x" * 1_000_000, "Shorten the comment by 998000 characters.", None),
    ],
)
def test_wrong_text_is_explained_and_kept(topic, resident, english, typed: str, sentence: str, kept: str | None):
    response = send(english(resident), address(topic), typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert "<title>Error: Write a comment – Patrole rowerowe" in page
    assert re.search(r'class="fk-errors" role="alert"[^>]* tabindex="-1"', page)
    assert f'<a href="#id_text">{sentence}' in page
    assert 'aria-invalid="true"' in page
    assert typed_in(page) == (typed if kept is None else kept)
    assert "\x00" not in page
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("\u202eodwrotnie\u202c", "odwrotnie"),
        ("nie\u200bwidać\ufeff", "niewidać"),
        ("😀👨‍👩‍👧 𝕏", "😀👨‍👩‍👧 𝕏"),
        ("a\tb", "a b"),
        ("\u0000".join(["ok"]), "ok"),
        ("Я живу тут", "Я живу тут"),
    ],
)
def test_unusual_characters_are_taken_as_they_are_meant(topic, resident, english, typed: str, stored: str):
    assert send(english(resident), address(topic), typed).status_code == 302
    assert Comment.objects.get().text == stored


@pytest.mark.parametrize("name", ["", "x", "\x00", "1" * 5000])
def test_broken_name_of_the_form_loses_nothing(topic, resident, english, name: str):
    assert send(english(resident), address(topic), submission=name).status_code == 302
    assert Comment.objects.get().text == TEXT


def test_missing_fields_and_a_malformed_body_are_no_error_of_ours(topic, resident, english):
    client = english(resident)
    assert client.post(address(topic), {}).status_code == 422
    broken = client.post(address(topic), b"--x\r\nContent-Disp", content_type="multipart/form-data; boundary=x")
    assert broken.status_code in {400, 422}
    assert not Comment.objects.exists()


def test_form_shown_after_an_error_can_be_sent(topic, resident, english):
    client, name = english(resident), str(uuid.uuid4())
    page = client.post(address(topic), {"text": "", "submission": name, "danger": "no"}).content.decode()
    again = re.search(r'name="submission" value="([^"]+)"', page).group(1)
    assert again != name
    assert client.post(address(topic), {"text": TEXT, "submission": again, "danger": "no"}).status_code == 302


def test_script_in_a_comment_is_text(topic, trusted, english):
    client = english(trusted)
    response = send(client, address(topic), "<script>alert(1)</script> <img src=x onerror=alert(1)>")
    page = client.get(response.headers["Location"]).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_address_of_the_topic_changed_while_somebody_wrote(topic, resident, english):
    before = address(topic)
    topic.slug = "nowy-adres"
    topic.save()
    response = send(english(resident), before)
    assert response.headers["Location"].startswith("/tematy/nowy-adres/#k-")
    assert Comment.objects.get().topic == topic


# -- Once ----------------------------------------------------------------------------------------------------------


def test_sending_again_makes_one_comment(topic, trusted, english):
    client, name = english(trusted), str(uuid.uuid4())
    first, second = (send(client, address(topic), submission=name) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert topic.comments.count() == 1


def test_sending_again_what_was_refused_meanwhile_says_so(topic, resident, moderator, english):
    client, name = english(resident), str(uuid.uuid4())
    send(client, address(topic), submission=name)
    moderation.hide(Comment.objects.get(), by=moderator, reason=Reason.ADVERT)
    response = send(client, address(topic), submission=name)
    assert response.headers["Location"] == topic.get_absolute_url()
    page = client.get(topic.get_absolute_url()).content.decode()
    assert "A moderator has read this comment already. The decision is in your e-mail." in page


def test_going_back_and_answering_two_comments_of_one_page_loses_nothing(topic, trusted, english):
    one, two = factories.make_published(topic), factories.make_published(topic)
    client, name = english(trusted), str(uuid.uuid4())
    for parent in (one, two):
        assert send(client, address(topic, parent), submission=name).status_code == 302
    assert [parent.replies.count() for parent in (one, two)] == [1, 1]


def test_going_back_and_writing_something_else_asks_once_more(topic, trusted, english):
    client, name = english(trusted), str(uuid.uuid4())
    send(client, address(topic), submission=name)
    response = send(client, address(topic), "Zupełnie co innego", submission=name)
    page = response.content.decode()
    assert response.status_code == 422
    assert typed_in(page) == "Zupełnie co innego"
    again = re.search(r'name="submission" value="([^"]+)"', page).group(1)
    assert send(client, address(topic), "Zupełnie co innego", submission=again).status_code == 302
    assert topic.comments.count() == 2


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_double_click_at_one_moment_makes_one_comment(topic, trusted, as_user):
    clients, name = [as_user(trusted) for _ in range(3)], str(uuid.uuid4())
    answers = at_once(*[lambda c=c: send(c, address(topic), submission=name) for c in clients])
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert topic.comments.count() == 1


# -- Nobody signed in ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["comment", "reply"])
def test_session_ended_while_writing_and_the_text_is_back_after_signing_in(topic, resident, english, where: str):
    parent = factories.make_published(topic) if where == "reply" else None
    client = english(resident)
    client.session.flush()
    response = send(client, address(topic, parent), "Długo pisany tekst")
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/konto/zaloguj/?next=")
    page = client.get(response.headers["Location"]).content.decode()
    assert "Sign in to send the comment. We have kept your text." in page

    before = client.session.session_key
    answer = client.post(response.headers["Location"], {"login": resident.email, "password": factories.PASSWORD})
    form = address(topic, parent)
    assert (answer.status_code, answer.headers["Location"]) == (302, form)
    assert client.session.session_key != before
    page = client.get(form).content.decode()
    assert typed_in(page) == "Długo pisany tekst"

    name = re.findall(r'name="submission"[^>]* value="([^"]+)"', page)[-1]
    client.post(address(topic, parent), {"text": typed_in(page), "submission": name, "danger": "no"})
    assert Comment.objects.get(author=resident).text == "Długo pisany tekst"
    assert "Długo pisany tekst" not in typed_in(client.get(form).content.decode())


@pytest.mark.parametrize("where", ["comment", "reply"])
def test_stranger_is_sent_to_sign_in_before_writing(topic, english, where: str):
    parent = factories.make_published(topic) if where == "reply" else None
    response = english(None).get(address(topic, parent))
    assert response.headers["Location"] == f"/konto/zaloguj/?next={address(topic, parent)}"


@pytest.mark.parametrize("state", ["open", "closed", "draft"])
def test_the_form_is_there_while_the_talk_takes_comments(english, resident, state: str):
    topic = factories.make_topic(state=state)
    answer = english(resident).get(address(topic))
    assert answer.status_code == (404 if state == "draft" else 200)
    assert ('name="text"' in answer.content.decode()) == (state == "open")


def test_kept_texts_are_few_and_short(topic, english):
    client = english(None)
    for _ in range(5):
        send(client, address(factories.make_topic()), "ż" * 100_000)
    drafts = client.session["drafts"]
    assert [len(text) for text in drafts.values()] == [2 * TEXT_LIMIT] * 3


def test_kept_text_belongs_to_one_topic_and_to_one_browser(topic, resident, neighbour, english):
    client = english(None)
    send(client, address(topic), "Mój szkic\x00")
    client.force_login(resident)
    assert typed_in(client.get(address(topic)).content.decode()) == "Mój szkic"
    assert typed_in(client.get(address(factories.make_topic())).content.decode()) == ""
    assert "Mój szkic" not in english(neighbour).get(address(topic)).content.decode()
    client.post("/konto/wyloguj/")
    client.force_login(neighbour)
    assert typed_in(client.get(address(topic)).content.decode()) == ""


def test_forms_are_protected_from_other_sites(topic, resident):
    client = Client(enforce_csrf_checks=True)
    client.force_login(resident)
    response = send(client, address(topic), "Dwa słowa")
    assert response.status_code == 403
    assert "Dwa słowa" in response.content.decode()
    assert not Comment.objects.exists()


def test_posting_costs_the_same_in_a_talk_of_any_size(topic, trusted, as_user, django_assert_num_queries):
    client = as_user(trusted)
    for size in (1, 30):
        for _ in range(size):
            factories.make_published(topic)
        # session, account, the topic, then the rule: see test_discussion
        with django_assert_num_queries(15):  # three of them carry the notice to the next page
            send(client, address(topic), f"Jest {size} komentarzy, a patrolu nadal nie ma.")

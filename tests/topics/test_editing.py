"""Changing one's own comment and adding to it: who, when, what is kept, and what waits again."""

import datetime
import html
import re

import pytest
from django.core.management import call_command
from django.utils import timezone

from participants.limits import LimitReached
from participants.models import Resident
from tests import factories
from tests.topics.parallel import at_once
from topics import moderation
from topics.editing import FREELY, LIMIT, ChangedMeanwhile, NotChangeable, OnlyAddition, add_to, edit, withdraw
from topics.models import HANDED_OVER, TEXT_LIMIT, WHOLE_LIMIT, Case, Comment, Reason, Report, Topic, WatchedWord
from topics.models.comment import fingerprint
from topics.refusals import CommentRefused, DataFound, TalkClosed
from topics.reports import report

WRITTEN = datetime.datetime(2017, 5, 29, 14, 5, tzinfo=datetime.UTC)
SOON = WRITTEN + FREELY
LATER = SOON + datetime.timedelta(seconds=1)
OLD, NEW = "Wieczorem przydałby się patrol.", "Rano przydałby się patrol."
LINKED = "Zobaczcie www.zle.example"


@pytest.fixture
def author(topic) -> Resident:
    """Somebody whose comments are published at once."""
    person = factories.make_resident("Zofia")
    elsewhere = factories.make_topic("Gdzie indziej")
    for _ in range(2):
        factories.make_published(elsewhere, author=person)
    return person


@pytest.fixture
def comment(topic, author) -> Comment:
    return factories.make_published(topic, OLD, author=author, created_at=WRITTEN)


def stored(comment: Comment) -> Comment:
    return Comment.objects.select_related("topic").get(pk=comment.pk)


# -- Freely, and with a trace ------------------------------------------------------------------------------------


def test_within_fifteen_minutes_no_trace_is_left(comment, author):
    edit(comment, by=author, text=f"  {NEW}\r\n", now=SOON)
    now = stored(comment)
    assert (now.text, now.html, now.revision) == (NEW, f"<p>{NEW}</p>", 1)
    assert (now.edited_at, now.versions.count(), now.state) == (None, 0, "published")


def test_later_the_former_text_is_kept(comment, author):
    edit(comment, by=author, text=NEW, now=LATER)
    edit(comment, by=author, text="Zawsze.", now=LATER + datetime.timedelta(days=1))
    now = stored(comment)
    kept = list(now.versions.in_order().values_list("number", "text", "was_public", "written_at", "replaced_at"))
    tomorrow = LATER + datetime.timedelta(days=1)
    assert kept == [(1, OLD, True, WRITTEN, LATER), (2, NEW, True, LATER, tomorrow)]
    assert (now.text, now.edited_at, now.revision) == ("Zawsze.", tomorrow, 2)


def test_same_text_again_changes_nothing(comment, author):
    for _ in range(2):
        edit(comment, by=author, text=NEW, seen_revision=0, now=LATER)
    assert (stored(comment).revision, comment.versions.count()) == (1, 1)


def test_what_somebody_has_reported_leaves_a_trace_at_once(comment, author):
    Case.objects.create(comment=comment, kind=Case.Kind.REPORTED, opened_at=WRITTEN)
    edit(comment, by=author, text=NEW, now=SOON)
    assert comment.versions.get().text == OLD


def test_what_a_moderator_let_stand_is_not_exchanged_without_a_trace(comment, author, neighbour, moderator):
    """Else reports would never again set aside what nobody has judged."""
    report(comment, why=Report.Why.INSULT, resident=neighbour, language="pl", now=WRITTEN)
    moderation.keep(comment, by=moderator, now=WRITTEN)
    edit(comment, by=author, text=NEW, now=SOON)
    assert (stored(comment).edited_at, comment.versions.get().text) == (SOON, OLD)
    moderation.set_aside(comment, reason=Reason.INSULT, now=SOON)
    assert stored(comment).state == Comment.State.WAITING


@pytest.mark.parametrize("text", ["", "   \n", "a" * (TEXT_LIMIT + 1)])
def test_text_that_could_not_be_written_cannot_be_put_in(comment, author, text: str):
    with pytest.raises(CommentRefused):
        edit(comment, by=author, text=text, now=SOON)
    assert stored(comment).text == OLD


def test_thirty_changes_an_hour(comment, author):
    for n in range(LIMIT.times):
        edit(comment, by=author, text=f"Tekst {n}.", now=SOON)
    with pytest.raises(LimitReached):
        edit(comment, by=author, text=NEW, now=SOON)


# -- Who, and in which state -----------------------------------------------------------------------------------

STATES = [
    "waiting",
    "published",
    "waiting again",
    "answered",
    "set aside",
    "hidden",
    "refused",
    "handed over",
    "withdrawn",
]


def comment_in(state: str, topic: Topic, author: Resident, moderator: Resident) -> Comment:
    make = factories.make_comment if state in {"waiting", "refused"} else factories.make_published
    comment = make(topic, OLD, author=author, created_at=WRITTEN)
    if state == "answered":
        factories.make_published(topic, parent=comment)
    if state in {"hidden", "refused"}:
        moderation.hide(comment, by=moderator, reason=Reason.THREAT)
    changes = {
        "waiting again": {"state": "waiting", "hold": Comment.Hold.LINK},
        "set aside": {"state": "waiting", "hold": Comment.Hold.REPORTS},
        "handed over": {"state": "hidden", "hidden_at": WRITTEN, "hidden_reason": HANDED_OVER},
        "withdrawn": {"state": "withdrawn", "withdrawn_at": WRITTEN},
    }
    if state in changes:
        Comment.objects.filter(pk=comment.pk).update(**changes[state])
    return stored(comment)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("act", [edit, add_to])
def test_state_decides_what_can_be_changed(topic, author, moderator, act, state: str):
    comment = comment_in(state, topic, author, moderator)
    fits = state in {"waiting", "published", "waiting again"} or (state == "answered" and act is add_to)
    if fits:
        act(comment, by=author, text=NEW, now=SOON)
        assert NEW in stored(comment).text
    else:
        with pytest.raises(OnlyAddition if state == "answered" else NotChangeable):
            act(comment, by=author, text=NEW, now=SOON)
        assert stored(comment).text == OLD
    assert stored(comment).state == comment.state


@pytest.mark.parametrize(
    "persona", ["neighbour", "moderator", "editor", "official", "suspended author", "closed account", "unconfirmed"]
)
@pytest.mark.parametrize("act", [edit, add_to])
def test_only_the_author_changes_a_comment(comment, author, neighbour, moderator, editor, official, act, persona: str):
    people = {"neighbour": neighbour, "moderator": moderator, "editor": editor, "official": official}
    if persona == "suspended author":
        author.suspended_until = SOON + datetime.timedelta(hours=1)
    if persona == "closed account":
        author.is_active = False
    if persona == "unconfirmed":
        author.emailaddress_set.update(verified=False)
    with pytest.raises(CommentRefused):
        act(comment, by=people.get(persona, author), text=NEW, now=SOON)
    assert stored(comment).text == OLD


@pytest.mark.parametrize("persona", ["resident", "official"])
@pytest.mark.parametrize("state", ["over", "closed", "archived"])
@pytest.mark.parametrize("act", [edit, add_to])
def test_closed_talk_stays_as_it_is(topic, comment, official, act, state: str, persona: str):
    if persona == "official":
        comment = official_comment(topic, official)
    ended = {"state": "open", "closes_on": datetime.date(2017, 5, 28)}
    changes = ended if state == "over" else {"state": state, "closed_at": WRITTEN}
    Topic.objects.filter(pk=topic.pk).update(**changes)
    with pytest.raises(TalkClosed):
        act(comment, by=comment.author, text=NEW, now=SOON)
    assert stored(comment).text == OLD


def official_comment(topic: Topic, official: Resident) -> Comment:
    voice = {"voice": "Kierownik, KMP", "appointment": official.appointment}
    return factories.make_published(topic, OLD, author=official, created_at=WRITTEN, **voice)


def test_official_corrects_while_holding_the_post_and_is_not_held(topic, official):
    comment = official_comment(topic, official)
    edit(comment, by=official, text=LINKED, now=LATER)
    assert (stored(comment).state, comment.versions.count()) == ("published", 1)
    official.appointment.ends = datetime.date(2017, 5, 28)
    official.appointment.save()
    for act in (edit, add_to):
        with pytest.raises(NotChangeable):
            act(comment, by=official, text=NEW, now=LATER)
    with pytest.raises(NotChangeable):
        withdraw(comment, by=official, now=LATER)
    assert stored(comment).text == LINKED


# -- Rules of holding ------------------------------------------------------------------------------------------


def test_new_text_that_a_rule_holds_leaves_the_page_and_keeps_its_place(topic, comment, author, as_user, moderator):
    Topic.objects.filter(pk=topic.pk).update(pinned=comment)
    after = factories.make_published(topic, "Po nim.")
    edit(comment, by=author, text=LINKED, now=SOON)
    now = stored(comment)
    assert (now.state, now.hold, now.position) == ("waiting", "link", 1)
    assert (now.topic.comment_count, now.topic.thread_count, now.topic.pinned) == (1, 2, None)
    assert Case.objects.open().get(comment=comment).kind == Case.Kind.HELD
    page = as_user(None).get(topic.get_absolute_url()).content.decode()
    assert "zle.example" not in page
    assert OLD not in page
    assert page.index(f'id="k-{comment.pk}"') < page.index(f'id="k-{after.pk}"')
    moderation.publish(now, by=moderator)
    assert stored(comment).position == 1
    call_command("recount", "--dry-run")


def test_waiting_comment_still_waits_whatever_its_new_text(topic, author):
    comment = factories.make_comment(topic, LINKED, author=author, created_at=WRITTEN, hold=Comment.Hold.LINK)
    edit(comment, by=author, text=NEW, now=LATER)
    now = stored(comment)
    assert (now.state, now.hold, now.text, now.edited_at) == ("waiting", "link", NEW, None)
    assert not now.versions.get().was_public


def test_text_that_was_never_public_is_not_shown_as_a_former_one(topic, comment, author, moderator):
    edit(comment, by=author, text=LINKED, now=LATER)
    edit(comment, by=author, text=NEW, now=LATER)
    moderation.publish(stored(comment), by=moderator)
    assert list(comment.versions.public().values_list("text", flat=True)) == [OLD]
    assert list(comment.versions.values_list("text", flat=True)) == [OLD, LINKED]


DATA = "Zadzwońcie: 600 100 200"


@pytest.mark.parametrize("act", [edit, add_to])
def test_data_of_somebody_is_pointed_out_and_sent_on_only_to_a_moderator(comment, author, act):
    with pytest.raises(DataFound) as refusal:
        act(comment, by=author, text=DATA, now=SOON)
    hint = refusal.value.hints[0]
    assert refusal.value.text[hint.start : hint.end] == "600 100 200"
    assert stored(comment).text == OLD
    act(comment, by=author, text=DATA, insists=True, now=SOON)
    assert (stored(comment).state, stored(comment).hold) == ("waiting", "phone")


def test_fingerprint_follows_the_text_and_the_comment_does_not_repeat_itself(comment, author):
    edit(comment, by=author, text=NEW.upper(), now=SOON)
    assert stored(comment).digest == fingerprint(NEW) != ""
    edit(comment, by=author, text=NEW, now=SOON)
    assert stored(comment).state == "published"


def test_word_that_the_office_refuses_cannot_be_put_in(comment, author):
    WatchedWord.objects.create(word="cholera", act=WatchedWord.Act.REFUSE)
    with pytest.raises(CommentRefused):
        edit(comment, by=author, text="A niech to cholera", now=SOON)
    assert stored(comment).text == OLD


def test_newcomer_who_changes_a_published_comment_is_read_again(topic, resident):
    comment = factories.make_published(topic, OLD, author=resident, created_at=WRITTEN)
    edit(comment, by=resident, text=NEW, now=SOON)
    assert (stored(comment).state, stored(comment).hold) == ("waiting", "first")


# -- Additions -------------------------------------------------------------------------------------------------


def test_answered_comment_is_added_to_with_a_date(topic, comment, author):
    factories.make_published(topic, parent=comment)
    moment = datetime.datetime(2017, 5, 29, 15, 5, tzinfo=datetime.UTC)
    for _ in range(2):
        add_to(comment, by=author, text="Już <b>są</b>.", seen_revision=0, now=moment)
    now = stored(comment)
    assert now.text == f"{OLD}\n\nDopisano 29 maja 2017\xa0r., godz.\xa017:05:\nJuż <b>są</b>."
    assert "Już &lt;b&gt;są&lt;/b&gt;." in now.html
    assert (now.revision, now.versions.get().text) == (1, OLD)


def test_addition_is_dated_in_polish_whatever_its_author_reads(comment, author, as_user):
    client = as_user(author)
    client.cookies["jezyk"] = "uk"
    client.post(f"{comment.get_absolute_url()}dopisz/", {"text": NEW, "revision": 0})
    assert "\n\nDopisano " in stored(comment).text


def test_whole_comment_has_an_end(topic, comment, author):
    add_to(comment, by=author, text="a" * TEXT_LIMIT, now=SOON)
    with pytest.raises(CommentRefused):
        add_to(comment, by=author, text="b" * TEXT_LIMIT, now=SOON)
    room = WHOLE_LIMIT - len(stored(comment).text)
    add_to(comment, by=author, text="b" * (room - 50), now=SOON)
    assert len(stored(comment).text) <= WHOLE_LIMIT
    with pytest.raises(NotChangeable):
        add_to(comment, by=author, text="ccc", now=SOON)


def test_addition_that_a_rule_holds_takes_the_comment_from_view(topic, comment, author):
    factories.make_published(topic, parent=comment)
    add_to(comment, by=author, text=LINKED, now=SOON)
    assert (stored(comment).state, stored(comment).topic.comment_count) == ("waiting", 1)


# -- Two at once -----------------------------------------------------------------------------------------------


def test_second_window_is_told_that_the_text_has_changed(comment, author):
    edit(comment, by=author, text=NEW, seen_revision=0, now=SOON)
    for act in (edit, add_to):
        with pytest.raises(ChangedMeanwhile):
            act(comment, by=author, text="Coś innego.", seen_revision=0, now=SOON)
    assert stored(comment).text == NEW


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_moderator_and_author_at_one_moment(topic, author, moderator):
    """Whoever comes second meets what the first has done; the counts are right in either case."""
    comments = [factories.make_published(topic, OLD, author=author) for _ in range(4)]
    acts = [lambda c=c: edit(c, by=author, text=LINKED) for c in comments]
    acts += [lambda c=c: moderation.hide(c, by=moderator, reason=Reason.ADVERT) for c in comments[:2]]
    acts += [lambda c=c: withdraw(c, by=author) for c in comments[2:]]
    at_once(*acts)
    states = [stored(c).state for c in comments]
    assert states[:2] == ["hidden", "hidden"]
    assert states[2:] == ["withdrawn", "withdrawn"]
    assert stored(comments[0]).topic.comment_count == 0


# -- The pages -------------------------------------------------------------------------------------------------


def typed_in(page: str) -> str:
    return html.unescape(re.search(r'<textarea name="text"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL).group(1))


def revision_in(page: str) -> str:
    return re.search(r'name="revision" value="(\d+)"', page).group(1)


def test_author_corrects_by_the_form_and_comes_back(comment, author, english):
    client, url = english(author), f"{comment.get_absolute_url()}popraw/"
    page = client.get(url).content.decode()
    assert typed_in(page) == OLD
    assert page.count("<h1") == 1
    response = client.post(url, {"text": NEW, "revision": revision_in(page)})
    assert response.headers["Location"] == f"{comment.topic.get_absolute_url()}#k-{comment.pk}"
    page = client.get(response.headers["Location"]).content.decode()
    assert "Your comment is changed." in page
    assert NEW in page
    assert f'href="/tematy/{comment.topic.slug}/k/{comment.pk}/wersje/"' in page


def test_author_is_told_that_the_new_text_waits(comment, author, english):
    client = english(author)
    response = client.post(f"{comment.get_absolute_url()}popraw/", {"text": LINKED, "revision": 0})
    page = client.get(response.headers["Location"]).content.decode()
    assert "A moderator reads it before others see it again." in page
    assert "www.zle.example" in page


def test_stale_form_answers_409_keeps_the_text_and_can_be_sent_again(comment, author, english):
    client, url = english(author), f"{comment.get_absolute_url()}popraw/"
    edit(comment, by=author, text=NEW)
    response = client.post(url, {"text": "Moje zdanie.", "revision": 0})
    page = response.content.decode()
    assert response.status_code == 409
    assert typed_in(page) == "Moje zdanie."
    assert NEW in page
    assert "<title>Error:" in page
    client.post(url, {"text": "Moje zdanie.", "revision": revision_in(page)})
    assert stored(comment).text == "Moje zdanie."


def test_comment_answered_meanwhile_is_not_changed_but_the_way_to_add_is_shown(topic, comment, author, english):
    client, url = english(author), f"{comment.get_absolute_url()}popraw/"
    factories.make_published(topic, parent=comment)
    response = client.post(url, {"text": "Moje zdanie.", "revision": 0})
    assert response.status_code == 409
    assert typed_in(response.content.decode()) == "Moje zdanie."
    assert f'href="{comment.get_absolute_url()}dopisz/"' in response.content.decode()
    assert client.get(url).headers["Location"] == f"{comment.get_absolute_url()}dopisz/"
    assert stored(comment).text == OLD


def test_wrong_text_answers_422_and_is_kept(comment, author, english):
    response = english(author).post(f"{comment.get_absolute_url()}popraw/", {"text": "a" * 2001, "revision": 0})
    assert response.status_code == 422
    assert typed_in(response.content.decode()) == "a" * 2001
    assert "Shorten the comment by 1 character." in response.content.decode()


def test_data_is_marked_in_the_form_and_sent_on_with_a_tick(comment, author, english):
    client, url = english(author), f"{comment.get_absolute_url()}popraw/"
    assert 'name="insists"' not in client.get(url).content.decode()
    response = client.post(url, {"text": DATA, "revision": 0})
    page = response.content.decode()
    assert response.status_code == 422
    assert "600 100 200</mark>" in page
    assert typed_in(page) == DATA
    client.post(url, {"text": DATA, "revision": revision_in(page), "insists": "on"})
    assert (stored(comment).text, stored(comment).state) == (DATA, "waiting")


def test_too_many_changes_answer_429_with_the_text_kept(comment, author, english):
    now = timezone.now()
    for n in range(LIMIT.times):
        edit(comment, by=author, text=f"Tekst {n}.", now=now)
    response = english(author).post(f"{comment.get_absolute_url()}popraw/", {"text": NEW, "revision": LIMIT.times})
    assert response.status_code == 429
    assert typed_in(response.content.decode()) == NEW


def test_broken_character_and_broken_revision_do_no_harm(comment, author, english):
    url = f"{comment.get_absolute_url()}popraw/"
    response = english(author).post(url, {"text": "Tak\x00 jest.", "revision": "x" * 50})
    assert response.status_code == 422
    assert typed_in(response.content.decode()) == "Tak jest."
    assert stored(comment).text == OLD


@pytest.mark.parametrize("address", ["popraw", "dopisz", "usun"])
def test_text_sent_after_the_session_ended_waits_in_the_form(comment, author, as_user, address: str):
    client, url = as_user(None), f"{comment.get_absolute_url()}{address}/"
    response = client.post(url, {"text": "Długi tekst", "revision": 0})
    assert response.headers["Location"] == f"/konto/zaloguj/?next={url}"
    client.force_login(author)
    page = client.get(url).content.decode()
    assert stored(comment).text == OLD
    if address != "usun":
        assert typed_in(page) == "Długi tekst"


@pytest.mark.parametrize("persona", ["stranger", "neighbour", "moderator", "author"])
@pytest.mark.parametrize("state", ["waiting", "published", "hidden", "refused", "withdrawn", "in a draft"])
@pytest.mark.parametrize("address", ["popraw", "dopisz", "usun"])
def test_pages_of_the_author_are_for_the_author(
    topic, author, neighbour, moderator, as_user, persona: str, state: str, address: str
):
    made = "published" if state == "in a draft" else state
    comment = comment_in(made, topic, author, moderator)
    if state == "in a draft":
        Topic.objects.filter(pk=topic.pk).update(state="draft")
    reader = {"stranger": None, "neighbour": neighbour, "moderator": moderator, "author": author}[persona]
    response = as_user(reader).get(f"{comment.get_absolute_url()}{address}/")
    if persona == "stranger":
        expected = 302  # to sign in, whether there is such a comment or not
    elif state == "in a draft":
        expected = 404
    elif persona == "author":
        expected = 200 if state in {"waiting", "published"} else 409
    else:
        expected = 404 if state in {"waiting", "refused"} else 403
    assert response.status_code == expected
    assert (OLD in response.content.decode()) is (expected == 200)


@pytest.mark.parametrize("address", ["popraw", "dopisz", "usun"])
def test_nothing_is_written_by_opening_a_page(comment, author, as_user, address: str):
    before = Comment.objects.values().get(pk=comment.pk)
    assert as_user(author).get(f"{comment.get_absolute_url()}{address}/").status_code == 200
    assert Comment.objects.values().get(pk=comment.pk) == before
    assert as_user(author).put(f"{comment.get_absolute_url()}{address}/").status_code == 405

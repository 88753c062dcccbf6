"""Who sees which comment: the queryset and its row twin agree, over all states and personas."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone

from participants.models import Resident
from tests import factories
from tests.topics.pages import get
from topics import moderation
from topics.editing import withdraw
from topics.models import HANDED_OVER, Comment, CommentVersion, Reason, Topic

PERSONAS = ["author", "neighbour", "moderator", "editor", "official", "suspended", "anonymous"]
NOTICE_OR_TEXT = {"published", "hidden", "withdrawn", "waiting again", "set aside", "handed over"}


@pytest.fixture
def people(neighbour, moderator, editor, official) -> dict:
    return {
        "author": factories.make_resident("Hanna"),
        "neighbour": neighbour,
        "moderator": moderator,
        "editor": editor,
        "official": official,
        "suspended": factories.make_resident("Adam", suspended_until="2999-01-01T00:00Z"),
        "anonymous": AnonymousUser(),
    }


def every_state(topic: Topic, author: Resident, moderator: Resident) -> dict[str, Comment]:
    comments = {
        "waiting": factories.make_comment(topic, author=author),
        "published": factories.make_published(topic, author=author),
        "hidden": factories.make_published(topic, author=author),
        "refused": factories.make_comment(topic, author=author),
        "withdrawn": factories.make_published(topic, author=author),
        "withdrawn while waiting": factories.make_comment(topic, author=author),
        "waiting again": factories.make_published(topic, author=author),
        "set aside": factories.make_published(topic, author=author),
        "handed over": factories.make_published(topic, author=author),
    }
    for name in ("hidden", "refused"):
        moderation.hide(comments[name], by=moderator, reason=Reason.INSULT)
    for name in ("withdrawn", "withdrawn while waiting"):
        withdraw(comments[name], by=author)
    for name, hold in (("waiting again", Comment.Hold.LINK), ("set aside", Comment.Hold.REPORTS)):
        Comment.objects.filter(pk=comments[name].pk).update(state=Comment.State.WAITING, hold=hold)
    moderation.hide(comments["handed over"], by=moderator, reason=Reason.UNLAWFUL)
    Comment.objects.filter(pk=comments["handed over"].pk).update(hidden_reason=HANDED_OVER)
    return {name: Comment.objects.get(pk=comment.pk) for name, comment in comments.items()}


@pytest.mark.parametrize("topic_state", Topic.State.values)
@pytest.mark.parametrize("persona", PERSONAS)
def test_comment_queryset_and_row_agree(people, persona: str, topic_state: str):
    topic = factories.make_topic(state=topic_state)
    comments = every_state(topic, people["author"], people["moderator"])
    reader = people[persona]
    listed = set(Comment.objects.visible_to(reader).values_list("pk", flat=True))
    seen = {name for name, comment in comments.items() if comment.is_visible_to(reader)}
    assert {name for name, comment in comments.items() if comment.pk in listed} == seen
    if topic_state == Topic.State.DRAFT:
        assert seen == set()
    else:
        assert seen == NOTICE_OR_TEXT | ({"waiting"} if persona == "author" else set())
    public = set(Comment.objects.public().values_list("pk", flat=True))
    assert {name for name, comment in comments.items() if comment.is_public} == {
        name for name, comment in comments.items() if comment.pk in public
    }


@pytest.mark.parametrize("topic_state", Topic.State.values)
@pytest.mark.parametrize("persona", PERSONAS)
def test_topic_queryset_and_row_agree(people, persona: str, topic_state: str):
    topic = factories.make_topic(state=topic_state)
    reader = people[persona]
    expected = topic_state != Topic.State.DRAFT or persona == "editor"
    assert topic.is_visible_to(reader) is expected
    assert Topic.objects.visible_to(reader).filter(pk=topic.pk).exists() is expected
    assert Topic.objects.public().filter(pk=topic.pk).exists() is topic.is_public


# -- What the pages print ----------------------------------------------------------------------------------------

ORDERS = ["", "?kolejnosc=najnowsze", "?kolejnosc=popierane"]
NOTICES = {
    "hidden": "Comment removed by a moderator",
    "handed over": "This comment was passed on to be checked",
    "withdrawn": "The author removed this comment",
    "waiting again": "A moderator is reading this comment once more.",
    "set aside": "A moderator is reading this comment once more.",
}
OF_THE_AUTHOR = {"waiting", "waiting again", "set aside"}


def marked(topic: Topic, author: Resident, moderator: Resident) -> dict[str, Comment]:
    """A comment in each state, whose text, former text, signature and estate say which."""
    comments = every_state(topic, author, moderator)
    for name, comment in comments.items():
        said = {"text": f"Tekst {name}.", "author_name": f"Podpis {name}.", "author_estate": f"Osiedle {name}."}
        Comment.objects.filter(pk=comment.pk).update(html=f"<p>Tekst {name}.</p>", edited_at=timezone.now(), **said)
        stamps = {"written_at": comment.created_at, "replaced_at": comment.created_at}
        CommentVersion.objects.create(comment=comment, number=1, text=f"Dawny {name}.", was_public=True, **stamps)
    return comments


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("persona", PERSONAS)
def test_page_prints_no_text_that_the_reader_may_not_read(people, as_user, persona: str, order: str):
    topic = factories.make_topic()
    comments = marked(topic, people["author"], people["moderator"])
    reader = people[persona]
    page = get(as_user(reader if reader.is_authenticated else None), topic.get_absolute_url() + order)
    read = {"published"} | (OF_THE_AUTHOR if persona == "author" and "popierane" not in order else set())
    for words in ("Tekst", "Podpis", "Osiedle"):
        printed = {name for name in comments if f"{words} {name}." in page}
        assert printed == (read if words != "Osiedle" else {"published"})
    assert "Dawny" not in page
    for name, notice in NOTICES.items():
        shown = "popierane" not in order and not (persona == "author" and name in OF_THE_AUTHOR)
        assert (notice in page.partition(f'id="k-{comments[name].pk}"')[2].partition("</article>")[0]) is shown


@pytest.mark.parametrize("persona", PERSONAS)
def test_only_what_is_published_can_be_supported_or_compared(people, as_user, persona: str):
    topic = factories.make_topic()
    comments = marked(topic, people["author"], people["moderator"])
    reader = people[persona]
    client = as_user(reader if reader.is_authenticated else None)
    compared = {
        name
        for name, comment in comments.items()
        if client.get(f"/tematy/{topic.slug}/k/{comment.pk}/wersje/").status_code == 200
    }
    assert compared == {"published"}
    for comment in comments.values():
        client.post(f"/tematy/{topic.slug}/k/{comment.pk}/popieram/", {"chce": "tak"})
    counted = {name for name, comment in comments.items() if Comment.objects.get(pk=comment.pk).support_count}
    assert counted == ({"published"} if persona in {"neighbour", "moderator", "editor", "official"} else set())


@pytest.mark.parametrize("persona", PERSONAS)
def test_nobody_takes_the_place_of_an_author_whose_account_is_gone(people, as_user, persona: str):
    """A stranger has no key either, and must not be shown what waits as if it were their own."""
    topic, author = factories.make_topic(), factories.make_resident("Jan")
    question = factories.make_published(topic, author=author, text="Kto ukradł rower?", kind=Comment.Kind.QUESTION)
    reply = factories.make_published(topic, author=author, text="Ukradł go sąsiad.", parent=question)
    handed = factories.make_published(topic, author=author, text="Mieszka pod szóstką.")
    hidden = factories.make_published(topic, author=author, text="Nazywa się tak.")
    moderation.hand_over(handed, "oficer", "1/2", by=people["moderator"], reason=Reason.UNLAWFUL)
    moderation.hide(hidden, by=people["moderator"], reason=Reason.INSULT)
    for comment in (question, reply):
        moderation.set_aside(comment, reason=Reason.UNLAWFUL)
    author.delete()
    reader = people[persona]
    client = as_user(reader if reader.is_authenticated else None)
    addresses = [topic.get_absolute_url(), question.question.get_absolute_url()]
    addresses.append(reverse("topics:thread", args=[topic.slug, question.pk]))
    for address in addresses:
        page = get(client, address)
        assert NOTICES["set aside"] in page
        for said in ("Kto ukradł", "Ukradł go", "szóstką", "Nazywa się", "decyzje/komentarz"):
            assert said not in page


def test_page_of_somebody_signed_in_is_kept_by_no_shared_cache(client, as_user, resident):
    """It shows their own comments that wait."""
    topic = factories.make_topic()
    waiting = factories.make_comment(topic, "Czekam na moderatora", author=resident)
    own = as_user(resident)
    for address in (topic.get_absolute_url(), reverse("topics:edit", args=[topic.slug, waiting.pk])):
        page = own.get(address)
        assert "Czekam na moderatora" in page.content.decode()
        assert page["Cache-Control"] == "private, no-cache"
    assert "Cache-Control" not in client.get(topic.get_absolute_url())

"""The page of one topic."""

import datetime
import re

import pytest
from django.utils import timezone

from tests import factories
from tests.topics.pages import get, ids_of
from topics import moderation
from topics.models import HANDED_OVER, PER_PAGE, Comment, Question, Reason, Topic
from topics.questions import raise_at_meeting
from topics.support import support


@pytest.fixture
def topic(db: None) -> Topic:
    return factories.make_topic("Patrole rowerowe", body="<p>Od listopada <strong>pieszo</strong>.</p>")


# -- The topic ----------------------------------------------------------------------------------------------


def test_topic_is_read_by_a_stranger(topic, stranger):
    topic.estates.add(factories.make_estate("os. Wyzwolenia"))
    Topic.objects.filter(pk=topic.pk).update(see_also='<p><a href="https://mapa.example">KMZB</a></p>')
    factories.make_published(topic, "Zimą też", author_name="Zofia")
    page = get(stranger, topic.get_absolute_url())
    assert "<title>Patrole rowerowe – " in page
    for text in ("<strong>pieszo</strong>", "os. Wyzwolenia", ">KMZB<", "<p>Zimą też</p>", "Zofia", "1 comment<"):
        assert text in page
    assert page.count("<h1") == 1


def test_stranger_is_shown_the_way_to_an_account_and_back(topic, stranger):
    page = get(stranger, topic.get_absolute_url())
    back = f"next=/tematy/{topic.slug}/komentarz/"
    assert f'href="/konto/zaloguj/?{back}"' in page
    assert f'href="/konto/zaloz/?{back}"' in page
    assert "<textarea" not in page
    assert "csrfmiddlewaretoken" not in page
    assert "This is not the place for reports." in page


def test_resident_is_led_to_a_form_with_help_and_a_name_of_its_own(topic, as_user, resident):
    client, url = as_user(resident), f"{topic.get_absolute_url()}komentarz/"
    assert get(client, topic.get_absolute_url()).count(f'href="{url}"') == 2
    pages = [get(client, url) for _ in range(2)]
    names = {re.search(r'name="submission" value="([0-9a-f-]{36})"', page).group(1) for page in pages}
    assert len(names) == 2
    assert "At most 2000 characters." in pages[0]
    assert 'aria-describedby="id_text_helptext"' in pages[0]
    assert "You write as <b>Hanna, os. Słowackiego</b>." in pages[0]
    assert 'If somebody is in danger, call <a href="tel:112">112</a>.' in pages[0]


def test_suspended_reader_is_told_until_when(topic, as_user):
    until = datetime.datetime(2999, 1, 1, 12, tzinfo=datetime.UTC)
    page = get(as_user(factories.make_resident(suspended_until=until)), topic.get_absolute_url())
    assert "Your account cannot write until" in page
    assert "2999-01-01T13:00" in page
    assert "<textarea" not in page


@pytest.mark.parametrize("persona", ["stranger", "resident", "official"])
@pytest.mark.parametrize("state", ["open", "over", "closed", "archived"])
def test_state_is_told_and_decides_who_is_offered_a_form(as_user, resident, official, persona: str, state: str):
    ended = {"state": "open", "closes_on": datetime.date(2017, 9, 29)}
    topic = factories.make_topic(**(ended if state == "over" else {"state": state}))
    reader = {"stranger": None, "resident": resident, "official": official}[persona]
    page = get(as_user(reader), topic.get_absolute_url())
    told = {
        "open": "The talk is open",
        "over": 'The talk has been closed since <time datetime="2017-09-30">',
        "closed": "The talk has been closed since",
        "archived": "This topic is in the archive.",
    }
    assert [name for name, words in told.items() if words in page] == (
        ["over", "closed"] if state == "over" else [state]
    )
    assert ('id="napisz"' in page) is (state == "open" or (persona == "official" and state != "archived"))


def test_former_official_is_offered_no_form_in_a_closed_talk(as_user, official):
    official.appointment.ends = timezone.localdate() - datetime.timedelta(days=1)
    official.appointment.save()
    topic = factories.make_topic(state="closed")
    assert 'id="napisz"' not in get(as_user(official), topic.get_absolute_url())


def test_draft_is_for_editors_alone(as_user, resident, moderator, editor, official):
    draft = factories.make_topic(state=Topic.State.DRAFT)
    for reader in (None, resident, moderator, official):
        response = as_user(reader).get(draft.get_absolute_url())
        assert response.status_code == 404
        assert draft.title not in response.content.decode()
    response = as_user(editor).get(draft.get_absolute_url())
    assert '<meta name="robots" content="noindex">' in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]
    assert "This is a draft. Only the editors see it." in get(as_user(editor), draft.get_absolute_url())


def test_meetings_are_named_but_not_before_they_are_announced(topic, stranger):
    for title, state in [("Ogłoszone", "announced"), ("Szkic spotkania", "draft"), ("Zaplanowane", "scheduled")]:
        factories.make_agenda_item(factories.make_meeting(title, state=state), topic)
    past = factories.make_meeting("Dawne", state="archived", date=datetime.date(2017, 5, 29))
    for _ in range(2):
        factories.make_agenda_item(past, topic)
    page = get(stranger, topic.get_absolute_url())
    assert "Ogłoszone" in page
    assert page.count("<b>Dawne</b>") == 1
    assert "Szkic spotkania" not in page
    assert "Zaplanowane" not in page


def test_cancelled_meeting_is_named_as_such(topic, stranger):
    factories.make_agenda_item(factories.make_meeting(state="cancelled"), topic)
    assert "</svg>Cancelled</span>" in get(stranger, topic.get_absolute_url())


def test_missing_topic_and_wrong_method(topic, stranger):
    assert stranger.get("/tematy/nie-ma/").status_code == 404
    assert stranger.post(topic.get_absolute_url()).status_code == 405


# -- The talk --------------------------------------------------------------------------------------------------


def test_empty_talk_invites(topic, stranger):
    assert "Nobody has spoken yet. Write the first comment." in get(stranger, topic.get_absolute_url())


def test_twenty_threads_a_page_in_order_of_publication(topic, stranger):
    pks = [factories.make_published(topic).pk for _ in range(PER_PAGE + 1)]
    url = topic.get_absolute_url()
    assert ids_of(get(stranger, url)) == pks[:PER_PAGE]
    assert ids_of(get(stranger, f"{url}?strona=2")) == pks[PER_PAGE:]


@pytest.mark.parametrize("number", ["0", "3", "999999", "x", "-1", "1.5", "²", "９", "1" * 40])
def test_page_that_does_not_exist_is_not_found(topic, stranger, number: str):
    factories.make_published(topic)
    assert stranger.get(topic.get_absolute_url(), {"strona": number}).status_code == 404


def test_three_replies_are_shown_and_the_way_to_all(topic, stranger):
    thread = factories.make_published(topic)
    replies = [factories.make_published(topic, parent=thread).pk for _ in range(4)]
    page = get(stranger, topic.get_absolute_url())
    assert ids_of(page) == [thread.pk, *replies[:3]]
    assert f'href="/tematy/{topic.slug}/watek/{thread.pk}/">Show all 4 replies' in page
    assert ids_of(get(stranger, f"/tematy/{topic.slug}/watek/{thread.pk}/")) == [thread.pk, *replies]


def test_notice_tells_when_and_why_and_replies_stay(topic, stranger, moderator):
    thread = factories.make_published(topic, "Zły tekst", author_name="Zły autor")
    reply = factories.make_published(topic, "Dobra odpowiedź", parent=thread)
    hidden_at = datetime.datetime(2026, 11, 14, 12, tzinfo=datetime.UTC)
    moderation.hide(thread, by=moderator, reason=Reason.INSULT, now=hidden_at)
    page = get(stranger, topic.get_absolute_url())
    assert "Comment removed by a moderator" in page
    assert '<time datetime="2026-11-14">' in page
    assert "Reason: the author insulted another person." in page
    assert ids_of(page) == [thread.pk, reply.pk]
    assert "Dobra odpowiedź" in page
    assert "Zły" not in page


def test_withdrawn_comment_leaves_a_notice(topic, stranger):
    comment = factories.make_published(topic, "Cofam to", author_name="Cofający")
    Comment.objects.filter(pk=comment.pk).update(state=Comment.State.WITHDRAWN, withdrawn_at=timezone.now())
    page = get(stranger, topic.get_absolute_url())
    assert "The author removed this comment" in page
    assert "Cof" not in page


def test_official_answer_has_mark_name_post_and_institution(topic, stranger, official):
    post = official.appointment
    answer = factories.make_published(
        topic, author=official, appointment=post, voice="Kierownik, KMP", author_name="asp. szt. Marta Wolska"
    )
    page = get(stranger, topic.get_absolute_url())
    assert "fk-comment--official" in page
    assert "#mark" in page.partition(f'id="k-{answer.pk}"')[2]
    assert f'href="{post.official.get_absolute_url()}">asp. szt. Marta Wolska</a>' in page
    assert ">Kierownik, KMP<" in page


def test_official_without_an_open_page_is_not_linked(topic, stranger):
    post = factories.make_appointment(factories.make_official(public=False))
    factories.make_published(topic, appointment=post, voice="Kierownik, KMP", author_name="Marta Wolska")
    page = get(stranger, topic.get_absolute_url())
    assert "/osoby/" not in page
    assert "Marta Wolska" in page


def test_pinned_answer_stands_on_top_and_in_its_place(topic, stranger):
    factories.make_published(topic)
    answer = factories.make_published(topic, "Dziękuję za głosy", voice="Kierownik, KMP")
    Topic.objects.filter(pk=topic.pk).update(pinned=answer)
    page = get(stranger, topic.get_absolute_url())
    assert page.count("<p>Dziękuję za głosy</p>") == 2
    assert "Pinned above the talk" in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert f'href="/tematy/{topic.slug}/k/{answer.pk}/#k-{answer.pk}"' in page


@pytest.mark.parametrize("is_reply", [False, True])
def test_answer_pinned_from_another_page_stands_on_top_only(topic, stranger, official, is_reply: bool):
    first = [factories.make_published(topic).pk for _ in range(PER_PAGE)]
    thread = factories.make_published(topic)
    voice = {"voice": "Kierownik, KMP", "appointment": official.appointment, "author_name": "Marta Wolska"}
    answer = factories.make_published(topic, "Dziękuję", parent=thread if is_reply else None, **voice)
    Topic.objects.filter(pk=topic.pk).update(pinned=answer)
    page = get(stranger, topic.get_absolute_url())
    assert ids_of(page) == first
    assert page.count("<p>Dziękuję</p>") == 1
    assert f'href="{official.appointment.official.get_absolute_url()}">Marta Wolska</a>' in page


@pytest.mark.parametrize("trouble", ["hidden", "waiting", "of another topic"])
def test_pinned_comment_that_is_not_public_here_is_not_shown(topic, stranger, moderator, trouble: str):
    if trouble == "waiting":
        answer = factories.make_comment(topic, "Tajny tekst")
    else:
        place = factories.make_topic() if trouble == "of another topic" else topic
        answer = factories.make_published(place, "Tajny tekst", voice="Kierownik, KMP")
    if trouble == "hidden":
        moderation.hide(answer, by=moderator, reason=Reason.CASE)
    Topic.objects.filter(pk=topic.pk).update(pinned=answer)
    assert "Tajny tekst" not in get(stranger, topic.get_absolute_url())


def test_waiting_comment_is_shown_to_its_author_alone(topic, as_user, resident, neighbour, moderator):
    thread = factories.make_published(topic)
    factories.make_comment(topic, "Czekający", author=resident)
    factories.make_comment(topic, "Odpowiedź z linkiem", author=resident, parent=thread, hold=Comment.Hold.LINK)
    page = get(as_user(resident), topic.get_absolute_url())
    assert page.index("Odpowiedź z linkiem") < page.index("Czekający")
    assert page.count("Waiting for a moderator. Only you see it.") == 2
    assert (
        "We read the first two comments of each person before everybody sees them, and two after one that was removed."
        in page
    )
    assert "We read every comment with a link before everybody sees it." in page
    for reader in (None, neighbour, moderator):
        page = get(as_user(reader), topic.get_absolute_url())
        assert "Czekający" not in page
        assert "Odpowiedź z linkiem" not in page


def test_waiting_comment_stands_at_the_end_of_the_last_page_only(topic, as_user, resident):
    for _ in range(PER_PAGE + 1):
        factories.make_published(topic)
    own = factories.make_comment(topic, author=resident)
    client, url = as_user(resident), topic.get_absolute_url()
    assert own.pk not in ids_of(get(client, url))
    assert ids_of(get(client, f"{url}?strona=2"))[-1] == own.pk
    assert client.get(f"{url}k/{own.pk}/").headers["Location"] == f"{url}?strona=2#k-{own.pk}"


@pytest.mark.parametrize("persona", ["stranger", "resident"])
def test_each_comment_leads_to_its_reply_form(topic, as_user, resident, persona: str):
    one, two = factories.make_published(topic), factories.make_published(topic)
    reply = factories.make_published(topic, parent=one)
    page = get(as_user(resident if persona == "resident" else None), topic.get_absolute_url())
    for comment in (one, two):
        assert f'href="/tematy/{topic.slug}/komentarz/{comment.pk}/odpowiedz/" rel="nofollow"' in page
    assert f"komentarz/{reply.pk}/" not in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_nothing_is_answered_where_the_talk_is_closed(as_user, resident):
    topic = factories.make_topic(state="closed")
    factories.make_published(topic)
    for reader in (None, resident):
        assert "odpowiedz/" not in get(as_user(reader), topic.get_absolute_url())


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("page", ["first", "last"])
def test_page_costs_the_same_in_a_talk_of_any_size(
    topic, as_user, resident, official, editor, django_assert_num_queries, rows: int, page: str
):
    for _ in range(rows if page == "first" else PER_PAGE + rows):
        thread = factories.make_published(topic)
    for _ in range(rows):
        factories.make_published(topic, parent=thread, voice="Kierownik, KMP", appointment=official.appointment)
        factories.make_comment(topic, author=resident)
        factories.make_agenda_item(factories.make_meeting(), topic)
        topic.estates.add(factories.make_estate(f"os. {rows}"))
    Topic.objects.filter(pk=topic.pk).update(pinned=thread)
    url = topic.get_absolute_url() + ("" if page == "first" else "?strona=2")
    stranger, reader, staff = as_user(None), as_user(resident), as_user(editor)
    with django_assert_num_queries(5):  # topic, estates, threads, replies, meetings
        stranger.get(url)
    # and the session, the account, what waits of their own, what they support, whether they follow it
    with django_assert_num_queries(10):
        reader.get(url)
    with django_assert_num_queries(12):  # and the two permissions of staff
        staff.get(url)


def test_dates_are_in_words_and_for_machines(topic, as_user):
    written = datetime.datetime(2026, 11, 12, 17, 5, tzinfo=datetime.UTC)
    factories.make_published(topic, created_at=written)
    client = as_user(None)
    client.cookies["jezyk"] = "pl"
    page = client.get(topic.get_absolute_url()).content.decode()
    assert '<time datetime="2026-11-12T18:05+01:00">12 listopada 2026\xa0r., godz.\xa018:05</time>' in page
    assert timezone.localtime(written).hour == 18


# -- What is done with comments --------------------------------------------------------------------------------


def piece_of(page: str, comment: Comment) -> str:
    """What the page prints for one comment."""
    return page.partition(f'id="k-{comment.pk}"')[2].partition("</article>")[0]


def test_support_is_counted_for_everybody_in_numbers_and_words(topic, as_user, resident, neighbour):
    comment = factories.make_published(topic, author_name="Zofia")
    for person in (neighbour, factories.make_resident(), factories.make_resident()):
        support(comment, by=person)
    for reader in (None, resident):
        assert "I support this 3<span" in piece_of(get(as_user(reader), topic.get_absolute_url()), comment)
    client = as_user(None)
    client.cookies["jezyk"] = "pl"
    page = client.get(topic.get_absolute_url()).content.decode()
    assert 'Popieram 3<span class="visually-hidden"> głosy poparcia: Zofia</span>' in page


def test_button_of_support_says_what_it_will_do(topic, as_user, resident):
    one, two = factories.make_published(topic), factories.make_published(topic, kind=Comment.Kind.QUESTION)
    support(one, by=resident)
    page = get(as_user(resident), topic.get_absolute_url())
    assert 'name="chce" value="nie" aria-pressed="true"' in piece_of(page, one)
    assert 'name="chce" value="tak" aria-pressed="false"' in piece_of(page, two)
    assert "I support this" in piece_of(page, one)
    assert "It concerns me too" in piece_of(page, two)
    assert f'formaction="/tematy/{topic.slug}/k/{two.pk}/popieram/"' in page
    assert page.count('<form method="post" id="glos">') == 1


def test_stranger_has_a_link_of_support_and_no_cookie(topic, stranger):
    comment = factories.make_published(topic)
    response = stranger.get(topic.get_absolute_url())
    assert f'href="/tematy/{topic.slug}/k/{comment.pk}/popieram/" rel="nofollow"' in response.content.decode()
    assert "csrfmiddlewaretoken" not in response.content.decode()
    assert "csrftoken" not in response.cookies


@pytest.mark.parametrize("persona", ["stranger", "author", "resident", "suspended", "official"])
@pytest.mark.parametrize("state", ["open", "closed", "archived"])
def test_who_is_offered_to_support(as_user, resident, official, persona: str, state: str):
    topic = factories.make_topic(state=state)
    author = factories.make_resident("Zofia")
    comment = factories.make_published(topic, author=author)
    later = timezone.now() + datetime.timedelta(hours=1)
    suspended = factories.make_resident("Adam", suspended_until=later)
    people = {"author": author, "resident": resident, "suspended": suspended, "official": official}
    page = get(as_user(people.get(persona)), topic.get_absolute_url())
    offered = f"k/{comment.pk}/popieram/" in page
    assert offered is (state == "open" and persona in {"stranger", "resident", "official"})


OFFERED = {
    ("waiting", "open"): {"popraw", "usun"},
    ("waiting", "closed"): {"usun"},
    ("published", "open"): {"popraw", "usun"},
    ("published", "closed"): {"usun"},
    ("answered", "open"): {"dopisz", "usun"},
    ("answered", "closed"): {"usun"},
    ("set aside", "open"): {"usun"},
    ("set aside", "closed"): {"usun"},
}


@pytest.mark.parametrize("persona", ["stranger", "author", "suspended author", "neighbour", "moderator"])
@pytest.mark.parametrize(
    "state", ["waiting", "published", "answered", "set aside", "hidden", "handed over", "withdrawn"]
)
@pytest.mark.parametrize("talk", ["open", "closed"])
def test_who_is_offered_to_change_or_remove(as_user, neighbour, moderator, persona: str, state: str, talk: str):
    topic = factories.make_topic(state=talk)
    comment = factories.make_comment(topic) if state == "waiting" else factories.make_published(topic)
    if state == "answered":
        factories.make_published(topic, parent=comment)
    change = {
        "set aside": {"state": "waiting", "hold": "reports"},
        "hidden": {"state": "hidden", "hidden_at": timezone.now(), "hidden_reason": Reason.INSULT},
        "handed over": {"state": "hidden", "hidden_at": timezone.now(), "hidden_reason": HANDED_OVER},
        "withdrawn": {"state": "withdrawn", "withdrawn_at": timezone.now()},
    }
    Comment.objects.filter(pk=comment.pk).update(**change.get(state, {"hold": comment.hold}))
    if persona == "suspended author":
        comment.author.suspended_until = timezone.now() + datetime.timedelta(hours=1)
        comment.author.save()
    people = {"neighbour": neighbour, "moderator": moderator}
    reader = comment.author if "author" in persona else people.get(persona)
    page = get(as_user(reader), topic.get_absolute_url())
    acts = set(re.findall(rf"/k/{comment.pk}/(popraw|dopisz|usun)/", page))
    expected = OFFERED.get((state, talk if persona != "suspended author" else "closed"), set())
    assert acts == (expected if "author" in persona else set())


def test_everybody_may_report_what_others_have_published(topic, as_user, stranger, resident):
    own, other = factories.make_published(topic, author=resident), factories.make_published(topic)
    link = f'href="/tematy/{topic.slug}/k/{other.pk}/zglos/" rel="nofollow"'
    for reader in (None, resident):
        page = get(as_user(reader), topic.get_absolute_url())
        assert link in page
        assert (f"/k/{own.pk}/zglos/" in page) is (reader is None)


# -- Kinds, estates, states ------------------------------------------------------------------------------------


def test_kind_and_estate_stand_by_the_comment(topic, stranger):
    factories.make_published(topic, kind=Comment.Kind.PROPOSAL, author_estate="os. Wyzwolenia")
    factories.make_published(topic, kind=Comment.Kind.THANKS)
    page = get(stranger, topic.get_absolute_url())
    assert page.count("fk-comment__tags") == 2
    assert "Proposal</span>" in page
    assert "Thanks</span>" in page
    assert ">os. Wyzwolenia</span>" in page


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("waits", "Waits for an answer"),
        ("answered", "Answered"),
        ("passed", 'Passed on to: <span lang="pl">Straż Miejska</span>'),
        ("meeting", "Will be raised at a meeting"),
    ],
)
def test_question_has_its_number_and_its_state_in_words(topic, stranger, state: str, words: str):
    comment = factories.make_published(topic, kind=Comment.Kind.QUESTION)
    holder = factories.make_institution("Straż Miejska")
    Question.objects.update(state=state, answered_at=timezone.now(), institution=holder)
    piece = piece_of(get(stranger, topic.get_absolute_url()), comment)
    number = comment.question.number
    assert f'href="/pytania/{number}/">' in piece
    assert f"Question no. {number}</a>" in piece
    assert words in piece
    others = {"Waits for an answer", "Answered", "Passed on to:", "Will be raised"} - {words}
    assert not [other for other in others if other in piece and not words.startswith(other)]


def test_question_that_waits_for_a_moderator_has_no_number_yet(topic, as_user, resident):
    factories.make_comment(topic, author=resident, kind=Comment.Kind.QUESTION)
    page = get(as_user(resident), topic.get_absolute_url())
    assert "Question</span>" in page
    assert "/pytania/" not in page


@pytest.mark.parametrize("many", [1, 60])
def test_page_of_a_resident_with_everything_costs_ten_queries_at_most(
    topic, as_user, resident, django_assert_num_queries, many: int
):
    for _ in range(many):
        thread = factories.make_published(topic, kind=Comment.Kind.QUESTION, author_estate="os. Wyzwolenia")
        reply = factories.make_published(topic, parent=thread)
        for comment in (thread, reply):
            support(comment, by=resident, now=timezone.now() + datetime.timedelta(hours=comment.pk))
    for author in (resident, factories.make_resident()):
        factories.make_published(topic, author=author)
    factories.make_comment(topic, author=resident)
    Topic.objects.filter(pk=topic.pk).update(pinned=thread, institution=factories.make_institution())
    resident.estate = factories.make_estate()
    resident.save()
    client, url = as_user(resident), topic.get_absolute_url()
    for query in ("", "?kolejnosc=najnowsze"):
        with django_assert_num_queries(10):
            client.get(url + query)
    with django_assert_num_queries(9):  # what waits has no place in this order
        client.get(f"{url}?kolejnosc=popierane")
    with django_assert_num_queries(10):  # those with as many supporters are asked for apart
        client.get(f"{url}?kolejnosc=popierane&po=1.{many}")


def test_every_button_of_a_comment_says_whose_it_is(topic, stranger):
    factories.make_published(topic, author_name="Zofia")
    page = get(stranger, topic.get_absolute_url())
    assert 'Report<span class="visually-hidden">: Zofia</span></a>' in page


def test_question_is_raised_with_one_sign_everywhere(topic, stranger, moderator):
    question = factories.make_published(topic, kind=Comment.Kind.QUESTION).question
    raise_at_meeting(question, by=moderator)
    sign = re.compile(
        r'<span class="fk-tag fk-tag--info"><svg[^>]*><use href="[^"]*#people"></use></svg>Will be raised'
    )
    assert sign.search(get(stranger, topic.get_absolute_url()))
    assert sign.search(get(stranger, question.get_absolute_url()))

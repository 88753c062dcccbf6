"""An institution's own part of the minutes, opened by the link in its letter, without an account."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from meetings import minutes
from meetings.minutes_by_link import propose
from meetings.minutes_letters import part_url
from meetings.models import AgendaItem, Circulation, Commitment, Meeting, Proposal
from tests import factories
from tests.mailbox import last_letter, link_in
from tests.site.inline import inline_code

WEEK = datetime.timedelta(days=7)


@pytest.fixture
def item(editor) -> AgendaItem:
    meeting = factories.make_meeting(state=Meeting.State.HELD, date=timezone.localdate() - WEEK)
    town = factories.make_institution("Urząd Miasta", email="um@urzad.example")
    item = factories.make_agenda_item(meeting, title="Oświetlenie", institution=town)
    return minutes.write_note(item, text="<p>Lampy w <em>maju</em> &amp; czerwcu</p>", by=editor, seen=0)


@pytest.fixture
def sent(item, editor) -> Circulation:
    other = factories.make_institution("Straż Miejska", email="sm@straz.example")
    foreign = factories.make_agenda_item(item.meeting, title="Patrole", institution=other)
    minutes.write_note(foreign, text="<p>Cudza część</p>", by=editor, seen=0)
    Commitment.objects.create(
        meeting=item.meeting, text="Nowe lampy", institution=item.institution, since=timezone.now()
    )
    done = minutes.circulate(item.meeting, by=editor, until=timezone.localdate() + WEEK)
    return next(c for c in done.sent if c.institution == item.institution)


@pytest.fixture
def url(sent) -> str:
    return link_in(last_letter("um@urzad.example"), "/spotkania/protokol/")


def typed(item: AgendaItem, text: str, why: str = "") -> dict[str, object]:
    row = f"p{item.pk}"
    return {"answer": "propose", f"{row}-text": text, f"{row}-why": why, f"{row}-seen": item.note_version}


def test_the_link_shows_ones_own_part_to_whoever_has_it(url, client):
    page = client.get(url)
    text = page.content.decode()
    assert page.status_code == 200
    assert "Lampy w maju &amp; czerwcu" in text  # as plain words, in the field
    assert "Nowe lampy" in text
    assert "Cudza część" not in text
    assert 'content="noindex"' in text
    assert "no-store" in page["Cache-Control"]
    assert inline_code(text) == []
    assert Circulation.objects.filter(verdict="").count() == 2  # looking is no answer


def test_the_institution_agrees_by_a_button(url, sent, client):
    assert client.post(url, {"answer": "accept"}).status_code == 302
    sent.refresh_from_db()
    assert sent.verdict == Circulation.Verdict.ACCEPTED
    assert client.get(url).status_code == 200


def test_the_institution_proposes_other_words(url, sent, item, client):
    assert client.post(url, typed(item, "Lampy w lipcu <b>x</b>", "Umowa")).status_code == 302
    proposal = Proposal.objects.get()
    assert (proposal.text, proposal.why) == ("<p>Lampy w lipcu &lt;b&gt;x&lt;/b&gt;</p>", "Umowa")
    assert proposal.seen_version == 1
    assert "Lampy w lipcu" in client.get(url).content.decode()


def test_words_left_as_they_are_come_back_with_a_sentence(url, item, client):
    page = client.post(url, typed(item, "Lampy w maju & czerwcu", "Bo tak"))
    assert page.status_code == 422
    assert "Bo tak" in page.content.decode()


def test_what_is_too_long_comes_back_as_it_was_typed(url, item, client):
    page = client.post(url, typed(item, "Inne słowa", "x" * 501))
    assert page.status_code == 422
    assert "Inne słowa" in page.content.decode()
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("data", [{}, {"answer": "accept\x00"}, {"answer": "inne"}])
def test_what_no_form_sends_changes_nothing(url, data, client):
    assert client.post(url, data).status_code in {400, 422}
    assert not Proposal.objects.exists()
    assert not Circulation.objects.exclude(verdict="").exists()


def test_after_the_date_the_page_says_so_and_keeps_what_was_typed(url, item, client):
    Meeting.objects.update(minutes_until=timezone.localdate() - datetime.timedelta(days=1))
    assert "Lampy w " in client.get(url).content.decode()
    page = client.post(url, typed(item, "Lampy w lipcu"))
    assert page.status_code == 409
    assert "Lampy w lipcu" in page.content.decode()
    assert client.post(url, {"answer": "accept"}).status_code == 409
    assert not Circulation.objects.exclude(verdict="").exists()


def test_the_last_day_still_counts(url, sent, client):
    Meeting.objects.update(minutes_until=timezone.localdate())
    assert client.post(url, {"answer": "accept"}).status_code == 302


def test_after_a_recall_the_page_says_so(url, item, client, editor):
    minutes.recall(item.meeting, by=editor)
    assert client.get(url).status_code == 200
    assert client.post(url, {"answer": "accept"}).status_code == 409


def test_after_approval_the_link_leads_to_the_public_page(url, item, client, editor):
    minutes.approve(item.meeting, by=editor, now=timezone.now() + 2 * WEEK)
    page = client.get(url).content.decode()
    assert item.meeting.get_absolute_url() in page
    assert "Nowe lampy" not in page
    assert client.post(url, typed(item, "Inne")).status_code == 409


def test_what_became_of_the_words_stands_on_the_page(url, sent, item, client, editor):
    [proposal] = propose(sent, words={item.pk: ("Inne słowa", "", 1)})
    minutes.decide(proposal, take=False, by=editor, reply="Tak padło na sali.")
    assert "Tak padło na sali." in client.get(url).content.decode()


def test_a_link_that_is_not_ours_is_not_found(url, sent, client):
    for token in ("1", "x" * 300, part_url(sent).split("/")[-2] + "x", "1.x"):
        assert client.get(reverse("meetings:minutes_part", args=[token])).status_code == 404
    pk = sent.pk
    Circulation.objects.filter(pk=pk).delete()
    assert client.get(url).status_code == 404
    assert client.delete(url).status_code == 405


def test_the_page_costs_the_same_with_more_items(url, sent, item, client, django_assert_num_queries):
    def add() -> None:
        factories.make_agenda_item(item.meeting, factories.make_topic(), institution=item.institution)

    add()
    with django_assert_num_queries(4):
        client.get(url)
    add()
    add()
    with django_assert_num_queries(4):
        client.get(url)

"""What search engines are told."""

from meetings.models import Meeting
from tests import factories
from topics.models import Topic


def locations(client) -> str:
    sections = ("pages", "meetings", "topics", "questions", "institutions", "officials")
    return "".join(client.get(f"/sitemap-{section}.xml").text for section in sections)


def test_index_names_every_section(client, db):
    page = client.get("/sitemap.xml").text
    assert page.count("<sitemap>") == 7


def test_sections_hold_what_is_public_and_nothing_else(client, db):
    meeting, draft = factories.make_meeting("Zima"), factories.make_meeting("Tajne", state=Meeting.State.DRAFT)
    topic, hidden = factories.make_topic("Lampy"), factories.make_topic("Ukryty", state=Topic.State.DRAFT)
    open_one, closed_one = factories.make_institution("Jawna"), factories.make_institution("Cicha", public=False)
    named = factories.make_official("Jan", "Jawny")
    withheld = factories.make_official("Jan", "Skryty", name_withheld=True)
    found = locations(client)
    for page in (meeting, topic, open_one, named):
        assert f"{page.get_absolute_url()}</loc>" in found
    for page in (draft, hidden, closed_one, withheld):
        assert page.get_absolute_url() not in found


def test_unknown_section_is_not_found(client, db):
    assert client.get("/sitemap-residents.xml").status_code == 404


def test_robots_are_kept_out_of_accounts_and_the_panel(client, db):
    text = client.get("/robots.txt").text
    assert "Disallow: /panel/\nDisallow: /konto/" in text
    assert "Sitemap: http://testserver/sitemap.xml" in text

"""Addresses that let in whoever has them: each opens its own page only, and looking changes nothing."""

import datetime
import runpy
import uuid

import pytest
from django.core import signing
from django.core.signing import Signer
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from forum_portal.logging import KeyFilter
from meetings import asking, follow_ups, following
from meetings.minutes_letters import part_url
from meetings.models import FollowUp, Registration
from meetings.registration import address_of
from participants.robots import opened_token
from tests import factories
from topics import telling
from topics.models import Question

ADDRESSES = ["meetings:confirm_question", "meetings:registration", "meetings:minutes_part", "meetings:follow_up"]
ADDRESSES += ["meetings:stop_following", "meetings:no_replies", "meetings:unsubscribe"]
ONE_CLICK = {"meetings:no_replies", "meetings:unsubscribe"}  # mail programs press them, without a page (RFC 8058)


@pytest.fixture
def links(resident) -> dict[str, str]:
    """Every page with a key in its address, all for rows of one number where that is possible."""
    topic = factories.make_topic()
    comment = factories.make_published(topic, kind="question", author=resident)
    meeting = factories.make_meeting("Zima", starts=datetime.time(17))
    factories.make_agenda_item(meeting, topic)
    guest = asking.ask_as_guest(
        meeting=meeting,
        topic=topic,
        email="jan@poczta.example",
        signature="Jan",
        text="Kiedy?",
        submission=uuid.uuid4(),
    )
    entry = factories.make_commitment().entries.get()
    row = FollowUp.objects.create(entry=entry, account=resident, asked_at=entry.at)
    return {
        "meetings:confirm_question": asking.confirm_url(guest),
        "meetings:registration": address_of(factories.make_registration(meeting, state=Registration.State.PENDING)),
        "meetings:minutes_part": part_url(factories.make_circulation(meeting)),
        "meetings:follow_up": follow_ups.address_of(row),
        "meetings:stop_following": following.stop_url(following.follow(resident, "topic", topic)),
        "meetings:no_replies": following.no_replies_url(resident),
        "meetings:unsubscribe": following.unsubscribe_url(resident),
        "topics:mute": telling.mute_url(Question.objects.get(comment=comment), resident),
    }


def key_of(address: str) -> str:
    return address.rstrip("/").rpartition("/")[2]


def test_looking_changes_nothing_and_is_kept_by_no_cache_and_no_search_engine(links, client: Client):
    for name, address in links.items():
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address)
        assert page.status_code == 200, name
        assert [q["sql"] for q in queries if not q["sql"].startswith("SELECT")] == [], name
        assert "no-store" in page["Cache-Control"], name
        assert 'content="noindex"' in page.content.decode(), name
        assert page["Referrer-Policy"] == "same-origin", name


def test_a_key_opens_nothing_but_its_own_page(links, client: Client):
    keys = {name: key_of(address) for name, address in links.items()}
    keys["form"] = opened_token()
    for name in ADDRESSES:
        own = keys[name]
        strange = [key for other, key in keys.items() if other != name]
        strange += [own[:-1], own + "x", own.swapcase(), "1", "0.x", "1.", ":", "a" * 5000, Signer().sign("1")]
        strange += [signing.dumps(1), signing.dumps([1, 1], salt="x"), own.replace(".", ":")[::-1]]
        for key in strange:
            address = reverse(name, args=[key])
            assert client.get(address).status_code == 404, (name, key)
            assert client.post(address, {"act": "zrezygnuj", "lepiej": "nie", "answer": "accept"}).status_code == 404


def test_a_key_of_one_question_mutes_no_other(links, client: Client, neighbour):
    other = factories.make_published(factories.make_topic(), kind="question", author=neighbour).question
    for key in [key_of(address) for address in links.values()]:
        assert client.post(reverse("topics:mute", args=[other.pk, key])).status_code == 404
    assert not other.mutes.exists()


def test_buttons_need_the_token_of_the_form(links):
    careful = Client(enforce_csrf_checks=True)
    for name in links.keys() - ONE_CLICK:
        address = links[name]
        assert careful.post(address, {"act": "potwierdz", "lepiej": "nie", "answer": "accept"}).status_code == 403, name


def test_no_log_has_the_key_of_an_address_that_was_refused(links, caplog, settings):
    named = {
        "agree_address": ["old", "1.x"],
        "address_works": ["2.x"],
        "come_back": ["3.x"],
        "topics:statement": ["4.x"],
    }
    named |= {"account_confirm_email": ["5:x"], "account_reset_password_from_key": ["6", "x"]}
    addresses = [*links.values(), *(reverse(name, args=args) for name, args in named.items())]
    with caplog.filtering(KeyFilter()):
        for address in addresses:
            Client().put(address)
    assert len(caplog.messages) >= len(addresses)
    access = runpy.run_path(str(settings.BASE_DIR / "deploy" / "gunicorn.conf.py"))["KEYS"]
    for address in addresses:
        assert key_of(address) not in caplog.text + access.sub(r"\1…", address), address

"""Addresses that never die."""

import pytest
from django.core.exceptions import ValidationError

from participants.models import FormerAddress, Institution
from tests import factories


def rename(institution: Institution, slug: str) -> None:
    institution.slug = slug
    institution.save()


def test_changed_address_of_a_public_page_redirects_for_ever(client, db):
    institution = factories.make_institution("Straż Miejska")
    rename(institution, "straz")
    rename(institution, "straz-w-miescie")
    for old in ("/instytucje/straz-miejska/", "/instytucje/straz/"):
        response = client.get(old, {"strona": 2})
        assert (response.status_code, response["Location"]) == (301, "/instytucje/straz-w-miescie/?strona=2")


def test_changed_address_of_a_hidden_page_leaves_no_trace(client, db):
    rename(factories.make_institution("Straż Miejska", public=False), "straz")
    assert not FormerAddress.objects.exists()
    assert client.get("/instytucje/straz-miejska/").status_code == 404


def test_page_that_takes_its_address_back_is_no_loop(client, db):
    institution = factories.make_institution("Straż Miejska")
    rename(institution, "straz")
    rename(institution, "straz-miejska")
    assert client.get("/instytucje/straz-miejska/").status_code == 200
    assert client.get("/instytucje/straz/")["Location"] == "/instytucje/straz-miejska/"


def test_new_page_does_not_get_an_address_that_leads_elsewhere(db):
    rename(factories.make_institution("Straż Miejska"), "straz")
    assert factories.make_institution("Straż - Miejska").slug == "straz-miejska-2"


def test_new_page_may_not_choose_an_address_that_leads_elsewhere(db):
    rename(factories.make_institution("Straż Miejska"), "straz")
    with pytest.raises(ValidationError) as refused:
        Institution(name="Inna", slug="straz-miejska").full_clean()
    assert "slug" in refused.value.message_dict


def test_address_of_the_feed_is_nobody_elses(db):
    topic = factories.make_topic("RSS")
    assert topic.slug == "rss-2"
    topic.slug = "rss"
    with pytest.raises(ValidationError) as refused:
        topic.full_clean()
    assert "slug" in refused.value.message_dict


def test_equal_titles_get_addresses_of_their_own(db):
    topics = [factories.make_topic("Łąka i gęś") for _ in range(3)]
    assert [topic.slug for topic in topics] == ["laka-i-ges", "laka-i-ges-2", "laka-i-ges-3"]

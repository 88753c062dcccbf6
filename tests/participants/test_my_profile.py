"""Changing one's signature and estate: under the rules of sign-up, and not under what was written before."""

import pytest
from django.urls import reverse

from participants.models import Resident
from tests import factories

HERE = "/konto/profil/"


def test_new_signature_stands_under_what_is_written_from_now_on(as_user, resident):
    topic, estate = factories.make_topic(), factories.make_estate("Słowackiego")
    before = factories.make_published(topic, author=resident)
    response = as_user(resident).post(HERE, {"signature": "Hania", "estate": estate.pk}, follow=True)
    assert response.redirect_chain == [(reverse("my_account"), 302)]
    resident.refresh_from_db()
    assert (resident.signature, resident.estate) == ("Hania", estate)
    before.refresh_from_db()
    assert before.author_name == "Hanna, os. Słowackiego"
    after = factories.make_published(topic, author=resident)
    page = as_user(None).get(topic.get_absolute_url()).content.decode()
    assert (page.count(f"{before.author_name}</h3>"), page.count(f"{after.author_name}</h3>")) == (1, 1)


def test_page_shows_what_stands_there_now(as_user, resident, django_assert_num_queries):
    Resident.objects.filter(pk=resident.pk).update(estate=factories.make_estate("Słowackiego"))
    client = as_user(resident)
    with django_assert_num_queries(3):  # the session, who it is, estates
        response = client.get(HERE)
    assert 'value="Hanna, os. Słowackiego"' in response.content.decode()
    assert "selected>Słowackiego<" in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_estate_is_given_up(as_user, resident):
    Resident.objects.filter(pk=resident.pk).update(estate=factories.make_estate())
    as_user(resident).post(HERE, {"signature": resident.signature, "estate": ""})
    resident.refresh_from_db()
    assert resident.estate is None


@pytest.mark.parametrize("signature", ["", "Komenda Policji", "Роlicja", "Han\u200bna", "jan@poczta.pl", "H" * 41])
def test_signature_that_sign_up_refuses_is_refused(as_user, resident, signature):
    response = as_user(resident).post(HERE, {"signature": signature})
    assert response.status_code == 422
    assert "id_signature" in response.content.decode().split('role="alert"')[1].split("</div>")[0]
    assert "<b>Hanna, os. Słowackiego</b>" in response.content.decode()  # and not the one that was refused
    resident.refresh_from_db()
    assert resident.signature == "Hanna, os. Słowackiego"


def test_staff_may_sign_as_the_office(as_user, moderator):
    assert as_user(moderator).post(HERE, {"signature": "Moderatorka Ewa"}).status_code == 302


def test_whoever_may_not_write_still_signs(as_user, resident):
    Resident.objects.filter(pk=resident.pk).update(rules_version="")
    assert as_user(resident).post(HERE, {"signature": "Hania"}).status_code == 302


def test_nobody_changes_the_profile_of_another(as_user, resident, neighbour):
    as_user(neighbour).post(HERE, {"signature": "Hania", "pk": resident.pk, "account": resident.pk})
    resident.refresh_from_db()
    assert resident.signature == "Hanna, os. Słowackiego"


def test_stranger_signs_in_first(client, db):
    for answer in (client.get(HERE), client.post(HERE, {"signature": "Hania"})):
        assert answer["Location"] == f"{reverse('account_login')}?next={HERE}"


def test_other_methods_are_refused(as_user, resident):
    assert as_user(resident).delete(HERE).status_code == 405

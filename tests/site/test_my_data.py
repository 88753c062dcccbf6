"""The copy of one's data: made by the worker, complete, and for its owner alone."""

import datetime
import io
import json
import zipfile

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from forum_portal.my_data import LEFT_OUT, make_exports, parts_of
from participants.exports import KEPT, LIMIT, ask_for_export, forget_exports
from participants.models import DataExport, Resident
from participants.models.data_export import private_files
from participants.my_data import text_fields
from tests import factories
from tests.factories import PASSWORD
from tests.mailbox import last_letter, link_in
from topics import moderation

DESCRIBING = {"author_name", "author_estate", "signature", "ip", "ip_address", "user_agent", "by_name"}
DESCRIBING |= {"decided_by_name", "address"}
OWN = {"meetings", "topics", "participants", "account", "mfa", "usersessions", "admin", "auth"}
NAMED_ALIKE = {"meetings.Meeting", "participants.Institution"}  # `address` is where the hall or the office is


@pytest.fixture(autouse=True)
def empty_store() -> None:
    """Files are kept in memory, from one test to the next."""
    for name in private_files().listdir("")[1]:
        private_files().delete(name)


def signed_in(person: Resident) -> Client:
    client = Client()
    client.force_login(person)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def packed(page) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(b"".join(page.streaming_content))) as file:
        return {name: file.read(name).decode() for name in file.namelist()}


def about_people() -> set[str]:
    """Every field that points at an account, and every text of a model that does, or that describes a person."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        pointers = [f.name for f in model._meta.get_fields() if f.concrete and f.related_model is Resident]
        mailboxes = [f.name for f in model._meta.concrete_fields if isinstance(f, models.EmailField)]
        described = [f.name for f in model._meta.concrete_fields if f.name in DESCRIBING]
        described = [] if model._meta.label in NAMED_ALIKE else described
        if pointers or mailboxes or described:
            found |= {
                f"{model._meta.label}.{name}" for name in [*pointers, *mailboxes, *described, *text_fields(model)]
            }
    return found


def test_every_field_about_a_person_is_in_the_file_or_left_out_for_a_reason(resident):
    covered = {name.replace("__name", "") for part in parts_of(resident) for name in part.covers}
    missing = {field for field in about_people() - covered - set(LEFT_OUT) if field.rpartition(".")[0] not in LEFT_OUT}
    assert missing == set()
    assert all(LEFT_OUT.values())


def test_the_list_of_what_is_left_out_names_what_exists(resident):
    known = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    fields = {f"{m._meta.label}.{f.name}" for m in apps.get_models(include_auto_created=True) for f in m._meta.fields}
    assert set(LEFT_OUT) <= known | fields


def test_the_file_holds_what_the_person_wrote_and_nobody_else(resident, neighbour, moderator):
    topic = factories.make_topic("Patrole")
    mine = factories.make_published(topic, "Moje <b>zdanie</b>.", author=resident)
    factories.make_published(topic, "Cudze zdanie.", author=neighbour, parent=mine)
    moderation.hide(mine, by=moderator, reason="insult", note="Bez obelg.")
    ask_for_export(resident)
    assert [make_exports(), make_exports()] == [1, 0]
    page = signed_in(resident).get(reverse("my_data_file"))
    files = packed(page)
    data = json.loads(files["dane.json"])
    assert set(files) == {"dane.json", "dane.html", "README.txt"}
    assert data["konto"][0]["email"] == resident.email
    assert data["komentarze"][0]["text"] == "Moje <b>zdanie</b>."
    assert data["decyzje"][0]["note"] == "Bez obelg."
    assert datetime.datetime.fromisoformat(data["komentarze"][0]["created_at"]) is not None
    assert "Moje &lt;b&gt;zdanie" in files["dane.html"]
    for foreign in ("Cudze zdanie", moderator.signature, moderator.email, neighbour.email, resident.password):
        assert not any(foreign in text for text in files.values())


def test_the_file_is_an_attachment_that_no_cache_keeps(resident):
    ask_for_export(resident)
    make_exports()
    page = signed_in(resident).get(reverse("my_data_file"))
    assert page["Content-Type"] == "application/zip"
    assert page["Content-Disposition"].startswith("attachment")
    assert "no-store" in page["Cache-Control"]
    assert page["Content-Security-Policy"].startswith("sandbox")


def test_nobody_gets_the_file_of_another(resident, neighbour):
    ask_for_export(resident)
    make_exports()
    assert signed_in(neighbour).get(reverse("my_data_file")).status_code == 404


def test_the_file_asks_for_the_password_anew(resident, as_user):
    ask_for_export(resident)
    make_exports()
    assert reverse("account_reauthenticate") in as_user(resident).get(reverse("my_data_file"))["Location"]


def test_the_letter_brings_the_page_and_not_the_file(resident):
    ask_for_export(resident)
    make_exports()
    letter = last_letter(resident.email)
    assert link_in(letter, "/konto/dane/") == reverse("my_data")


def test_one_request_waits_and_a_few_a_day_are_enough(resident, as_user):
    client, address = as_user(resident), reverse("my_data")
    assert client.get(address).context["export"] is None
    for _ in range(2):
        assert client.post(address).status_code == 302
    assert DataExport.objects.count() == 1
    for _ in range(LIMIT.times - 1):
        make_exports()
        assert client.post(address).status_code == 302
    make_exports()
    assert client.post(address).status_code == 429
    assert client.delete(address).status_code == 405


def test_a_new_file_takes_the_place_of_the_old_one(resident, django_capture_on_commit_callbacks):
    ask_for_export(resident)
    make_exports()
    old = DataExport.objects.get().file.name
    ask_for_export(resident)
    with django_capture_on_commit_callbacks(execute=True):
        make_exports()
    assert DataExport.objects.get().file.name != old
    assert not private_files().exists(old)


def test_a_week_later_file_and_row_are_gone(resident, django_capture_on_commit_callbacks):
    ask_for_export(resident)
    make_exports()
    export = DataExport.objects.get()
    assert forget_exports(export.expires_at - datetime.timedelta(seconds=1)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert forget_exports(export.made_at + KEPT) >= 1
    assert not private_files().exists(export.file.name)
    assert DataExport.objects.count() == 0
    assert forget_exports(export.made_at + KEPT) == 0


def test_a_file_that_belongs_to_nothing_is_swept_away(db, django_capture_on_commit_callbacks):
    name = private_files().save("sierota.zip", io.BytesIO(b"PK"))
    assert forget_exports(timezone.now()) == 0 or private_files().exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        forget_exports(timezone.now() + datetime.timedelta(days=2))
    assert not private_files().exists(name)


def test_the_page_costs_the_same_for_any_number_of_files(resident, as_user, django_assert_num_queries):
    client = as_user(resident)
    ask_for_export(resident)
    make_exports()
    with django_assert_num_queries(3):
        assert client.get(reverse("my_data")).context["is_ready"]

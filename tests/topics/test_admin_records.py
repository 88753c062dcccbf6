"""Records that nobody writes in the panel, who sees which page of it, and how sealed originals are opened."""

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from participants.models import Resident
from participants.roles import Role
from tests import factories
from tests.panel import make_administrator, make_staff
from topics import moderation
from topics.cases import open_appeal
from topics.models import Appeal, Comment, Decision, Reason, Report, SealedLook, SealedText
from topics.sealing import erase_due, open_sealed

RECORDS = {"decision": Decision, "appeal": Appeal, "report": Report, "sealedtext": SealedText, "sealedlook": SealedLook}
REGISTERED = {name: model for name, model in RECORDS.items() if admin.site.is_registered(model)}
SECRET = "Tajna groźba pod adresem sąsiada"
PEOPLE = ["administrator", "moderator", "judge", "duty", "answerer", "editor", "staff"]


@pytest.fixture
def people(moderator: Resident, editor: Resident) -> dict[str, Resident]:
    return {
        "administrator": make_administrator(),
        "moderator": moderator,
        "judge": factories.make_resident("Olga", roles=[Role.APPEALS]),
        "duty": factories.make_resident("Piotr", roles=[Role.DUTY]),
        "answerer": factories.make_resident("Adam", roles=[Role.ANSWERER]),
        "editor": editor,
        "staff": make_staff(),
    }


@pytest.fixture
def records(people) -> dict[str, object]:
    """One row of each, made as they are made."""
    comment = factories.make_published(factories.make_topic(), SECRET)
    report = comment.reports.create(why="threat", created_at=timezone.now())
    first = people["moderator"]
    moderation.hand_over(comment, "Dyżurny KMP", "KMP-12/26", by=first, reason=Reason.THREAT)
    decision, sealed = Decision.objects.get(), SealedText.objects.get()
    open_sealed(sealed, by=people["duty"], why="Sprawa KMP-12/26")
    appeal = Appeal.objects.create(decision=decision, against=first, text="To żart.", created_at=timezone.now())
    open_appeal(appeal, now=timezone.now())
    look = SealedLook.objects.get()
    return {"decision": decision, "appeal": appeal, "report": report, "sealedtext": sealed, "sealedlook": look}


def address(name: str, act: str, *args: int) -> str:
    return reverse(f"admin:topics_{name}_{act}", args=args)


# -- Nobody writes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("name", REGISTERED)
def test_nobody_adds_changes_or_deletes_a_record(people, records, as_user, name: str, who: str):
    client, row = as_user(people[who]), records[name]
    before = {model: list(model.objects.order_by("pk").values()) for model in RECORDS.values()}
    typed = {field.name: "1" for field in row._meta.concrete_fields}
    delete = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    assert client.get(address(name, "add")).status_code == 403
    assert client.post(address(name, "add"), typed).status_code == 403
    assert client.post(address(name, "change", row.pk), typed).status_code == 403
    assert client.post(address(name, "delete", row.pk), {"post": "yes"}).status_code == 403
    client.post(address(name, "changelist"), delete)
    client.post(address(name, "changelist"), {"form-0-id": row.pk, "form-TOTAL_FORMS": 1, "_save": "1", **typed})
    assert {model: list(model.objects.order_by("pk").values()) for model in RECORDS.values()} == before


@pytest.mark.parametrize("name", REGISTERED)
def test_records_have_no_way_to_write(rf, people, name: str):
    site = admin.site.get_model_admin(REGISTERED[name])
    request = rf.get("/")
    request.user = people["administrator"]
    assert not site.has_add_permission(request)
    assert not site.has_change_permission(request)
    assert not site.has_delete_permission(request)
    assert not site.get_actions(request)
    assert site.list_editable == ()


def test_records_beside_a_comment_are_only_read(people, records, as_user):
    comment = Comment.objects.get()
    decision = records["decision"]
    rows = {"decisions-TOTAL_FORMS": 2, "decisions-INITIAL_FORMS": 1, "decisions-0-id": decision.pk}
    rows |= {"decisions-0-note": "Inaczej", "decisions-0-DELETE": "on", "decisions-1-act": "publish"}
    as_user(people["administrator"]).post(address("comment", "change", comment.pk), rows)
    assert list(Decision.objects.values("pk", "note")) == [{"pk": decision.pk, "note": ""}]


def test_a_comment_with_records_is_not_deleted_with_its_author(people, records, as_user):
    author = Comment.objects.get().author
    url = reverse("admin:participants_resident_delete", args=[author.pk])
    as_user(people["administrator"]).post(url, {"post": "yes"})
    assert Comment.objects.get().author is None
    assert all(model.objects.exists() for model in RECORDS.values())


# -- Who sees what --------------------------------------------------------------------------------------------------

SEEN = {
    "case": {"administrator", "moderator", "judge"},
    "comment": {"administrator", "moderator", "editor"},
    "decision": {"administrator", "moderator"},
    "appeal": {"administrator", "judge"},
    "report": {"administrator", "moderator"},
    "sealedtext": {"administrator", "duty"},
    "sealedlook": {"administrator"},
}


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("name", [name for name in SEEN if name not in RECORDS or name in REGISTERED])
def test_pages_open_for_the_roles_that_have_them(people, records, as_user, name: str, who: str):
    client = as_user(people[who])
    row = {**records, "comment": Comment.objects.get(), "case": records["appeal"].case}[name]
    seen = who in SEEN[name]
    assert client.get(address(name, "changelist")).status_code == (200 if seen else 403)
    # Moderators see the queue, but not the appeals in it.
    told = 404 if (name, who) == ("case", "moderator") else 200 if seen else 403
    assert client.get(address(name, "change", row.pk)).status_code == told


@pytest.mark.parametrize("who", PEOPLE)
def test_what_is_sealed_is_on_no_page_of_the_panel(people, records, as_user, who: str):
    client = as_user(people[who])
    comment, case = Comment.objects.get(), records["appeal"].case
    pages = [address(name, "changelist") for name in REGISTERED] + [
        address("case", "changelist"),
        reverse("admin:index"),
    ]
    pages += [address(name, "change", records[name].pk) for name in REGISTERED]
    pages += [address(name, "history", records[name].pk) for name in REGISTERED]
    pages += [address("case", "change", case.pk), address("comment", "change", comment.pk)]
    may_see_reference = who in SEEN["sealedtext"]
    for url in pages:
        html = client.get(url).content.decode()
        assert SECRET not in html, url
        assert may_see_reference or "KMP-12/26" not in html, url


# -- Opening --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["duty", "administrator"])
def test_an_original_is_shown_once_and_the_look_is_written_down(people, records, as_user, who: str):
    client, sealed = as_user(people[who]), records["sealedtext"]
    url = address("sealedtext", "open", sealed.pk)
    assert url in client.get(address("sealedtext", "change", sealed.pk)).content.decode()
    assert SECRET not in client.get(url).content.decode()
    assert SealedLook.objects.count() == 1
    shown = client.post(url, {"why": "Skarga 4/26"})
    assert SECRET in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    look = SealedLook.objects.latest("pk")
    assert (look.by, look.why, look.sealed) == (people[who], "Skarga 4/26", sealed)
    assert SECRET not in client.get(url).content.decode()


@pytest.mark.parametrize("who", ["moderator", "judge", "answerer", "editor", "staff"])
def test_nobody_else_opens_an_original(people, records, as_user, who: str):
    client, url = as_user(people[who]), address("sealedtext", "open", records["sealedtext"].pk)
    for answer in (client.get(url), client.post(url, {"why": "Ciekawość"})):
        assert answer.status_code == 403
        assert SECRET not in answer.content.decode()
    assert SealedLook.objects.count() == 1


def test_an_original_is_not_opened_without_a_purpose(people, records, as_user):
    client, url = as_user(people["duty"]), address("sealedtext", "open", records["sealedtext"].pk)
    answer = client.post(url, {"why": " "})
    assert "why" in answer.context["form"].errors
    assert SECRET not in answer.content.decode()
    assert SealedLook.objects.count() == 1


def test_an_erased_original_offers_nothing(people, records, as_user):
    sealed = records["sealedtext"]
    erase_due(sealed.erase_at)
    client, url = as_user(people["duty"]), address("sealedtext", "open", sealed.pk)
    assert url not in client.get(address("sealedtext", "change", sealed.pk)).content.decode()
    client.post(url, {"why": "Sprawa"})
    assert SealedLook.objects.count() == 1

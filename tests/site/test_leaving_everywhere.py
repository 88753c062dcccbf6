"""After somebody has left: the whole database, the sessions, the cache and the files, searched for what they were."""

import hashlib
import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import caches
from django.core.files.storage import Storage, default_storage
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils.html import escape
from django.utils.http import int_to_base36

from forum_portal.leaving import erase_leavers
from meetings.models import Registration
from participants.leaving import ask
from participants.limits import forget_stale_cache, forget_tallies, unnamed
from participants.models import Departure, Letter, Resident
from participants.models.data_export import private_files
from tests.everywhere import texts_of_database
from tests.site.life import EMAIL, NEXT_EMAIL, SIGNATURE, live, make_leaver
from topics.models import Appeal, Comment

# Where the name may still be found, and why. The privacy page says each of it.
STAYS = {
    "topics_sealedtext.text": "an original under seal: proof, for 90 days",
    "topics_comment.text": "what others wrote is theirs; whoever is named asks a moderator to take it out",
    "topics_comment.html": "the same text",
    "meetings_proposal.why": "words of an institution in the record of a meeting",
}
MAILBOXES = ["participants.locks", "participants.address_changes", "topics.reports", "meetings.asking"]
PLANTED = {"account_emailaddress.email", "django_admin_log.object_repr", "django_admin_log.change_message"}
PLANTED |= {f"participants_letter.{name}" for name in ("to", "subject", "body", "html")}
PLANTED |= {"participants_resident.email", "participants_resident.signature", "participants_addresschange.email"}
PLANTED |= {"topics_appeal.text", "topics_comment.author_name", "topics_report.text", "topics_report.email"}
PLANTED |= {"meetings_followup.words", "meetings_guestquestion.email", "meetings_guestquestion.signature"}
PLANTED |= {"meetings_registration.email", "meetings_registration.name", "meetings_surveyanswer.words"}
PLANTED |= {"mfa_authenticator.data", "limits.cache_key", "session", "file", *STAYS}


def forms_of(word: str) -> set[str]:
    """However it may be written: in HTML, in JSON, in an address, or hashed without a key."""
    lower = word.lower()
    hashes = {getattr(hashlib, name)(lower.encode()).hexdigest() for name in ("md5", "sha1", "sha256")}
    return {lower, escape(word).lower(), json.dumps(word)[1:-1].lower(), quote(word).lower()} | hashes


def needles() -> set[str]:
    counted = {unnamed(module, address) for module in MAILBOXES for address in (EMAIL, NEXT_EMAIL)}
    return forms_of(SIGNATURE) | forms_of(EMAIL) | forms_of(NEXT_EMAIL) | counted


def texts_of_sessions() -> Iterator[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_data FROM django_session")
        for (data,) in cursor.fetchall():
            yield "session", json.dumps(SessionStore().decode(data), ensure_ascii=False)


def texts_of_files(storage: Storage, folder: str = "") -> Iterator[tuple[str, str]]:
    """Whatever lies in the store, by what is written on it: a copy of somebody's data is found by its mark."""
    folders, names = storage.listdir(folder) if storage.exists(folder) or not folder else ([], [])
    for name in names:
        yield "file", f"{name} {EMAIL if name.endswith('.zip') else storage.open(f'{folder}{name}').read()!r}"
    for inner in folders:
        yield from texts_of_files(storage, f"{folder}{inner}/")


def found(person: int) -> set[str]:
    """Where one of the needles is, whatever the case; sessions are searched for the account's number as well."""
    words, places = needles(), set()
    sources = [texts_of_database(), texts_of_sessions(), texts_of_files(private_files())]
    if default_storage.exists(""):
        sources.append(texts_of_files(default_storage))
    for source in sources:
        for place, text in source:
            lower = text.lower()
            marks = {f'"_auth_user_id": "{person}"', f'"user_pk": "{int_to_base36(person)}"'}
            if any(word in lower for word in words | (marks if place == "session" else set())):
                places.add(place)
    return places


@pytest.fixture
def counts_in_a_table(settings, db):
    """Limits are counted where the site counts them."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "limits"}}
    call_command("createcachetable", verbosity=0)
    yield
    caches.close_all()


@pytest.fixture(autouse=True)
def empty_store() -> None:
    for name in private_files().listdir("")[1]:
        private_files().delete(name)


@pytest.mark.parametrize("erases_texts", [True, False], ids=["texts go", "texts stay"])
def test_nothing_of_who_left_is_found(
    moderator, neighbour, erases_texts, counts_in_a_table, django_capture_on_commit_callbacks
):
    leaver = make_leaver()
    comments = live(leaver, moderator, neighbour)
    assert found(leaver.pk) >= PLANTED  # the search finds what is there
    later = ask(leaver, erases_texts=erases_texts).erase_at
    with django_capture_on_commit_callbacks(execute=True):
        assert erase_leavers(later) == 1
    forget_tallies(later)
    forget_stale_cache(later)
    assert found(leaver.pk) == set(STAYS)
    assert not Resident.objects.filter(pk=leaver.pk).exists()
    assert Departure.objects.get().erased_texts is erases_texts
    _others_are_as_they_were(comments, neighbour)
    _comments_are_as_chosen(comments, erases_texts=erases_texts)


def _others_are_as_they_were(comments: dict[str, Comment], neighbour: Resident) -> None:
    others = Comment.objects.get(pk=comments["others"].pk)
    assert (others.support_count, others.text) == (0, "Też tak myślę.")
    assert Registration.objects.get(email="drugi@poczta.example").state == Registration.State.SEATED
    letters = Letter.objects.filter(to=neighbour.email, body="były uczestnik odpowiada.\n")
    assert {letter.state for letter in letters} == set(Letter.State)
    assert {letter.html for letter in letters} == {"<p>były uczestnik pisze</p>"}


def _comments_are_as_chosen(comments: dict[str, Comment], *, erases_texts: bool) -> None:
    texts = {name: Comment.objects.get(pk=comment.pk) for name, comment in comments.items()}
    assert {name for name, comment in texts.items() if comment.author} == {"others"}
    assert (texts["published"].text == "Przy szkole brak pasów i świateł.") is not erases_texts
    assert texts["published"].state == ("withdrawn" if erases_texts else "published")
    assert texts["waiting"].state == "withdrawn"
    assert texts["hidden"].state == "hidden"
    assert "Wycofuję" not in texts["withdrawn"].text
    assert "Czekam" not in texts["waiting"].text
    assert [appeal.text for appeal in Appeal.objects.all()] == [""]  # the decided one


def test_privacy_page_names_what_stays(client, db):
    client.cookies["jezyk"] = "en"
    page = client.get(reverse("privacy")).content.decode()
    [said] = [part for part in page.split("<p") if part.startswith(' id="odejscie"')]
    for words in ("originals under seal until their 90 days are over", "What others wrote", "minutes of meetings"):
        assert words in said
    assert all(STAYS.values())

"""Example content: marked everywhere, refused where others can reach the site, removed without a trace."""

import datetime
import re
import uuid
from collections import Counter
from io import StringIO

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from meetings.models import Commitment, Document, Forum, Meeting
from participants.models import Institution, Letter, Official, Resident, Tally
from tests import factories
from topics.discussion import add_comment
from topics.models import PER_PAGE, Appeal, Case, Comment, Question, Report, Topic

TAG = re.compile(r'<span class="fk-tag fk-tag--wait"><svg[^>]*>.{0,80}</svg>(Example|Przykład)</span>')
BANNER = re.compile(r"This is an example\.|To jest przykład\.")
TRIAL = "--yes-this-is-a-trial-site"


def run(command: str, *options: str) -> str:
    out = StringIO()
    call_command(command, *options, stdout=out)
    return out.getvalue()


def rows_of_all_tables() -> dict[str, dict]:
    """Every row of every table, by its key; but for counted tries, which the worker forgets after two days."""
    return {
        model._meta.label: {row[model._meta.pk.attname]: row for row in model._base_manager.values()}
        for model in apps.get_models()
        if model is not Tally
    }


@pytest.fixture
def example(db) -> None:
    run("load_founding_meeting")
    run("load_example", TRIAL)


@pytest.fixture
def way_home(example) -> Topic:
    return Topic.objects.get(slug="droga-do-domu-po-zmroku")


def example_pages() -> list[str]:
    models = [Meeting.objects.public(), Topic.objects.public(), Institution.objects.public(), Official.objects.public()]
    promises = Commitment.objects.public().filter(meeting__is_example=True)
    return [page.get_absolute_url() for rows in models for page in rows.filter(is_example=True)] + [
        promise.get_absolute_url() for promise in promises
    ]


# -- Loading --------------------------------------------------------------------------------------


def is_marked(html: str) -> bool:
    """Whether the reader learns it before the title ends."""
    top = html[html.index("<main") : html.index("</h1>")]
    return bool(TAG.search(top) or BANNER.search(top))


def test_every_page_of_the_example_is_marked(client, example):
    pages = example_pages()
    assert len(pages) == 5 + 5 + 4 + 3 + 4
    assert [page for page in pages if not is_marked(client.get(page).content.decode())] == []


def test_pages_of_the_real_meeting_are_not_marked(client, example):
    meeting = Meeting.objects.get(is_example=False)
    real = [meeting, *Topic.objects.filter(is_example=False), *Institution.objects.filter(is_example=False)]
    assert len(real) == 1 + 6 + 6
    assert not any(is_marked(client.get(page.get_absolute_url()).content.decode()) for page in real)


@pytest.mark.parametrize("name", ["home", "meetings:list", "topics:list"])
def test_lists_mark_the_rows_of_the_example_and_no_others(client, example, name):
    rows = client.get(reverse(name)).content.decode().split('<li class="fk-row')[1:]
    addresses = example_pages()
    of_example = [row for row in rows if any(f'href="{address}"' in row for address in addresses)]
    assert of_example
    assert [row for row in rows if TAG.search(row)] == of_example


def test_talk_shows_pages_answers_notices_and_what_waits(client, way_home):
    first = client.get(way_home.get_absolute_url()).content.decode()
    assert way_home.thread_count > 2 * PER_PAGE
    assert "asp. szt. Marta Wolska" in first
    assert way_home.pinned.is_official
    assert "to zwykły cham" not in first
    assert way_home.comments.filter(state=Comment.State.HIDDEN).count() == 1
    assert {c.hold for c in way_home.comments.waiting()} == {Comment.Hold.LINK, Comment.Hold.FIRST}
    third = client.get(way_home.get_absolute_url(), {"strona": 3}).content.decode()
    assert way_home.comments.get(position=way_home.thread_count, parent=None).html in third
    assert "www.przyklad.invalid" not in first + third


def test_questions_stand_in_every_state(example):
    states = Counter(Question.objects.filter(topic__is_example=True).values_list("state", flat=True))
    assert set(states) == set(Question.State)
    passed = Question.objects.get(state=Question.State.PASSED)
    assert (passed.institution.name, passed.topic.slug) == ("Przykładowy Urząd Miasta", "droga-do-domu-po-zmroku")


def test_newcomer_comes_upon_kinds_supports_and_changes(client, way_home):
    kinds = set(way_home.comments.threads().public().values_list("kind", flat=True))
    assert kinds == set(Comment.Kind)
    assert way_home.comments.get(support_count=9).supports.count() == 9
    corrected = way_home.comments.get(edited_at__isnull=False)
    assert [version.was_public for version in corrected.versions.all()] == [True, True]
    assert corrected.html in client.get(way_home.get_absolute_url()).content.decode()
    assert way_home.comments.filter(state=Comment.State.WITHDRAWN).count() == 1


def test_queue_has_a_report_and_held_comments_and_an_appeal_is_decided(example):
    cases = Case.objects.open().filter(comment__topic__is_example=True)
    assert sorted(cases.values_list("kind", flat=True)) == sorted([Case.Kind.HELD, Case.Kind.HELD, Case.Kind.REPORTED])
    assert Report.objects.get().state == Report.State.OPEN
    decided = Appeal.objects.get()
    assert (decided.outcome, decided.decided_by.signature) == (Appeal.Outcome.UPHELD, "Odwołania (przykład)")
    assert decided.decided_at < timezone.now()


def test_comments_stand_in_the_order_in_which_they_were_written(way_home):
    written = list(way_home.comments.threads().public().in_order().values_list("created_at", flat=True))
    assert written == sorted(written)
    assert written[-1] < timezone.now()


def test_nobody_writes_at_night_or_in_the_future(example):
    written = [timezone.localtime(comment.created_at) for comment in Comment.objects.all()]
    assert all(8 <= moment.hour < 21 for moment in written)
    assert max(written) < timezone.now()


def test_counters_are_those_that_a_recount_finds(example):
    assert "right" in run("recount", "--dry-run")


def test_meetings_stand_in_every_state_that_a_visitor_meets(client, example):
    states = sorted(Meeting.objects.filter(is_example=True).values_list("state", flat=True))
    assert states == ["announced", "announced", "draft", "held", "held", "postponed"]
    coming = Meeting.objects.get(title="Jasna droga do domu")
    assert coming.date > timezone.localdate() + datetime.timedelta(days=7)
    html = client.get(coming.get_absolute_url()).content.decode()
    for text in [
        "17:00",
        "Przykładowa Szkoła Podstawowa",
        "Dzielnicowy rejonu nr 3",
        "Przerwa",
        "Droga do domu po zmroku",
    ]:
        assert text in html
    moved = Meeting.objects.get(title="Seniorzy w mieście")
    assert moved.changes.count() == 1


def test_drafts_of_the_example_are_hidden(client, example):
    drafts = [Meeting.objects.get(title="Bezpieczne wakacje"), Topic.objects.get(title="Oszustwa przez telefon")]
    for draft in drafts:
        assert client.get(draft.get_absolute_url()).status_code == 404


def test_accounts_cannot_sign_in_and_get_no_letter(client, example):
    accounts = Resident.objects.filter(is_example=True)
    assert accounts.count() == 19
    assert all(account.email.endswith("@example.invalid") for account in accounts)
    assert not any(account.has_usable_password() or account.is_staff for account in accounts)
    client.post(reverse("account_reset_password"), {"email": "osoba1@example.invalid"})
    assert not Letter.objects.exists()


def test_a_second_load_is_refused(example):
    with pytest.raises(CommandError, match="already"):
        run("load_example", TRIAL)


@pytest.mark.parametrize(
    ("hosts", "site_url"),
    [
        (["forum.example"], "http://127.0.0.1:8000"),
        (["localhost"], "https://forum.example"),
        (["*"], "http://localhost"),
    ],
)
def test_site_that_others_can_reach_refuses(db, settings, hosts, site_url):
    settings.ALLOWED_HOSTS, settings.SITE_URL = hosts, site_url
    with pytest.raises(CommandError, match=TRIAL):
        run("load_example")
    assert not Forum.objects.exists()
    assert not Resident.objects.exists()


def test_own_machine_needs_no_flag(db, settings):
    settings.ALLOWED_HOSTS, settings.SITE_URL = ["localhost", "127.0.0.1", "[::1]"], "http://127.0.0.1:8000"
    assert "Loaded" in run("load_example")


# -- Removing -------------------------------------------------------------------------------------


def test_removal_leaves_every_row_as_it_was_before_loading(resident, moderator):
    run("load_founding_meeting")
    factories.make_published(factories.make_topic("Prawdziwy temat"), author=resident)
    before = rows_of_all_tables()
    run("load_example", TRIAL)
    loaded = rows_of_all_tables()
    assert len(loaded["topics.Comment"]) > 70
    assert all(loaded[table].items() >= rows.items() for table, rows in before.items())
    run("remove_example")
    assert rows_of_all_tables() == before


def test_removal_where_nothing_is_loaded_changes_nothing(resident):
    run("load_founding_meeting")
    before = rows_of_all_tables()
    run("remove_example")
    assert rows_of_all_tables() == before


def test_removal_refuses_to_take_comments_of_residents(resident, way_home):
    add_comment(topic=way_home, author=resident, text="Mam inne zdanie.", submission=uuid.uuid4())
    before = rows_of_all_tables()
    with pytest.raises(CommandError, match=r"Droga do domu po zmroku: Hanna, os\. Słowackiego: Mam inne zdanie"):
        run("remove_example")
    assert rows_of_all_tables() == before
    run("remove_example", "--with-comments")
    assert not Comment.objects.exists()
    assert list(Resident.objects.all()) == [resident]


def test_removal_keeps_comments_whose_author_is_gone_until_told(resident, way_home):
    comment = add_comment(topic=way_home, author=resident, text="Mam inne zdanie.", submission=uuid.uuid4())
    Comment.objects.filter(pk=comment.pk).update(author=None)
    with pytest.raises(CommandError, match="Mam inne zdanie"):
        run("remove_example")


def test_removal_refuses_where_a_real_meeting_uses_the_example(way_home):
    meeting = factories.make_meeting("Prawdziwe spotkanie")
    factories.make_agenda_item(meeting, way_home)
    before = rows_of_all_tables()
    with pytest.raises(CommandError, match=r"agenda item: Droga do domu|punkt .*Droga do domu"):
        run("remove_example", "--with-comments")
    assert rows_of_all_tables() == before


def test_removal_takes_redirects_and_uploads_of_example_pages(
    client, example, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    meeting = Meeting.objects.get(title="Jasna droga do domu")
    old = meeting.get_absolute_url()
    meeting.slug = "inny-adres"
    meeting.save()
    document = Document(meeting=meeting, title="Plan", file=ContentFile(b"%PDF-1.4", name="plan.pdf"))
    document.save()
    with django_capture_on_commit_callbacks(execute=True):
        run("remove_example")
    assert client.get(old).status_code == 404
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]

"""Downloads: documents and photos of a meeting, served by the site itself."""

import pytest
from django.test import Client

from meetings.models import Meeting
from tests import factories

State = Meeting.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored_under")]


def content_of(response) -> bytes:
    return b"".join(response.streaming_content)


def test_document_is_downloaded_and_never_run(client: Client):
    document = factories.make_document(factories.make_meeting(), "Notatka ze spotkania: łąka")
    url = document.get_absolute_url()
    assert url == f"/spotkania/dokument/{document.pk}/notatka-ze-spotkania-laka.pdf"
    response = client.get(url)
    assert content_of(response) == b"%PDF-1.7 program"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="notatka-ze-spotkania-laka.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "public, max-age=86400"


def test_file_is_not_packed_twice(client: Client):
    meeting = factories.make_meeting()
    for file in (factories.make_document(meeting), factories.make_photo(meeting)):
        response = client.get(file.get_absolute_url(), headers={"accept-encoding": "gzip"})
        assert int(response["Content-Length"]) == len(content_of(response))


def test_page_links_the_document_with_its_kind_and_size(client: Client):
    document = factories.make_document(factories.make_meeting(), "Program")
    html = client.get(document.meeting.get_absolute_url()).content.decode()
    assert f'<a href="{document.get_absolute_url()}">Program</a>' in html
    assert "<small>PDF, 16\xa0" in html


def test_renamed_document_leads_to_its_new_name(client: Client):
    document = factories.make_document(factories.make_meeting(), "Program")
    response = client.get(f"/spotkania/dokument/{document.pk}/stary-program.pdf")
    assert (response.status_code, response["Location"]) == (301, document.get_absolute_url())


def test_photo_is_shown_with_words_and_source(client: Client):
    photo = factories.make_photo(factories.make_meeting(), "Sala pełna mieszkańców", caption="Na sali", source="KMP")
    html = client.get(photo.meeting.get_absolute_url(), headers={"accept-language": "en"}).content.decode()
    figure = html.partition("<figure>")[2].partition("</figure>")[0]
    assert f'src="{photo.get_absolute_url()}" width="60" height="40" loading="lazy"' in figure
    for text in ('alt="Sala pełna mieszkańców"', "Na sali", "Photo:", "KMP"):
        assert text in figure
    response = client.get(photo.get_absolute_url())
    assert content_of(response).startswith(b"\xff\xd8")
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "public, max-age=86400"


def test_photo_has_an_address_of_its_own_file(client: Client):
    photo = factories.make_photo(factories.make_meeting())
    response = client.get(f"/spotkania/zdjecie/{photo.pk}/inne.jpg")
    assert (response.status_code, response["Location"]) == (301, photo.get_absolute_url())


@pytest.mark.parametrize("state", [State.DRAFT, State.SCHEDULED])
def test_preview_of_a_file_stays_in_no_cache(state: str, as_user, editor):
    meeting = factories.make_meeting(state=state)
    for file in (factories.make_document(meeting), factories.make_photo(meeting)):
        response = as_user(editor).get(file.get_absolute_url())
        assert content_of(response)
        assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("kind", ["dokument", "zdjecie"])
@pytest.mark.parametrize("pk", ["0", "999999", "9" * 30])
def test_file_that_does_not_exist_is_not_found(kind: str, pk: str, client: Client):
    assert client.get(f"/spotkania/{kind}/{pk}/plik.pdf").status_code == 404


def test_row_without_its_file_is_not_found(client: Client):
    document = factories.make_document(factories.make_meeting())
    document.file.storage.delete(document.file.name)
    assert client.get(document.get_absolute_url()).status_code == 404


def test_file_is_for_reading_only(client: Client):
    meeting = factories.make_meeting()
    for file in (factories.make_document(meeting), factories.make_photo(meeting)):
        assert client.post(file.get_absolute_url()).status_code == 405


def test_stored_name_is_no_way_round(client: Client):
    """Nothing serves the folder of uploads by itself."""
    document = factories.make_document(factories.make_meeting())
    assert client.get(document.file.url).status_code == 404


def test_what_is_added_while_the_report_is_written_comes_out_with_it(client: Client, editor, as_user):
    meeting = factories.make_meeting(state=State.HELD, closed_at=None)
    early = factories.make_document(meeting, "Program")
    late = [
        factories.make_document(meeting, "Prezentacja", with_report=True),
        factories.make_photo(meeting, "Pełna sala", with_report=True),
    ]
    staff, page = as_user(editor), meeting.get_absolute_url()
    html = client.get(page).content.decode()
    assert "Program" in html
    assert "Prezentacja" not in html
    assert "Pełna sala" not in html
    assert early.is_public
    for file in late:
        assert not file.is_public
        assert client.get(file.get_absolute_url()).status_code == 404
        shown = staff.get(file.get_absolute_url())
        assert content_of(shown)
        assert "no-store" in shown["Cache-Control"]
    preview = staff.get(page, {"podglad": 1}).content.decode()
    assert "Prezentacja" in preview
    assert "Pełna sala" in preview
    meeting.closed_at = meeting.held_at
    meeting.save()
    html = client.get(page).content.decode()
    assert "Prezentacja" in html
    assert "Pełna sala" in html
    assert all(content_of(client.get(file.get_absolute_url())) for file in late)

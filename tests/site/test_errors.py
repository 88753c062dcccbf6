"""Every failure is a page that says what to do, with the right status, and loses nothing that was typed."""

import io
from http import HTTPStatus

import pytest
from django.test import Client
from django.test.client import MULTIPART_CONTENT
from django.urls import reverse

from tests.site.inline import inline_code

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.site.failing_urls")]


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("path", "status", "heading"),
    [
        ("/awaria/400/", 400, "We do not understand this request"),
        ("/awaria/403/", 403, "You have no access to this page"),
        ("/nie-ma/", 404, "There is no such page"),
    ],
)
def test_error_page_says_what_happened_in_the_frame(client: Client, path: str, status: int, heading: str):
    response = client.get(path, headers={"accept-language": "en"})
    html = response.content.decode()
    assert response.status_code == status
    assert f"<h1>{heading}</h1>" in html
    assert 'class="fk-nav"' in html
    assert inline_code(html) == []


@pytest.mark.parametrize(
    ("path", "status", "heading"),
    [
        ("/awaria/500/", 500, "Coś się u nas zepsuło"),
        ("/awaria/gone/", 503, "Forum chwilowo nie działa"),
        ("/awaria/lost/", 503, "Forum chwilowo nie działa"),
    ],
)
def test_failure_of_ours_is_a_plain_polish_page(client: Client, path: str, status: int, heading: str):
    response = client.get(path)
    html = response.content.decode()
    assert response.status_code == status
    assert f"<h1>{heading}</h1>" in html
    assert 'href="tel:112"' in html
    assert inline_code(html) == []
    assert "{%" not in html
    assert response.has_header("Retry-After") is (status == 503)


@pytest.mark.parametrize("path", ["/awaria/500/", "/awaria/gone/"])
def test_plain_page_finds_its_files(client: Client, path: str):
    html = client.get(path).content.decode()
    files = {part.split('"')[0].split("#")[0] for part in html.split('="/static/')[1:]}
    assert len(files) >= 6
    for file in files:
        found = client.get(f"/static/{file}")
        found.close()
        assert found.status_code == HTTPStatus.OK, file


@pytest.mark.parametrize("path", ["/%00", "/tematy/a%00b/", "/?q=%00", "/spotkania/?strona=1%00"])
def test_nul_byte_is_a_bad_request(client: Client, path: str):
    response = client.get(path, headers={"accept-language": "en"})
    assert response.status_code == 400
    assert "The address or the form came to us damaged." in response.content.decode()


def test_nul_byte_in_a_cookie_is_ignored(client: Client):
    client.cookies["sesja"] = '"abcdefgh\\000ijkl"'
    assert client.get("/zasady/").status_code == 200


def test_body_over_the_limit_is_refused_before_it_is_parsed(client: Client, settings):
    settings.MAX_REQUEST_BYTES = 1000
    form = {"file": io.BytesIO(b"x" * 2000)}
    response = client.post("/formularz/", form, headers={"accept-language": "en"})
    assert response.status_code == 413
    assert "The file or the form is too big" in response.content.decode()
    assert client.post("/wyglad/", {"motyw": "jasny"}).status_code == 302


def test_form_too_big_for_memory_is_refused(client: Client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    response = client.post("/wyglad/", {"motyw": "x" * 200}, headers={"accept-language": "en"})
    assert response.status_code == 413
    assert "The file or the form is too big" in response.content.decode()


def test_form_with_too_many_fields_is_refused(client: Client, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 10
    response = client.post("/wyglad/", {f"f{number}": "1" for number in range(20)})
    assert response.status_code == 400
    assert 'class="fk-lost"' in response.content.decode()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"anything", "multipart/form-data"),
        (b"anything", "multipart/form-data; boundary=\xc4\x85"),
        (b"anything", "multipart/form-data; boundary=" + "x" * 300),
        (b"motyw=1", "application/x-www-form-urlencoded; charset=iso-8859-2"),
    ],
)
def test_damaged_form_is_a_bad_request(client: Client, body: bytes, content_type: str):
    response = client.generic("POST", "/wyglad/", body, content_type=content_type)
    assert response.status_code == 400
    assert 'class="fk-lost"' in response.content.decode()


def test_multipart_cut_off_in_the_middle_is_no_failure(client: Client):
    body = b'--BoUnDaRyStRiNg\r\nContent-Disposition: form-data; name="motyw"\r\n\r\nciem'
    assert client.generic("POST", "/wyglad/", body, content_type=MULTIPART_CONTENT).status_code == 302


@pytest.mark.parametrize("path", ["/wyglad/"])
def test_page_that_only_takes_a_form_says_so_to_who_opens_it(client: Client, path: str):
    response = client.get(path, headers={"accept-language": "en"})
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert "<h1>We do not understand this request</h1>" in response.content.decode()


def test_unknown_host_is_a_bad_request(client: Client):
    assert client.get("/zasady/", headers={"host": "zly.example"}).status_code == 400


# -- An expired form ---------------------------------------------------------------------------------

TEXT = "Na skwerze przy szkole\nnie świeci się <żadna> lampa."


@pytest.fixture
def expired(client: Client):
    def send(form: dict, **headers: str) -> str:
        strict = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
        response = strict.post(reverse("account_login"), form, headers=headers)
        assert response.status_code == 403
        return response.content.decode()

    return send


def test_expired_form_gives_the_text_back(expired):
    html = expired({"text": TEXT})
    assert "The form has expired" in html
    assert "Na skwerze przy szkole\nnie świeci się &lt;żadna&gt; lampa.</textarea>" in html
    assert "readonly" in html
    assert inline_code(html) == []


def test_expired_form_shows_no_secret(expired):
    html = expired({"text": TEXT, "password": "trzy losowe słowa", "csrfmiddlewaretoken": "a" * 64, "next": "/tematy/"})
    assert "trzy losowe" not in html
    assert "a" * 64 not in html


def test_expired_form_without_words_shows_no_box(expired):
    assert "<textarea" not in expired({"login": "osoba@poczta.example", "password": "trzy losowe słowa"})


def test_form_from_another_site_is_not_echoed(expired):
    assert "Na skwerze" not in expired({"text": TEXT}, sec_fetch_site="cross-site")

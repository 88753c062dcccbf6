"""Printed pages: everybody can read them, they are made from our own files alone, and nothing else needs them."""

import http.server
import os
import subprocess
import sys
import threading

import pytest
from django.template import engines

from participants.printing import CannotPrint, Printout, print_page, static_file
from tests.paper import fonts_of, needs_press, open_pdf, size_of, tags_of, text_of

pytestmark = needs_press
LETTERS = "ąćęłńóśźż ĄĆĘŁŃÓŚŹŻ ЇЄҐ їєґ „–” 0123456789"
MODEL = """{{% extends "print/base.html" %}}{{% load prose printed %}}{{% block title %}}{{{{ title }}}}{{% endblock %}}
{{% block content %}}<h1>{{{{ title }}}}</h1>{body}{{% endblock %}}"""


@pytest.fixture
def template(tmp_path, settings):
    """`template("<p>…</p>")` is the name of a printed page with this body."""
    folder = engines["django"].engine.dirs[0]
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [folder, tmp_path]}]

    def write(body: str) -> str:
        (tmp_path / "page.html").write_text(MODEL.format(body=body))
        return "page.html"

    return write


def test_polish_and_ukrainian_letters_are_there_in_our_own_fonts(template):
    pdf = print_page(template("<p>{{ words }} <b>{{ words }}</b></p>"), {"title": "Żółć", "words": LETTERS})
    assert text_of(pdf).count(LETTERS) == 2
    assert all("Wix" in name for name in fonts_of(pdf))


def test_page_is_tagged_named_and_in_polish(template):
    pdf = print_page(template("<ul><li>a</li></ul><table><tr><th>b</th><td>c</td></tr></table>"), {"title": "Żółć"})
    root = open_pdf(pdf).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 - an object of the library
    assert root["/Lang"] == "pl-PL"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert open_pdf(pdf).metadata.title == "Żółć"
    assert {"/H1", "/L", "/LI", "/Table", "/TH", "/TD"} <= set(tags_of(pdf))
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert size_of(pdf) == [(210, 297)]


@pytest.mark.parametrize(("language", "code"), [("en", "en"), ("uk", "uk-UA")])
def test_page_may_speak_another_language(template, language: str, code: str):
    pdf = print_page(template("<p>{% translate 'Meetings' %}</p>"), {"title": "a"}, language=language)
    assert open_pdf(pdf).trailer["/Root"]["/Lang"] == code
    assert {"en": "Meetings", "uk": "Зустрічі"}[language] in text_of(pdf)


def test_what_is_too_long_is_printed_shorter_until_it_fits(template):
    name = template("{% for line in lines %}<p>linia {{ line }}</p>{% endfor %}")
    shorter = [{"lines": range(80)}, {"lines": range(10)}, {"lines": range(1)}]
    pdf = print_page(name, {"title": "a", "lines": range(200)}, shorter=shorter)
    assert len(open_pdf(pdf).pages) == 1
    assert text_of(pdf).count("linia") == 10


def test_any_change_of_the_page_changes_its_digest(template):
    name = template("<p>{{ words }}</p>")
    digests = {Printout(name, {"title": "a", "words": words}).digest for words in ("raz", "dwa", "raz")}
    assert len(digests) == 2
    assert Printout(name, {"title": "a", "words": "raz"}, language="en").digest not in digests


# -- nothing from outside ---------------------------------------------------------------------------------


@pytest.fixture
def server():
    """A machine in the same network, which counts who asks it."""
    asked = []

    class Counting(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *args):
            """Says nothing."""

    machine = http.server.HTTPServer(("127.0.0.1", 0), Counting)
    threading.Thread(target=machine.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{machine.server_port}", asked
    machine.shutdown()
    machine.server_close()


HOSTILE = """<img src="{a}/x.png" alt="x"><link rel="stylesheet" href="{a}/x.css"><iframe src="{a}/x"></iframe>
<object data="{a}/x.svg"></object><embed src="{a}/x.svg"><style>@import url({a}/y.css); p {{ background: url({a}/y.png) }}
@font-face {{ font-family: x; src: url({a}/f.woff) }} p {{ font-family: x }}</style>
<p style="list-style: url({a}/l.png)">słowa <a rel="attachment" href="{a}/secret">z</a></p>
<svg><image href="{a}/s.png"/></svg><base href="{a}/">"""  # noqa: E501


def test_no_text_makes_the_server_ask_another_machine(template, server, caplog):
    address, asked = server
    pdf = print_page(template("{{ text|prose }}"), {"title": "a", "text": HOSTILE.format(a=address)})
    assert "słowa" in text_of(pdf)
    assert asked == []
    assert "not printed" in caplog.text  # it was tried, and refused


def test_no_text_brings_a_file_of_the_server_in(template, tmp_path):
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text y="9">tajne</text></svg>')
    hostile = HOSTILE.format(a=f"file://{tmp_path}").replace("x.svg", "secret.svg").replace("x.png", "secret.svg")
    hostile += '<a rel="attachment" href="file:///etc/passwd">x</a><img src="file:///etc/passwd" alt="x">'
    pdf = print_page(template("{{ text|prose }}"), {"title": "a", "text": hostile})
    assert "tajne" not in text_of(pdf)
    assert open_pdf(pdf).attachments == {}
    assert b"root:" not in pdf


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data/",
        "https://forum.example.attacker.example/static/css/print.css",
        "https://forum.example/media/documents/x.pdf",
        "https://forum.example/static/../manage.py",
        "https://forum.example/static/css/../../manage.py",
        "https://forum.example/static/css/%2e%2e/%2e%2e/manage.py",
        "https://forum.example/static/css//etc/passwd",
        "https://forum.example/static/js/proof.js",
        "https://forum.example/static/img/nie-ma.svg",
        "ftp://forum.example/static/css/print.css",
    ],
)
def test_only_files_made_for_pages_are_served(settings, url: str):
    settings.SITE_URL = "https://forum.example"
    with pytest.raises(Exception, match=r"not printed|no such file|outside of the base path"):
        static_file(url)
    assert static_file("https://forum.example/static/img/mark.svg").startswith(b"<svg")


# -- a machine without the library ---------------------------------------------------------------------------


def test_machine_without_pango_says_what_it_cannot_do(template, without_pango):
    printout = Printout(template("<p>a</p>"), {"title": "a"})
    assert len(printout.digest) == 32
    with pytest.raises(CannotPrint, match=r"Ten serwer nie tworzy plików PDF"):
        printout.pdf()


def test_nothing_of_the_site_imports_the_library_at_the_start():
    code = "import django, sys; django.setup(); import forum_portal.urls; sys.exit('weasyprint' in sys.modules)"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0  # noqa: S603

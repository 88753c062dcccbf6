"""What the page frame needs on every page. Costs no query: `user` and `messages` stay lazy."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

THEME_COOKIE = "motyw"
THEMES = ("auto", "jasny", "ciemny")
SECTIONS = {
    "spotkania": "meetings",
    "obietnice": "promises",
    "tematy": "topics",
    "pytania": "topics",
    "decyzje": "topics",
    "moderacja": "topics",
    "instytucje": "institutions",
    "osoby": "institutions",
    "o-forum": "about",
    "konto": "account",
}


def frame(request: HttpRequest) -> dict:
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    return {
        "forum": settings.FORUM,
        "town": settings.FORUM["town_in" if get_language() == "pl" else "town"],
        "theme": theme if theme in THEMES else "auto",
        "languages": settings.LANGUAGES,
        "section": SECTIONS.get(request.path.split("/", 2)[1], ""),
        # Where the language and theme forms come back to: only an address that answers to GET.
        "here": request.get_full_path() if request.method in ("GET", "HEAD") else "",
    }

"""Finds what the Content-Security-Policy would refuse: scripts and styles written into the page itself."""

from html.parser import HTMLParser


class _Scanner(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "style" or (tag == "script" and not names.get("src")):
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.found.append(f"<{tag} {name}=>")
            if (value or "").strip().lower().startswith("javascript:"):
                self.found.append(f"<{tag} {name}=javascript:>")
            if name in ("src", "srcset", "data") and (value or "").startswith(("http:", "https:", "//", "data:")):
                self.found.append(f"<{tag} {name}=…> from elsewhere")
            loads = tag == "link" and names.get("rel") not in {"canonical", "alternate"}
            if loads and name == "href" and (value or "").startswith(("http:", "https:", "//", "data:")):
                self.found.append("<link href=…> from elsewhere")


def inline_code(html: str) -> list[str]:
    """What is wrong, in reading order; an empty list is a clean page."""
    scanner = _Scanner()
    scanner.feed(html)
    return scanner.found

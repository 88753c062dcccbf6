"""What a first visit downloads, as a browser with an empty cache does it."""

import gzip
import os
import shutil
from urllib.parse import urlsplit

from playwright.sync_api import Response, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
GZIP_LEVEL = 6  # deploy/nginx.conf


def compressed(content: bytes) -> int:
    """As nginx sends a page; files of styles, fonts and icons are compressed once, by collectstatic."""
    return len(gzip.compress(content, GZIP_LEVEL))


def find_browser() -> str:
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None) or ""


def first_visit(address: str) -> dict[str, int]:
    """Bytes of each file that the browser fetched, by its path; the page as nginx would have sent it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        page = browser.new_page(locale="pl-PL", viewport={"width": 390, "height": 844})
        responses: list[Response] = []
        page.on("requestfinished", lambda request: responses.append(request.response()))
        page.goto(address, wait_until="networkidle")
        sizes = {urlsplit(response.url).path: _size(response) for response in responses}
        browser.close()
    return sizes


def _size(response: Response) -> int:
    if response.request.resource_type == "document":
        return compressed(response.body())
    return response.request.sizes()["responseBodySize"]

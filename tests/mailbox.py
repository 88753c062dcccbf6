"""Reading the letters that the site has queued."""

import re

from django.conf import settings

from participants.models import Letter


def last_letter(to: str) -> Letter:
    return Letter.objects.filter(to=to).latest("pk")


def link_in(letter: Letter, path: str) -> str:
    """The address in the letter that lies under `path`, without the host."""
    [link] = re.findall(rf"{re.escape(settings.SITE_URL)}({re.escape(path)}\S*)", letter.body)
    return link

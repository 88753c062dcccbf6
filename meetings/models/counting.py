"""How many people came, as far as anybody knows."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


class Counted(models.TextChoices):
    UNKNOWN = "unknown", _("not known")
    EXACT = "exact", _("exactly")
    ABOUT = "about", _("about")
    MORE_THAN = "more", _("more than")


def people_in_words(count: int | None, counted: str) -> str:
    """ "24 osoby", "około 24 osób", "ponad 24 osoby", or "" when nobody knows."""
    if count is None:
        return ""
    words = {
        Counted.EXACT: ngettext("%(count)d person", "%(count)d people", count),
        Counted.ABOUT: ngettext("about %(count)d person", "about %(count)d people", count),
        Counted.MORE_THAN: ngettext("more than %(count)d person", "more than %(count)d people", count),
    }
    return words[Counted(counted)] % {"count": count}

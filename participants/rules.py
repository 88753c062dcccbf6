"""The versions of the rules of discussion: what each of them changed, and who has accepted which.

Whoever has not accepted the version in force may read, see their account, take their data and leave; what writes is
refused by the rule of each act (has_accepted), and its page leads to the form that asks.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from participants.models import Resident, RulesAcceptance


@dataclass(frozen=True)
class Version:
    """`changes` are sentences for whoever knows the version before."""

    name: str
    since: datetime.date
    changes: tuple[Any, ...]


# The oldest first. A change of the rules is a new row here and new words in templates/site/rules.html.
VERSIONS = (
    Version(
        "2026-11",
        datetime.date(2026, 11, 1),
        (_("These are the first rules of the forum: what may be written, and what a moderator does."),),
    ),
)
CURRENT = VERSIONS[-1]


def has_accepted(account: Any) -> bool:
    """Whether the account has accepted the version in force. No query."""
    return account.rules_version == CURRENT.name


def news_for(accepted: str, versions: tuple[Version, ...] = VERSIONS) -> list[Version]:
    """The versions since the accepted one, the newest first; all of them where that one is not known."""
    names = [version.name for version in versions]
    known = names.index(accepted) + 1 if accepted in names else 0
    return list(reversed(versions[known:]))


def accept(account: Resident, *, now: datetime.datetime | None = None) -> None:
    """Note that the account accepts the version in force; again, nothing changes. Three queries, one again."""
    with transaction.atomic():
        found = Resident.objects.select_for_update(of=("self",)).get(pk=account.pk)
        if not has_accepted(found):
            found.rules_version, found.rules_accepted_at = CURRENT.name, now or timezone.now()
            found.save(update_fields=["rules_version", "rules_accepted_at"])
            RulesAcceptance.objects.create(account=found, version=CURRENT.name, at=found.rules_accepted_at)
    account.rules_version, account.rules_accepted_at = found.rules_version, found.rules_accepted_at

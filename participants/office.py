"""What is missing on the pages that the law asks of the office, in sentences for who fills them in."""

import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from participants.models import AccessibilityStatement, InformationClause, OfficePage

# Names of fields, of which one at least is filled in, and what to do when none is.
Needs = list[tuple[tuple[str, ...], Any]]
CLAUSE: Needs = [
    (("controller",), _("Name the controller of the data.")),
    (("address",), _("Give the postal address of the controller.")),
    (("email", "phone"), _("Give an e-mail address or a telephone number of the controller.")),
    (("inspector_name",), _("Name the data protection officer.")),
    (("inspector_email", "inspector_phone"), _("Say how to reach the data protection officer.")),
    (("recipients",), _("Say who else gets the data.")),
    (("transfer",), _("Say whether data leave the European Economic Area.")),
    (("required",), _("Say whether the data have to be given, and what follows if they are not.")),
    (("automated",), _("Say whether a program takes decisions about people.")),
]
STATEMENT: Needs = [
    (("entity",), _("Name the public body.")),
    (("published_on",), _("Give the day on which the website was published.")),
    (("updated_on",), _("Give the day of the last change of the website that matters.")),
    (("status",), _("Choose how far the website is compliant.")),
    (("prepared_on",), _("Give the day on which the statement was drawn up.")),
    (("basis",), _("Choose on what basis the statement was drawn up.")),
    (("contact",), _("Name the person or unit to write to about accessibility.")),
    (("email",), _("Give an e-mail address for matters of accessibility.")),
    (("phone",), _("Give a telephone number for matters of accessibility.")),
    (("address",), _("Give the address of the seat.")),
    (("architecture", "architecture_url"), _("Describe how to get into the building and about it.")),
    (("communication",), _("Describe how people can communicate with the office.")),
]
REVIEWED_BY = (3, 31)  # every year: act of 4 April 2019, art. 10
WARNED_FROM = (3, 1)


def gaps(page: OfficePage, today: datetime.date) -> list[str]:
    """What the page lacks, in its order; nothing when it is complete. One query for a clause."""
    if isinstance(page, AccessibilityStatement):
        warning = review_warning(page, today)
        return [*gaps_of_statement(page), *([warning] if warning else [])]
    return gaps_of_clause(page, has_purposes=page.processings.exists())


def gaps_of_clause(clause: InformationClause, *, has_purposes: bool) -> list[str]:
    found = _unfilled(clause, CLAUSE)
    if not has_purposes:
        found.append(gettext("Write for what the data are used, on which legal basis and for how long."))
    return found


def gaps_of_statement(statement: AccessibilityStatement) -> list[str]:
    found = _unfilled(statement, STATEMENT)
    is_full = statement.status == AccessibilityStatement.Status.FULL
    reasons = statement.not_conforming or statement.not_covered or statement.burden
    if is_full and reasons:
        found.append(gettext("The website is fully compliant, and yet content that is not accessible is listed."))
    if statement.status and not is_full and not reasons:
        found.append(gettext("List the content that is not accessible."))
    if statement.burden and not statement.assessment_url:
        found.append(gettext("Give the address of the assessment that shows the disproportionate burden."))
    if statement.basis in {"audit", "contractor"} and not (statement.basis_by and statement.basis_url):
        found.append(gettext("Name who assessed the website, and give the address of the document."))
    return found


def review_warning(statement: AccessibilityStatement, today: datetime.date) -> str:
    """From 1 March of the year after the last review, or after the drawing up, until somebody reviews it."""
    days = [day for day in (statement.prepared_on, statement.reviewed_on) if day]
    if not days:
        return ""
    year = max(days).year + 1
    if today > datetime.date(year, *REVIEWED_BY):
        return gettext("The review of the statement is overdue: it was due by 31 March %(year)s.") % {"year": year}
    if today >= datetime.date(year, *WARNED_FROM):
        return gettext("Review the statement by 31 March %(year)s and write down the day.") % {"year": year}
    return ""


def _unfilled(page: OfficePage, needs: Needs) -> list[str]:
    return [str(words) for names, words in needs if not any(getattr(page, name) for name in names)]

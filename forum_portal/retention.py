"""What the forum forgets by the clock: the rules of all apps, in the order in which they run."""

import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum_portal.leaving import erase_inactive
from meetings import asking, news, registration
from meetings.seats import KEPT_DAYS
from participants import (
    address_changes,
    bounces,
    exports,
    inactivity,
    letters,
    limits,
    retention,
    sessions,
    unconfirmed,
)
from participants.retention import Outcome, Rule, in_months, in_words, run_rule
from topics import reporters, sealing

RULES = (
    Rule(
        "unconfirmed",
        _("accounts whose address nobody confirmed"),
        in_words(unconfirmed.KEPT),
        unconfirmed.forget_unconfirmed,
    ),
    Rule("letters", _("letters that were sent or given up"), in_words(letters.KEPT), letters.forget_old),
    Rule(
        "inactive",
        _("accounts that nobody uses, after two letters; their comments stay"),
        in_months(inactivity.MONTHS),
        erase_inactive,
    ),
    Rule(
        "devices",
        _("network addresses and browsers of devices, after their last use"),
        in_words(sessions.KEPT),
        sessions.forget_devices,
    ),
    Rule("sessions", _("sessions that have run out"), _("at once"), sessions.forget_sessions),
    Rule(
        "address-changes",
        _("changes of address that nobody confirmed"),
        in_words(address_changes.KEPT),
        address_changes.forget_old,
    ),
    Rule(
        "pauses",
        _("addresses of no account from which letters came back"),
        in_words(bounces.KEPT),
        bounces.forget_pauses,
    ),
    Rule("exports", _("copies of people’s data"), in_words(exports.KEPT), exports.forget_exports),
    Rule("tallies", _("counts of how often somebody did something"), in_words(limits.KEPT), limits.forget_tallies),
    Rule("cache", _("what has run out in the table of the cache"), _("at once"), limits.forget_stale_cache),
    Rule("sealed", _("texts of sealed originals"), in_words(sealing.KEPT), sealing.erase_due),
    Rule(
        "reporters",
        _("who reported a comment without an account"),
        in_words(reporters.KNOWN_FOR),
        reporters.forget_strangers,
    ),
    Rule(
        "registrations",
        _("who signed up for a meeting, and sign-ups that nobody confirmed"),
        in_words(datetime.timedelta(days=KEPT_DAYS)),
        registration.forget_registrations,
    ),
    Rule(
        "guest-questions",
        _("questions without an account that nobody confirmed"),
        in_words(asking.KEPT),
        asking.forget_unconfirmed,
    ),
    Rule("news", _("news that was told or closed"), in_words(news.KEPT), news.forget_news),
    Rule("panel-log", _("what the staff did in the panel"), in_words(retention.LOG_KEPT), retention.forget_panel_log),
    Rule("runs", _("what these rules did"), in_words(retention.RUNS_KEPT), retention.forget_runs),
)


def forget_due(now: datetime.datetime | None = None) -> dict[str, Outcome]:
    """Apply every rule; what each did, by its key."""
    now = now or timezone.now()
    return {rule.key: run_rule(rule, now) for rule in RULES}

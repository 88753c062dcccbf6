"""The rules of retention by hand: what the worker does every hour, or only what it would do."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from forum_portal.retention import RULES
from participants.retention import Rule, run_rule


class Command(BaseCommand):
    help = "Removes what was kept long enough, and says how much. Fails where a rule fails, after all the others."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("rules", nargs="*", metavar="RULE", help="Only these: " + ", ".join(r.key for r in RULES))
        parser.add_argument("--dry-run", action="store_true", help="Only say what would go; nothing is written.")

    def handle(self, *args: Any, rules: list[str], dry_run: bool, **options: Any) -> None:
        with translation.override("en"):  # operators' commands speak English
            failed = [rule.key for rule in _chosen(rules) if self._is_failing(rule, dry_run)]
        if failed:
            raise CommandError(f"Failed, see the log: {', '.join(failed)}.")

    def _is_failing(self, rule: Rule, is_dry: bool) -> bool:
        outcome = run_rule(rule, timezone.now(), is_dry=is_dry)
        done = "would remove" if is_dry else "removed"
        line = f"{rule.key:<18} {done} {outcome.removed:>7}  {rule.title}, after {rule.after}"
        self.stdout.write(f"{line}: FAILED" if outcome.has_failed else line)
        return outcome.has_failed


def _chosen(keys: list[str]) -> list[Rule]:
    unknown = sorted(set(keys) - {rule.key for rule in RULES})
    if unknown:
        raise CommandError(f"There is no rule {', '.join(unknown)}. Rules: {', '.join(rule.key for rule in RULES)}.")
    return [rule for rule in RULES if not keys or rule.key in keys]

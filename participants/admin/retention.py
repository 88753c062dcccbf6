"""What the forum forgets: each rule with what it did last, and the runs. To look at only, for administrators too."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from participants.admin.frame import PanelAdmin, ReadOnly
from participants.models import JobRun


class RuleFilter(admin.SimpleListFilter):
    title = _("what goes")
    parameter_name = "rule"

    def __init__(self, *args: Any) -> None:
        self.titles = [(rule.key, rule.title) for rule in args[-1].admin_site.rules]
        super().__init__(*args)

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return self.titles

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(rule=self.value()) if self.value() else queryset


@admin.register(JobRun)
class JobRunAdmin(ReadOnly, PanelAdmin):
    """The panel's site knows the rules (`rules`): they are made of all apps. One query for all of them."""

    list_display = ["ended_at", "what", "removed", "is_well"]
    list_filter = [RuleFilter, "has_failed"]
    fields = ["what", "started_at", "ended_at", "removed", "is_well"]
    readonly_fields = fields

    @admin.display(description=_("what goes"))
    def what(self, obj: JobRun) -> Any:
        return next((rule.title for rule in self.admin_site.rules if rule.key == obj.rule), obj.rule)

    @admin.display(description=_("went well"), boolean=True)
    def is_well(self, obj: JobRun) -> bool:
        return not obj.has_failed

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        done = JobRun.objects.by_rule()
        rows = [{**done.get(rule.key, {}), "rule": rule} for rule in self.admin_site.rules]
        return super().changelist_view(request, {"rules": rows, **(extra_context or {})})

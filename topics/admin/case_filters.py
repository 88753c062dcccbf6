"""What one may look for in the queue."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from topics.models import Case, Topic

SHOWN_TOPICS, LOOKED_THROUGH = 50, 1000


class StandingFilter(admin.SimpleListFilter):
    """Open cases, unless somebody asks for what is decided."""

    DECIDED = "decided"
    title = _("state")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [(self.DECIDED, _("decided"))]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        return [{**first, "display": _("to decide")}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(closed_at__isnull=False) if self.value() == self.DECIDED else queryset.open()


class KindFilter(admin.SimpleListFilter):
    COMMENTS = "comments"
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [(self.COMMENTS, _("comments")), *Case.Kind.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == self.COMMENTS:
            return queryset.filter(appeal__isnull=True)
        return queryset.filter(kind=self.value()) if self.value() in Case.Kind.values else queryset


class UrgentFilter(admin.SimpleListFilter):
    title = _("danger or crime")
    parameter_name = "urgent"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("1", _("danger or crime"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(is_urgent=True) if self.value() == "1" else queryset


class HandsFilter(admin.SimpleListFilter):
    title = _("who is at it")
    parameter_name = "hands"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("mine", _("I am")), ("free", _("nobody else"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "mine":
            return queryset.filter(claimed_by=request.user)
        return queryset.free_for(request.user, timezone.now()) if self.value() == "free" else queryset


class TopicFilter(admin.SimpleListFilter):
    """Topics that have something to decide, among the first LOOKED_THROUGH cases: the archive is not read for it."""

    title = _("topic")
    parameter_name = "topic"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        cases = Case.objects.open().visible_to(request.user).urgent_first()[:LOOKED_THROUGH]
        topics = Topic.objects.filter(pk__in=cases.values("comment__topic")).order_by("title", "pk")
        return [(str(pk), title) for pk, title in topics.values_list("pk", "title")[:SHOWN_TOPICS]]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        known = {value for value, _title in self.lookup_choices}
        return queryset.filter(comment__topic=self.value()) if self.value() in known else queryset


FILTERS = [StandingFilter, KindFilter, UrgentFilter, HandsFilter, TopicFilter]

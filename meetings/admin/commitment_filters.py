"""What one may look for among commitments."""

import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.commitments import EVERY
from meetings.models import Commitment
from participants.models import Institution

SILENT_FOR = datetime.timedelta(days=60)


class NeedFilter(admin.SimpleListFilter):
    """The same sets that the first page of the panel counts."""

    title = _("what needs somebody")
    parameter_name = "need"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [
            ("overdue", _("overdue")),
            ("silent", _("without news for 60 days")),
            ("disputed", _("residents say it is not better")),
            ("unpublished", _("not public yet")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "overdue":
            return queryset.public().overdue(timezone.localdate())
        if self.value() == "silent":
            return queryset.public().silent_since(timezone.now() - SILENT_FOR)
        if self.value() == "disputed":
            return queryset.public().disputed()
        return queryset.filter(published_at=None) if self.value() == "unpublished" else queryset


class OwnerFilter(admin.SimpleListFilter):
    """Institutions that promised something, for who looks after all of them."""

    title = _("who promised")
    parameter_name = "owner"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        if not request.user.has_perm(EVERY):
            return []
        owners = Institution.objects.filter(pk__in=Commitment.objects.values("institution"))
        return [(str(pk), name) for pk, name in owners.by_name().values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(institution=self.value()) if self.value() in dict(self.lookup_choices) else queryset

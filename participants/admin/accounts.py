"""Accounts and roles: for administrators only (no role has these permissions)."""

import datetime
from typing import Any

from allauth.account.admin import EmailAddress  # imported from there, so that it is registered before we unregister it
from allauth.mfa.admin import Authenticator  # likewise
from allauth.usersessions.admin import UserSession  # likewise
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group, Permission
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from participants.admin.frame import BoundedPaginator, PanelAdmin, PanelFields, ReadOnly
from participants.admin.guard import Guarded
from participants.dates import validate_sensible_year
from participants.models import Resident

# Nobody of the staff has to see with what others sign in, nor where.
admin.site.unregister([Group, EmailAddress, Authenticator, UserSession])


class ResidentCreationForm(AdminUserCreationForm):
    class Meta:
        model = Resident
        fields = ("email", "signature")


class ResidentChangeForm(UserChangeForm):
    class Meta:
        model = Resident
        fields = "__all__"

    def clean_suspended_until(self) -> datetime.datetime | None:
        until = self.cleaned_data["suspended_until"]
        if until:
            validate_sensible_year(until)
        return until


@admin.register(Resident)
class ResidentAdmin(Guarded, PanelFields, UserAdmin):
    form = ResidentChangeForm
    add_form = ResidentCreationForm
    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
    ordering = ["email"]
    list_display = ["email", "signature", "is_confirmed", "is_staff", "is_active", "suspended_until", "date_joined"]
    list_filter = ["is_staff", "is_superuser", "is_active", "groups"]
    search_fields = ["email", "signature"]
    date_hierarchy = "date_joined"
    filter_horizontal = ()
    autocomplete_fields = ["groups", "estate", "appointment"]
    dates = ["date_joined", "last_login", "seen_at", "warned_at", "warned_again_at"]
    dates += ["rules_version", "rules_accepted_at"]
    readonly_fields = [*dates, "is_confirmed"]
    fieldsets = [
        (None, {"fields": ["email", "password", "signature", "estate"]}),
        (_("Standing"), {"fields": ["is_active", "suspended_until", "is_confirmed"]}),
        (_("Role"), {"fields": ["is_staff", "groups", "is_superuser", "appointment"]}),
        (_("Dates"), {"fields": dates}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "signature", "usable_password", "password1", "password2"]})]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
        return super().get_queryset(request).annotate(confirmed=Exists(confirmed))

    @admin.display(description=_("e-mail confirmed"), boolean=True)
    def is_confirmed(self, obj: Any) -> bool:
        return obj.confirmed


@admin.register(Group)
class RoleAdmin(ReadOnly, PanelAdmin):
    """Roles are made by a migration from participants.roles; here they can only be looked at."""

    search_fields = ["name"]
    fields = ["name", "may"]
    readonly_fields = fields

    @admin.display(description=_("may"))
    def may(self, obj: Group) -> str:
        return ", ".join(p.name for p in Permission.objects.filter(group=obj).order_by("codename"))

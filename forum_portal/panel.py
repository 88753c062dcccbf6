"""The panel of the staff: Django's admin behind the forum's own sign-in page, and behind a second factor."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from forum_portal.desk import desk
from forum_portal.retention import RULES
from participants import second_factor

# What is needed every day comes first; the rest follows by name.
APPS = ["meetings", "topics", "participants", "auth"]
MODELS = ["Meeting", "Forum", "Case", "Question", "Topic", "Comment", "Category", "Decision", "Appeal", "Report"]
MODELS += ["WatchedWord", "SealedText", "SealedLook", "Institution", "Official", "Appointment"]
MODELS += ["InformationClause", "AccessibilityStatement"]


class PanelSite(admin.AdminSite):
    site_title = _("Editors' panel – Forum for Safety")
    site_header = _("Forum for Safety")
    index_title = _("Editors' panel")
    rules = RULES  # for the page that shows what they did

    # allauth's page has the limits against guessing, and the forum's look.
    login = method_decorator(secure_admin_login)(admin.AdminSite.login)

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")  # each deletion is looked at by its own rule

    def get_urls(self) -> list[Any]:
        """Without Django's `r/<type>/<id>/`: it would tell the address of any row, drafts too, to all of the staff."""
        urls = super().get_urls()
        return [url for url in urls if getattr(url, "name", "") != "view_on_site"]  # includes have no name

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        """Every page of the panel comes through here, also those that a ModelAdmin adds: none opens for a session
        without a second factor. No query."""
        opened = super().admin_view(view, cacheable)

        @wraps(opened)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if self.has_permission(request) and not second_factor.is_used(request):
                return _ask_for_second_factor(request)
            return opened(request, *args, **kwargs)

        return guarded

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().index(request, {**(extra_context or {}), "desk": desk(request.user)})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        apps = sorted(super().get_app_list(request, app_label), key=lambda app: _place(APPS, app["app_label"]))
        for app in apps:
            app["models"].sort(key=lambda model: _place(MODELS, model["object_name"]))
        return apps


@never_cache
def _ask_for_second_factor(request: HttpRequest) -> HttpResponse:
    """To the page that asks for it; whoever has none is led to set one up. One query."""
    kinds = second_factor.kinds_of(request.user)
    if not kinds:
        return redirect("second_factor_needed")
    page = "mfa_reauthenticate" if second_factor.APP in kinds else "mfa_reauthenticate_webauthn"
    way_back = request.get_full_path() if request.method == "GET" else reverse("admin:index")
    return redirect(f"{reverse(page)}?{urlencode({'next': way_back})}")


def _place(order: list[str], name: str) -> int:
    return order.index(name) if name in order else len(order)

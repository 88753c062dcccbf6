"""The panel of the staff: Django's admin behind the forum's own sign-in page."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _


class PanelSite(admin.AdminSite):
    site_title = _("Editors' panel – Forum for Safety")
    site_header = _("Forum for Safety")
    index_title = _("Editors' panel")

    # allauth's page has the limits against guessing, and the forum's look.
    login = method_decorator(secure_admin_login)(admin.AdminSite.login)

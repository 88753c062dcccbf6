from django.contrib.admin.apps import AdminConfig


class PanelConfig(AdminConfig):
    default_site = "forum_portal.panel.PanelSite"

"""Puts our own site in the place of Django's, so that plain `@admin.register` finds it."""

from django.contrib.admin.apps import AdminConfig


class BlackGemAdminConfig(AdminConfig):
    default_site = "blackgem.admin_site.BlackGemAdminSite"

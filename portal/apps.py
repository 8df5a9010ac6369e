from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self):
        from portal import rails  # noqa: F401  registers what the database's refusals mean

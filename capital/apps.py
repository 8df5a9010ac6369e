from django.apps import AppConfig


class CapitalConfig(AppConfig):
    name = "capital"

    def ready(self):
        from capital import rails  # noqa: F401  registers what the database's refusals mean

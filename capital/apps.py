from django.apps import AppConfig


class CapitalConfig(AppConfig):
    name = "capital"

    def ready(self):
        from capital import rails  # noqa: F401  registers what the database's refusals mean
        from capital.queries import approvals  # noqa: F401  registers what waits for a second look

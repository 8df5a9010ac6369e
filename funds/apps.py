from django.apps import AppConfig


class FundsConfig(AppConfig):
    name = "funds"

    def ready(self):
        from funds import rails  # noqa: F401  registers what the database's refusals mean
        from funds.queries import approvals  # noqa: F401  registers what waits for a second look

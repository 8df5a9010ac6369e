from django.apps import AppConfig


class FundsConfig(AppConfig):
    name = "funds"

    def ready(self):
        from funds import privileges, rails, vocabulary  # noqa: F401  register rights, refusals and words
        from funds.queries import approvals  # noqa: F401  registers what waits for a second look

from django.apps import AppConfig


class DistributionsConfig(AppConfig):
    name = "distributions"

    def ready(self):
        from distributions import rails  # noqa: F401  registers what the database's refusals mean
        from distributions.queries import approvals  # noqa: F401  registers what waits for a second look

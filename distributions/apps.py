from django.apps import AppConfig


class DistributionsConfig(AppConfig):
    name = "distributions"

    def ready(self):
        from distributions import rails  # noqa: F401  registers what the database's refusals mean
        from distributions.queries import approvals, valuation  # noqa: F401  register what waits, and what is worth what
        from funds.queries.letter_states import register_letter_states

        register_letter_states("distribution_state")

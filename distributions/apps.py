from django.apps import AppConfig

from blackgem.lib import navigation
from blackgem.lib.navigation import MANAGERS, Page


class DistributionsConfig(AppConfig):
    name = "distributions"

    def ready(self):
        from distributions import privileges, rails, vocabulary  # noqa: F401  register rights, refusals and words
        from distributions.queries import approvals, valuation  # noqa: F401  register what waits, and what is worth what
        from funds.queries.letter_states import register_letter_states

        register_letter_states("distribution_state")
        navigation.register(
            Page("distributions", "distributions:distribution_list", "Distributions", MANAGERS, 30)
        )

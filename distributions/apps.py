from django.apps import AppConfig

from blackgem.lib import navigation
from blackgem.lib.navigation import ACTIONS, MANAGERS, Page


class DistributionsConfig(AppConfig):
    name = "distributions"

    def ready(self):
        from distributions import manual_pages, privileges, rails, sealed, vocabulary  # noqa: F401  register help, rights, refusals, seals, words
        from distributions.queries import approvals, cash_moves, held, valuation  # noqa: F401  register what waits, wires, and values
        from funds.queries.letter_states import register_letter_states

        register_letter_states("distribution_state")
        navigation.register(
            Page(
                "distributions",
                "distributions:distribution_list",
                "Distributions",
                MANAGERS,
                30,
                words="payouts",
                keys="g d",
            ),
            Page("distribution", "distributions:distribution"),
            Page("new_nav", "distributions:nav_new"),
            Page("distribution_item", "distributions:item"),
            Page(
                "new_distribution",
                "distributions:distribution_new",
                "New distribution",
                ACTIONS,
                20,
                lambda user: user.drafts,
                words="payout create draft",
                keys="n d",
            ),
        )

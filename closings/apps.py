from django.apps import AppConfig

from blackgem.lib import navigation
from blackgem.lib.navigation import ACTIONS, Page


class ClosingsConfig(AppConfig):
    name = "closings"

    def ready(self):
        from capital.queries.excused import register_excused
        from closings import (  # noqa: F401  register help, rights, refusals, words
            default_rails,
            manual_pages,
            privileges,
            rails,
            setoff_rails,
            share_rails,
            transfer_rails,
            vocabulary,
        )
        from closings.queries import (  # noqa: F401  register what waits, wires, fees held back, payouts
            approvals,
            cash_moves,
            held_back_fees,
            setoffs,
        )
        from funds.queries.letter_states import register_letter_states

        register_letter_states("refund_state")
        register_excused("excused_since_joining")
        navigation.register(
            Page("closing", "closings:closing"),
            Page("closing_of_call", "closings:closing_of_call"),
            Page("defaults", "closings:default_list"),
            Page("default", "closings:default"),
            Page("setoffs", "closings:setoff_list"),
            Page("transfer", "closings:transfer"),
            Page("transfers", "closings:transfer_list"),
            Page(
                "new_closing",
                "closings:closing_new",
                "New closing",
                ACTIONS,
                25,
                lambda user: user.drafts,
                words="later subsequent closing equalisation new partner admit",
                keys="n l",
            ),
        )

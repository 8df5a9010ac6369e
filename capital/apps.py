from django.apps import AppConfig

from blackgem.lib import navigation
from blackgem.lib.navigation import ACTIONS, MANAGERS, Page


class CapitalConfig(AppConfig):
    name = "capital"

    def ready(self):
        from capital import manual_pages, privileges, rails, vocabulary  # noqa: F401  register help, rights, refusals, words
        from capital.queries import approvals, books, cash_moves, period_lines, set_up  # noqa: F401  register what waits, calls, wires, steps
        from capital.services import reminders  # noqa: F401  registers what is still owed
        from funds.queries.accounts import register_accounts
        from funds.queries.letter_states import register_letter_states

        register_accounts("capital")
        register_letter_states("call_state")
        register_letter_states("cash_return_state")
        navigation.register(
            Page("calls", "capital:call_list", "Capital calls", MANAGERS, 20, words="drawdowns", keys="g c"),
            Page(
                "open_items",
                "capital:open_item_list",
                "Open items",
                MANAGERS,
                25,
                words="receivables outstanding overdue owed late",
                keys="g w",
            ),
            Page(
                "cash",
                "capital:receipt_list",
                "Unapplied cash",
                MANAGERS,
                70,
                words="receipts bank money",
                keys="g u",
            ),
            Page("capital_call", "capital:call"),
            Page("capital_call_item", "capital:item"),
            Page("new_allocation", "capital:allocation_new"),
            Page(
                "new_call",
                "capital:call_new",
                "New capital call",
                ACTIONS,
                10,
                lambda user: user.drafts,
                words="drawdown create draft",
                keys="n c",
            ),
            Page(
                "new_receipt",
                "capital:receipt_new",
                "Record money that arrived",
                ACTIONS,
                30,
                lambda user: user.manages,
                words="new receipt cash wire",
                keys="n m",
            ),
        )

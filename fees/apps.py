from django.apps import AppConfig

from blackgem.lib import navigation
from blackgem.lib.navigation import Page


class FeesConfig(AppConfig):
    name = "fees"

    def ready(self):
        from fees import (  # noqa: F401  register help, rights, refusals, words
            manual_pages,
            privileges,
            rails,
            vocabulary,
        )
        from fees.queries import (  # noqa: F401  register what waits, wires, expenses, what a period needs
            approvals,
            cash_moves,
            expenses,
            period_lines,
        )
        from fees.queries.origins import register_fee_calls

        register_fee_calls()
        navigation.register(
            Page("fee_run", "fees:run"),
            Page("fee_run_of_call", "fees:run_of_call"),
            Page("fees", "fees:fees"),
        )

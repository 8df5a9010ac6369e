from django.apps import AppConfig

from blackgem.lib import navigation
from blackgem.lib.navigation import Page


class BankingConfig(AppConfig):
    name = "banking"

    def ready(self):
        from banking import (  # noqa: F401  register help, rights, refusals, seals, words
            manual_pages,
            payment_rails,
            privileges,
            rails,
            sealed,
            vocabulary,
        )
        from banking.queries import approvals, period_lines  # noqa: F401  register what waits, what a period needs
        from banking.queries.held import holder_of
        from capital.queries.returns import register_holder

        register_holder(holder_of)

        navigation.register(
            Page("bank", "banking:bank"),
            Page("bank_statement", "banking:statement"),
            Page("payment_file", "banking:payment_file"),
        )

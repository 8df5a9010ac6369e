from django.apps import AppConfig

from blackgem.lib import navigation
from blackgem.lib.navigation import ACCOUNT, MANAGERS, Page


class DashboardConfig(AppConfig):
    name = "dashboard"

    def ready(self):
        from dashboard import manual_pages  # noqa: F401  register what the manual says of the pages
        from dashboard.queries import letter_work  # noqa: F401  registers that letters are under way

        navigation.register(
            Page("overview", "dashboard:overview", "Overview", MANAGERS, 0, words="home start", keys="g o"),
            Page("funds", "dashboard:fund_list", "Funds", MANAGERS, 10, keys="g f"),
            Page("fund", "dashboard:fund"),
            Page(
                "investors",
                "dashboard:investor_list",
                "Investors",
                MANAGERS,
                40,
                words="lps partners",
                keys="g i",
            ),
            Page("investor", "dashboard:investor"),
            Page(
                "transactions",
                "dashboard:transaction_list",
                "Transactions",
                MANAGERS,
                50,
                words="ledger",
                keys="g t",
            ),
            Page("deals", "dashboard:deal_list", "Deals", MANAGERS, 60, words="investments", keys="g e"),
            Page("approvals", "dashboard:approvals", "Approvals", MANAGERS, 80, words="waiting", keys="g a"),
            Page(
                "audit",
                "dashboard:audit_trail",
                "Audit",
                MANAGERS,
                90,
                lambda user: user.audits,
                words="trail history",
                keys="g h",
            ),
            Page(
                "letters",
                "dashboard:letter_list",
                "Letters",
                MANAGERS,
                75,
                words="notices mailings sent delivery progress",
                keys="g n",
            ),
            Page("letters_now", "dashboard:letters_now"),
            Page("search", "dashboard:search"),
            Page("shortcuts", "dashboard:shortcuts", "Keyboard shortcuts", ACCOUNT, 90, words="keys help"),
        )

from django.apps import AppConfig

from blackgem.lib import navigation
from blackgem.lib.navigation import MANAGERS, Page


class DashboardConfig(AppConfig):
    name = "dashboard"

    def ready(self):
        navigation.register(
            Page("overview", "dashboard:overview", "Overview", MANAGERS, 0),
            Page("funds", "dashboard:fund_list", "Funds", MANAGERS, 10),
            Page("fund", "dashboard:fund"),
            Page("investors", "dashboard:investor_list", "Investors", MANAGERS, 40),
            Page("investor", "dashboard:investor"),
            Page("transactions", "dashboard:transaction_list", "Transactions", MANAGERS, 50),
            Page("deals", "dashboard:deal_list", "Deals", MANAGERS, 60),
            Page("approvals", "dashboard:approvals", "Approvals", MANAGERS, 80),
            Page("audit", "dashboard:audit_trail", "Audit", MANAGERS, 90, lambda user: user.audits),
        )

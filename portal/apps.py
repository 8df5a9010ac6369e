from django.apps import AppConfig

from blackgem.lib import navigation
from blackgem.lib.navigation import INVESTORS, Page


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self):
        from portal import manual_pages, privileges, rails, vocabulary  # noqa: F401  register help, rights, refusals, words

        navigation.register(
            Page("portal", "portal:home", "Home", INVESTORS, 0),
            Page("portal_calls", "portal:call_list", "Calls", INVESTORS, 10),
            Page("portal_payments", "portal:payment_list", "Payments", INVESTORS, 20),
            Page("portal_distributions", "portal:distribution_list", "Distributions", INVESTORS, 30),
            Page("portal_statement", "portal:statement", "Statement", INVESTORS, 40),
            Page("portal_documents", "portal:document_list", "Documents", INVESTORS, 50),
            Page("portal_profile", "portal:profile", "Profile", INVESTORS, 60),
            Page("investor_statement", "portal:investor_statement"),
            Page("view_as", "portal:view_as"),
            Page("stop_viewing", "portal:stop_viewing"),
        )

from email.utils import parseaddr
from functools import partial

from django.apps import AppConfig
from django.conf import settings
from django.db import connections
from django.db.models.signals import post_migrate

from blackgem.lib import navigation
from blackgem.lib.navigation import ACTIONS, MANAGERS, Page


def admit_own_domain(using: str, **kwargs) -> None:
    """The domain of the site's own sender is admitted by its configuration."""
    name = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2].lower()
    with connections[using].cursor() as cursor:
        if "mail_domains" in connections[using].introspection.table_names(cursor):
            cursor.execute(
                "INSERT INTO mail_domains (name) SELECT %s WHERE NOT EXISTS"
                " (SELECT FROM mail_domains WHERE name = %s) ON CONFLICT DO NOTHING",
                [name, name],
            )


def seal_under_the_key_of_today(using: str, **kwargs) -> None:
    """After the site was given another key; what was sealed under the one before is sealed anew."""
    if settings.SECRET_KEY_FALLBACKS and using == "owner":
        from funds.queries.seals import renew_seals

        renew_seals(using)


class FundsConfig(AppConfig):
    name = "funds"

    def ready(self):
        from funds import manual_pages, payee_rails, privileges, rails, sealed, vocabulary, watched  # noqa: F401  register help, rights, refusals, seals, words, health

        post_migrate.connect(admit_own_domain, sender=self)
        post_migrate.connect(seal_under_the_key_of_today, sender=self)
        self.register_pages()
        from blackgem.identity.changes import House, register_house
        from funds.queries import approvals, people, period_lines, register, set_up, taken  # noqa: F401  register what waits, whom, what a new fund needs, and of what a file is
        from funds.queries.people import WATCHES
        from funds.services import contacts, funds, invitations, letters_without_account, nav, partners, terms  # noqa: F401  register what a change of a control does
        from funds.services.warnings import warn

        register_house(House(watchers=WATCHES, tell=warn))

    def register_pages(self):
        from blackgem.lib.checks import can
        from funds.access import check_enter_shared, check_open_fund

        enters = partial(can, check_enter_shared)
        navigation.register(
            Page("periods", "funds:periods"),
            Page("period", "funds:period"),
            Page(
                "questions",
                "funds:question_list",
                "Questions",
                MANAGERS,
                78,
                words="asked answers investors portal",
            ),
            Page(
                "new_fund",
                "funds:fund_new",
                "New fund",
                ACTIONS,
                60,
                partial(can, check_open_fund),
                words="set up create",
                keys="n f",
            ),
            Page(
                "new_investor",
                "funds:investor_new",
                "New investor",
                ACTIONS,
                40,
                enters,
                words="lp partner enter create",
                keys="n i",
            ),
            Page(
                "new_deal",
                "funds:deal_new",
                "New deal",
                ACTIONS,
                50,
                enters,
                words="investment enter create",
                keys="n e",
            ),
        )

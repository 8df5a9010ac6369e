import gc

from django.apps import AppConfig, apps
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class BlackGemConfig(AppConfig):
    name = "blackgem"
    verbose_name = "BlackGem"

    def ready(self):
        from blackgem import manual_pages  # noqa: F401  registers what the manual says of one's account
        from blackgem.groups import make_groups
        from blackgem.identity import change_pages, trail  # noqa: F401  register what waits, and what is recorded, of accounts
        from blackgem.lib import navigation
        from blackgem.lib.encryption import require_keys
        from blackgem.lib.opened import watch
        from blackgem.lib.sql_files import REQUIRED

        connection_created.connect(watch)
        REQUIRED.append(require_keys)
        post_migrate.connect(
            make_groups, sender=apps.get_app_config("auth")
        )  # after the apps whose rights it gives
        from blackgem.lib.navigation import ACCOUNT, Page

        navigation.register(
            Page(
                "account",
                "account",
                "Your account",
                ACCOUNT,
                10,
                words="settings password profile",
                keys="g s",
            ),
            Page("sessions", "usersessions_list", "Sessions", ACCOUNT, 20, words="signed in devices"),
            Page("tokens", "tokens", "API tokens", ACCOUNT, 30, words="keys"),
        )
        _search_less_for_garbage()


def _search_less_for_garbage() -> None:
    """Rows are objects by the ten thousand and make few cycles: with Python's own thresholds the collector takes a
    third of the time of a fee run over 500 partners, and more with each partner. What is loaded by now stays."""
    gc.set_threshold(20_000, 20, 50)
    gc.freeze()

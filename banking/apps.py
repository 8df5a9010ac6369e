from django.apps import AppConfig


class BankingConfig(AppConfig):
    name = "banking"

    def ready(self):
        from banking import privileges, rails, sealed, vocabulary  # noqa: F401  register rights, refusals, seals, words

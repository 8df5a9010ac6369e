from django.apps import AppConfig


class FundsConfig(AppConfig):
    name = "funds"

    def ready(self):
        from funds import privileges, rails, vocabulary, watched  # noqa: F401  register rights, refusals, words, health
        from funds.queries import approvals, people  # noqa: F401  register what waits for a second look, and whom
        from funds.services import contacts, funds, invitations, partners, terms  # noqa: F401  register what a change of a control does

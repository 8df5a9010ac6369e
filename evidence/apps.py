from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "evidence"

    def ready(self):
        from evidence import privileges, rails, sealed, startup, watched  # noqa: F401  register rights, refusals, seals, health

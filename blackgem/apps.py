from django.apps import AppConfig


class BlackGemConfig(AppConfig):
    name = "blackgem"
    verbose_name = "BlackGem"

    def ready(self):
        from blackgem.identity import trail  # noqa: F401  registers what is recorded of people's accounts

from django.apps import AppConfig


class BlackGemConfig(AppConfig):
    name = "blackgem"
    verbose_name = "BlackGem"

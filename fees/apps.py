from django.apps import AppConfig


class FeesConfig(AppConfig):
    name = "fees"

    def ready(self):
        from fees import privileges, rails, vocabulary  # noqa: F401  register rights, refusals, words

from django.apps import AppConfig


class ClosingsConfig(AppConfig):
    name = "closings"

    def ready(self):
        from closings import privileges, rails, vocabulary  # noqa: F401  register rights, refusals, words

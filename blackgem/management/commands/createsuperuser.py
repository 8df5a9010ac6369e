from django.contrib.auth.management.commands.createsuperuser import Command as Theirs

from blackgem.models import User


class Command(Theirs):
    help = "Makes the first administrator. Every other one is asked for: an administrator decides, or it rests first."

    def handle(self, *args, **options):
        first = not User.objects.filter(is_superuser=True).exists()
        verbosity = options["verbosity"]
        super().handle(*args, **{**options, "verbosity": verbosity if first else 0})
        if not first and verbosity:
            self.stdout.write(
                "The account is there. That it administers was asked for and told to everybody concerned: see "
                "manage.py account_changes."
            )

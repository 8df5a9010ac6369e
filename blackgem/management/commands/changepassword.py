from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Sets nobody's password: a person does so itself, by a link to its mailbox."

    def add_arguments(self, parser):
        parser.add_argument("email", nargs="?")

    def handle(self, **options):
        raise CommandError(
            "Nobody sets another's password: who had it could act as two. It follows “Forgotten your password?” "
            "at the sign-in, or an administrator mails a link."
        )

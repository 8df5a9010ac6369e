from django.core.management.base import BaseCommand, CommandError

from funds.queries.seals import broken_letters, broken_warnings


class Command(BaseCommand):
    help = (
        "Compares every stored PDF of a letter, and every mail that waits to warn somebody, with the seal that this"
        " site put on it. It changes nothing; it fails, and names them, where something else is stored."
    )

    def handle(self, **options):
        broken = [
            *(f"Letter {one.pk} ({one}) has another PDF than was made of it." for one in broken_letters()),
            *(f"Warning {one.pk} is not what was written." for one in broken_warnings()),
        ]
        for line in broken:
            self.stdout.write(self.style.ERROR(line))
        if broken:
            raise CommandError(f"{len(broken)} seals do not hold.")
        self.stdout.write(self.style.SUCCESS("Every seal holds."))

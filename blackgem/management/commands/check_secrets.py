from django.core.management.base import BaseCommand, CommandError

from blackgem.lib.key_rotation import count_secrets


class Command(BaseCommand):
    help = (
        "Opens everything that is encrypted, once, and says how much that is by column. It changes nothing, and fails"
        " where something cannot be opened: a key is missing, or it is not what was written there."
    )

    def handle(self, **options):
        broken = 0
        for column, opened, failed in count_secrets():
            broken += len(failed)
            self.stdout.write(f"{column}: {opened}")
            for key in failed[:20]:
                self.stdout.write(self.style.ERROR(f"{column} of row {key} cannot be opened."))
        if broken:
            raise CommandError(f"{broken} values cannot be opened.")
        self.stdout.write(self.style.SUCCESS("All of it opens."))

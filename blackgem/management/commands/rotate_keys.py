from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from blackgem.lib.encryption import CannotDecrypt
from blackgem.lib.key_rotation import rotate


class Command(BaseCommand):
    help = (
        "Wraps every data key anew, under the first of DATA_KEYS, and draws another one for what is encrypted from now"
        " on. No row of anything else is touched. Afterwards the keys behind the first one are needed no more."
    )

    def handle(self, **options):
        try:
            done = rotate(at=timezone.now())
        except CannotDecrypt as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            self.style.SUCCESS(f"{done} data keys are wrapped under the key of today, one of them is new.")
        )

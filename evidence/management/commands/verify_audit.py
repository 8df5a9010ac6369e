from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from blackgem.lib.invariants import at_one_moment
from evidence.models import ChainSeal
from evidence.queries.verify import Anchor, broken_content, broken_seals, unsealed


class Command(BaseCommand):
    help = (
        "Compares every audit event, row of the ledger, letter and frozen input with the seals over them, as of one"
        " moment. It changes nothing; it fails, and names the first broken places, where something is not what was"
        " sealed. Say what is known outside as --anchor NUMBER:HASH, as often as there are anchors."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--anchor", action="append", default=[], help="a seal as it was told outside: NUMBER:HASH"
        )

    def handle(self, *, anchor, **options):
        anchors = tuple(self.anchor(text) for text in anchor)
        with at_one_moment():
            broken = [*broken_seals(anchors), *broken_content()]
            waiting, last = unsealed(), ChainSeal.objects.order_by("-number").first()
        for line in broken:
            self.stdout.write(self.style.ERROR(line))
        if broken:
            raise CommandError(f"{len(broken)} places are not what was sealed.")
        if last is None:
            self.stdout.write(self.style.WARNING("Nothing is sealed yet."))
            return
        at = timezone.localtime(last.sealed_at).isoformat(timespec="seconds")
        self.stdout.write(self.style.SUCCESS(f"All {last.number} seals hold, up to {at}."))
        self.stdout.write(f"Anchor of now: {Anchor(last.number, last.hash)}")
        known = max((one.number for one in anchors), default=0)
        if known < last.number:
            self.stdout.write(f"No anchor that was given covers the seals {known + 1} to {last.number}.")
        for table, rows in waiting.items():
            if rows:
                self.stdout.write(f"{table}: {rows} rows wait for the next seal.")

    def anchor(self, text: str) -> Anchor:
        try:
            return Anchor.read(text)
        except ValueError as error:
            raise CommandError(f"{text} is no anchor: say NUMBER:HASH.") from error

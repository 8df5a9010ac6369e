from django.core.management.base import BaseCommand, CommandError

from blackgem.lib.invariants import Finding, sweep_at_one_moment


class Command(BaseCommand):
    help = (
        "Proves from the rows themselves that the money trail adds up, as of one moment. It changes nothing; it fails, "
        "and shows the rows, where something does not."
    )

    def handle(self, **options):
        found = [self.shown(finding) for finding in sweep_at_one_moment()]
        wrong = [finding for finding in found if finding.count]
        seconds = sum(finding.seconds for finding in found)
        if wrong:
            raise CommandError(f"{len(wrong)} of {len(found)} sentences do not hold.")
        self.stdout.write(self.style.SUCCESS(f"All {len(found)} sentences hold ({seconds:.1f} s)."))

    def shown(self, finding: Finding) -> Finding:
        mark = self.style.ERROR(f"{finding.count} rows") if finding.count else "holds"
        self.stdout.write(f"{finding.invariant.name}: {mark}. {finding.invariant.sentence}")
        for row in finding.rows:
            self.stdout.write("    " + ", ".join(f"{name} {value}" for name, value in row.items()))
        return finding

from django.core.management.base import BaseCommand, CommandError

from blackgem.lib.invariants import Finding, at_one_moment, sweep, to_resolve


class Command(BaseCommand):
    help = (
        "Proves from the rows themselves that the money trail adds up, as of one moment. It changes nothing; it fails, "
        "and shows the rows, where something does not. What the bank left behind for people to resolve is listed after."
    )

    def handle(self, **options):
        with at_one_moment():
            found = [self.shown(finding) for finding in sweep()]
            for exception in to_resolve():
                mark = self.style.WARNING(f"{exception.count} to resolve")
                self.show(mark, exception)
        wrong = [finding for finding in found if finding.count]
        seconds = sum(finding.seconds for finding in found)
        if wrong:
            raise CommandError(f"{len(wrong)} of {len(found)} sentences do not hold.")
        self.stdout.write(self.style.SUCCESS(f"All {len(found)} sentences hold ({seconds:.1f} s)."))

    def shown(self, finding: Finding) -> Finding:
        mark = self.style.ERROR(f"{finding.count} rows") if finding.count else "holds"
        self.show(mark, finding)
        return finding

    def show(self, mark: str, finding: Finding) -> None:
        self.stdout.write(f"{finding.invariant.name}: {mark}. {finding.invariant.sentence}")
        for row in finding.rows:
            self.stdout.write("    " + ", ".join(f"{name} {value}" for name, value in row.items()))

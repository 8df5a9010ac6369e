"""An investor's statement as a PDF, from the database to the bytes, beside WeasyPrint alone on the same document."""

from collections.abc import Iterator

from django.db.models import Count
from django.utils import timezone

from funds.models import Commitment
from portal.letters import letter_html, printed, statement_letter
from portal.queries.statement import StatementShown, state_commitment

from .figures import Figure, at_least, medians
from .letters import WeasyPrintAlone
from .scratch import Scratch, use

HEADINGS = ("statement as PDF, median of ten", "seconds", "WeasyPrint alone", "ratio", "goal", "")
GOAL, MOST_SECONDS = 0.9, 0.4


def measure(scratch: Scratch, *, quick: bool, demo: str) -> Iterator[Figure]:
    """Of the commitment of the demo with the most movements."""
    use(demo)
    busiest = Commitment.objects.annotate(rows=Count("transactions")).order_by("-rows", "pk")
    commitment = busiest.select_related("fund", "investor").first()
    alone, html = WeasyPrintAlone(), letter_html(_stated(commitment))
    tasks = {
        "first": lambda: (printed.cache_clear(), statement_letter(_stated(commitment))),
        "again": lambda: statement_letter(_stated(commitment)),
        "alone": lambda: alone.print(html),
    }
    taken = medians(tasks, rounds=3 if quick else 10, seconds=60)
    beside = f"{taken['alone']:.3f}"
    yield Figure(
        "first look", f"{taken['first']:.3f}", beside, **at_least(GOAL, taken["alone"] / taken["first"])
    )
    yield Figure(
        "the same once more",
        f"{taken['again']:.3f}",
        goal=f"≤ {MOST_SECONDS} s",
        met=taken["again"] <= MOST_SECONDS,
    )
    use(scratch.template)


def _stated(commitment: Commitment) -> StatementShown:
    now = timezone.now()
    return state_commitment([commitment.investor], commitment, as_of=commitment.fund.day_of(now), at=now)

"""What was done with something, newest first: cut, it says of how many events."""

from blackgem.lib.timeline import FundNamed, entries_of
from funds.models import Fund

from .lists import Shortened


def newest(events, most: int | None) -> Shortened:
    """The first rows of a query that is ordered already; all of them where `most` is None. Counts only what is cut."""
    rows = list(events if most is None else events[:most])
    return Shortened(rows, events.count() if len(rows) == most else len(rows))


def story(events, currency: str, most: int | None, *, naming: str = "") -> Shortened:
    """Events as sentences; amounts are in the fund's currency. `naming` is that of `entries_of`."""
    cut = newest(events, most)
    return Shortened(entries_of(cut, currency, naming=naming), cut.total)


def named_funds(ids: set[int]) -> dict[int, FundNamed]:
    """The funds of events, by id."""
    rows = Fund.objects.filter(pk__in=ids).values_list("pk", "name", "currency")
    return {pk: FundNamed(name, currency) for pk, name, currency in rows}

"""What was done with something, newest first: cut, it says of how many events."""

from blackgem.lib.timeline import FundNamed, entries_of
from funds.models import Fund

from .lists import Shortened, cut


def story(events, currency: str, most: int | None, *, naming: str = "") -> Shortened:
    """The newest `most` events of a query that is ordered already, or all where that is None, as sentences; amounts are
    in the fund's currency. `naming` is that of `entries_of`."""
    return story_read(list(cut(events, most)), currency, naming=naming)


def story_read(events: list, currency: str, *, naming: str = "") -> Shortened:
    """The same of rows of `cut` that were read."""
    return Shortened(entries_of(events, currency, naming=naming), Shortened.of(events).total)


def named_funds(ids: set[int]) -> dict[int, FundNamed]:
    """The funds of events, by id."""
    rows = Fund.objects.filter(pk__in=ids).values_list("pk", "name", "currency")
    return {pk: FundNamed(name, currency) for pk, name, currency in rows}

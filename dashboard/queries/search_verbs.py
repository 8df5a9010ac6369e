"""What can be begun from the search: a verb, and the fund or the investor that it is about."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from blackgem.lib.navigation import address
from dashboard.queries.search_links import Hit
from funds.access import DRAFT, MANAGE, Deed

#: How a text begins that is about what somebody pays; the first is how the search says it.
PAYING = ("record payment", "record a payment", "record payment from", "record payment of", "payment", "pay")


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb about rows of one `kind`: how a text of it begins, what it is called, the `deed` that the person's role in
    the fund has to allow as its button asks (None: whoever sees the row), and where it leads for the row's id."""

    words: tuple[str, ...]
    label: str
    kind: str
    deed: Deed | None
    link: Callable[[int], str]

    def hit(self, row) -> Hit:
        return Hit(self.link(row.id), f"{self.label} {row.name}")


def _of_fund(name: str) -> Callable[[int], str]:
    """A page that asks for its fund in its query."""
    return lambda fund_id: f"{reverse(name)}?{urlencode({'fund': fund_id})}"


def _in_fund(name: str) -> Callable[[int], str]:
    return lambda fund_id: reverse(name, args=[fund_id])


ABOUT_FUNDS = (
    Verb(
        ("new call", "new capital call", "call capital", "new drawdown"),
        "New capital call of",
        "fund",
        DRAFT,
        _of_fund("capital:call_new"),
    ),
    Verb(
        ("new distribution", "distribute"),
        "New distribution of",
        "fund",
        DRAFT,
        _of_fund("distributions:distribution_new"),
    ),
    Verb(
        ("new commitment", "add commitment"),
        "New commitment to",
        "fund",
        MANAGE,
        _in_fund("funds:commitment_new"),
    ),
    Verb(
        ("new allocation", "allocate"),
        "New allocation of",
        "fund",
        MANAGE,
        _in_fund("capital:allocation_new"),
    ),
    Verb(
        ("record money", "new receipt", "record receipt", "record cash"),
        "Record money that arrived at",
        "fund",
        MANAGE,
        _of_fund("capital:receipt_new"),
    ),
    Verb(("edit fund", "edit"), "Edit", "fund", MANAGE, _in_fund("funds:fund_edit")),
    Verb(("members of", "members"), "Members of", "fund", None, _in_fund("funds:members")),
    Verb(("returns of", "returns"), "Returns of", "fund", None, _in_fund("distributions:fund_returns")),
)
ABOUT_INVESTORS = (
    Verb(
        ("statement of", "statement"),
        "Statement of",
        "investor",
        None,
        lambda investor_id: address("investor_statement", investor_id),
    ),
)


def paying_hit() -> Hit:
    """The beginning of a text about a payment, for the box to go on with."""
    fills = f"{PAYING[0]} "
    return Hit(f"{address('search')}?{urlencode({'q': fills})}", "Record payment of …", fills=fills)

"""What a person may open, found by a piece of a name, a number, a reference or an amount; and verbs that it may begin.

One statement finds the rows, and sees to the person's rights itself; another what is owed, where the text is about a
payment. How many rows there are that the person may not see changes neither what is found nor what is said of it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.db import connection

from blackgem.lib import navigation
from blackgem.lib.checks import can
from blackgem.lib.navigation import ACCOUNT, ACTIONS, MANAGERS
from capital.states import CALL_OPEN
from dashboard.calc.search_terms import Amount, after, amount_in, cleaned, without_number
from dashboard.queries.search_links import Hit, hit_of, page_hit
from dashboard.queries.search_verbs import ABOUT_FUNDS, ABOUT_INVESTORS, PAYING, paying_hit
from funds.access import MANAGE, ROLES, check_role

#: The rank of what only resembles the text: it is shown where nothing fits.
SIMILAR = 4
MOST = 5
MOST_OWED = 12
#: How many rows of many are compared with each other.
NEAR = 200
#: Of how many partners it is looked up whether they owe anything.
NEAR_PARTNERS = 500
#: From so many signs on a piece of a number is looked for.
SHORTEST_PART = 3

_FIND = Path(__file__).with_suffix(".sql").read_text()
_FIND_OWED = Path(__file__).with_name("search_open_items.sql").read_text()


@dataclass(frozen=True, slots=True)
class Row:
    """One thing found, as the statements name it. `amount` is in the fund's `currency`."""

    kind: str
    id: int
    parent: int | None
    rank: int
    name: str
    fund: str
    currency: str
    amount: Decimal | None
    number: int | None
    state: str
    other: str


@dataclass(frozen=True, slots=True)
class Group:
    """Hits of one kind, best first."""

    title: str
    hits: list[Hit]


#: Kind of row → what its group is called, in the order of groups that fit equally well.
TITLES = {
    "verb": "Do",
    "owed": "Record a payment",
    "page": "Go to",
    "fund": "Funds",
    "investor": "Investors",
    "contact": "Contacts",
    "commitment": "Commitments",
    "call": "Capital calls",
    "item": "Called from an investor",
    "distribution": "Distributions",
    "share": "Distributed to an investor",
    "payment": "Payments",
    "payout": "Payouts",
    "receipt": "Unapplied cash",
    "letter": "Notices",
    "deal": "Deals",
}
_PLACE = {kind: place for place, kind in enumerate(TITLES)}
_MENUS = ((MANAGERS, "page"), (ACTIONS, "verb"), (ACCOUNT, "page"))


def search(user, text: str) -> list[Group]:
    """Everything that fits, in groups, those that fit best first. Without a text, the pages and what can be begun."""
    text = cleaned(text)
    verbs = list(_verbs(user, text))
    ranked = [*_pages(user, text), *verbs]
    # A text that begins with a verb may be a name all the same, where nothing answers the verb.
    if text and not any(rank == 0 for _, rank, _ in verbs):
        ranked += [(row.kind, row.rank, hit_of(row)) for row in _found(user, text, amount_in(text))]
    fitting = [one for one in ranked if one[1] < SIMILAR]
    return _grouped(fitting or ranked)


def _grouped(ranked: Iterable[tuple[str, int, Hit]]) -> list[Group]:
    kinds: dict[str, list[tuple[int, Hit]]] = {}
    for kind, rank, hit in ranked:
        kinds.setdefault(kind, []).append((rank, hit))
    best = sorted(kinds, key=lambda kind: (min(rank for rank, _ in kinds[kind]), _PLACE[kind]))
    return [
        Group(TITLES[kind], [hit for _, hit in sorted(kinds[kind], key=lambda one: one[0])]) for kind in best
    ]


# ---------------------------------------------------------------- pages and verbs


def shortcuts(user) -> list[Group]:
    """The pages that have keys, of those that this person may open."""
    pages = (
        (kind, page)
        for menu, kind in _MENUS
        for page in navigation.menu(menu, user, fits=lambda page: bool(page.keys))
    )
    return _grouped((kind, 0, page_hit(page)) for kind, page in pages)


def _pages(user, text: str) -> Iterator[tuple[str, int, Hit]]:
    wanted = text.lower().split()
    for menu, kind in _MENUS:
        for page in navigation.menu(menu, user, fits=lambda page: _fits(page, wanted)):
            yield kind, 1 if page.label.lower().startswith(text.lower()) else 2, page_hit(page)


def _fits(page: navigation.Page, wanted: list[str]) -> bool:
    """Whether each word that is wanted begins one of the page."""
    words = f"{page.label} {page.words}".lower().split()
    return all(any(word.startswith(one) for word in words) for one in wanted)


def _verbs(user, text: str) -> Iterator[tuple[str, int, Hit]]:
    """What the text begins to say: a verb, and whom or what it is about."""
    if user.manages and (not text or PAYING[0].startswith(text.lower()) or after(PAYING, text) == ""):
        yield "verb", 1, paying_hit()
    whom = after(PAYING, text)
    if whom:
        yield from (
            ("owed", row.rank if row.rank == SIMILAR else 0, hit_of(row)) for row in _owed(user, whom)
        )
        return
    for verb in ABOUT_FUNDS + ABOUT_INVESTORS:
        about = after(verb.words, text)
        if about:
            rows = (row for row in _found(user, about, Amount()) if row.kind == verb.kind)
            yield from (
                ("verb", 0, verb.hit(row))
                for row in rows
                if verb.deed is None or can(check_role, row.state, verb.deed)
            )
            return


# ---------------------------------------------------------------- rows


def _found(user, text: str, amount: Amount) -> list[Row]:
    part = text.lower() if len(text) >= SHORTEST_PART else None
    return _rows(
        _FIND,
        user,
        text=text,
        part=part and f"%{_escaped(part)}%",
        amounts=[one for value in amount.values for one in (value, -value)],
        currencies=[amount.currency] if amount.currency else None,
        most=MOST,
        near=NEAR,
    )


def _owed(user, whom: str) -> list[Row]:
    """What partners owe whose names fit; where none fits, those whose names are similar."""
    named, number = without_number(whom)
    return _rows(
        _FIND_OWED,
        user,
        text=whom,
        named=named,
        number=number,
        roles=list(ROLES[MANAGE]),
        open=list(CALL_OPEN),
        most=MOST_OWED,
        near=NEAR_PARTNERS,
    )


def _rows(statement: str, user, **values) -> list[Row]:
    values |= {"person": user.pk, "everything": user.is_superuser}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [Row(*row) for row in cursor.fetchall()]


def _escaped(text: str) -> str:
    """The text as LIKE reads it literally."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")

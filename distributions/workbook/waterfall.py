"""The sheet on which an amount runs through the waterfall, one row per account, and the columns of every step."""

from collections.abc import Iterator
from dataclasses import dataclass

from distributions.workbook.accounts import Accounts
from distributions.workbook.cells import (
    MONEY,
    NUMBER,
    RATE,
    SAME,
    UNIT,
    Columns,
    Formula,
    dusted,
    head,
    in_units,
    note,
    put,
    title,
)
from distributions.workbook.facts import AccountFacts, WorkbookFacts
from distributions.workbook.inputs import ORDER, TIER_PARTS, Inputs, tier_columns

WATERFALL = "Waterfall"
FIRST_ROW = 5
_DUST = "0.000001"
_RATES = ("rate", "catch_up_rate", "carry")
_RATE_TITLES = ("hurdle", "catch-up", "carry")
_BEFORE_TITLES = (
    "catch-up to LP before",
    "catch-up to GP before",
    "split to LP before",
    "split to GP before",
)
#: The columns of one tier, with their headings; each name gets the tier's number.
_TIER = (
    ("profit", "profit before its catch-up"),
    ("carried", "carry before its catch-up"),
    ("needed", "catch-up needed"),
    ("short", "LP short of the next hurdle"),
    ("caught", "catch-up paid"),
    ("caught_gp", "catch-up to GP"),
    ("caught_lp", "catch-up to LP"),
    ("up", "caught up (1: yes)"),
    ("left", "left after the catch-up"),
    ("shared", "split in this step"),
    ("shared_gp", "split to GP"),
    ("shared_lp", "split to LP"),
    ("rest", "left after the split"),
)
_HEAD = (
    ("account", "Account"),
    ("label", "Whose"),
    ("amount", "Its part of the amount"),
    ("owed_capital", "Capital not returned"),
    ("owed_pref", "Preferred return owed"),
    ("pref_before", "Preferred return paid before"),
    ("capital", "Return of capital"),
    ("preferred", "Preferred return"),
    ("rest_0", "Left for profit"),
)


@dataclass(frozen=True)
class Passages:
    """The sheet's columns, and its first and last row."""

    columns: Columns
    first: int
    last: int
    tiers: int

    def total(self, name: str) -> str:
        return f"SUM({self.columns.span(name, self.first, self.last)})"


def passages_of(facts: WorkbookFacts) -> Passages:
    """Where everything will stand, for the sheets that refer to it before it is written."""
    count = len(facts.terms.tiers)
    names = [name for name, _ in _shape(count)]
    return Passages(Columns(WATERFALL, tuple(names)), FIRST_ROW, FIRST_ROW + len(facts.accounts) - 1, count)


def _shape(count: int) -> Iterator[tuple[str, str]]:
    yield from _HEAD
    for number in range(1, count + 1):
        for name, text in zip(_RATES, _RATE_TITLES, strict=True):
            yield f"{name}_{number}", f"Tier {number} {text}"
        for name, text in zip(tier_columns(number), _BEFORE_TITLES, strict=True):
            yield name, f"Tier {number} {text}"
    for number in range(1, count + 1):
        for name, text in _TIER:
            yield f"{name}_{number}", f"Tier {number} {text}"


def write_waterfall(
    sheet, facts: WorkbookFacts, passages: Passages, accounts: Accounts, inputs: Inputs, amount_of
) -> None:
    """`amount_of(account)`: where an account's part of the amount stands; accounts count from 0."""
    title(sheet, 1, "The amount through the waterfall")
    note(
        sheet,
        2,
        "Each amount is rounded to the currency's unit, half up, where it is paid; the LP takes what rounding leaves.",
    )
    head(sheet, FIRST_ROW - 1, [text for _, text in _shape(passages.tiers)])
    for number, account in enumerate(facts.accounts):
        row = _Passage(passages, FIRST_ROW + number, accounts, number, inputs)
        for name, value in row.cells(account, amount_of(number)).items():
            column = passages.columns.names.index(name) + 1
            given = name.startswith(_RATES)
            put(sheet, FIRST_ROW + number, column, value, _style(name), given=given)


def _style(name: str) -> str:
    if name.startswith(_RATES):
        return RATE
    return NUMBER if name == "account" or name.startswith("up_") else MONEY


class _Passage:
    """The formulas of one account."""

    def __init__(self, passages: Passages, row: int, accounts: Accounts, number: int, inputs: Inputs):
        self.columns, self.row, self.tiers = passages.columns, row, passages.tiers
        self.accounts, self.number, self.inputs = accounts, number, inputs

    def here(self, name: str) -> str:
        return self.columns.at(name, self.row)

    def cells(self, account: AccountFacts, amount: Formula) -> dict[str, object]:
        cells: dict[str, object] = {"account": self.number + 1, "label": account.label, "amount": amount}
        cells |= self._owed() | self._first_steps() | self._given(account)
        for number in range(1, self.tiers + 1):
            cells |= self._catch_up(number) | self._split(number)
        return cells

    # ------------------------------------------------------------ how the account stands

    def _at_last(self, name: str) -> str:
        return self.accounts.columns.far(name, self.accounts.spans[self.number][1])

    def _paid(self, name: str) -> str:
        return f"SUM({self.accounts.columns.span(name, *self.accounts.spans[self.number])})"

    def _owed(self) -> dict[str, object]:
        capital, accrued = self._at_last("capital"), self._at_last("accrued")
        return {
            "owed_capital": in_units(f"MAX({capital},0)"),
            "owed_pref": in_units(f"MAX({accrued}+MIN({capital},0),0)"),
            "pref_before": dusted(self._paid("pref_paid")),
        }

    def _first_steps(self) -> dict[str, object]:
        amount, capital, pref = self.here("amount"), self.here("owed_capital"), self.here("owed_pref")
        pref_first = f'{ORDER}="pref_first"'
        returned = f"IF({pref_first},MIN({amount}-MIN({amount},{pref}),{capital}),MIN({amount},{capital}))"
        preferred = f"IF({pref_first},MIN({amount},{pref}),MIN({amount}-{self.here('capital')},{pref}))"
        rest = f"{amount}-{self.here('capital')}-{self.here('preferred')}"
        return {"capital": dusted(returned), "preferred": dusted(preferred), "rest_0": dusted(rest)}

    def _given(self, account: AccountFacts) -> dict[str, object]:
        """Rates, and what each tier paid before."""
        paid = [flow for line in account.lines for flow in line.flows if flow.parts.tiers]
        cells: dict[str, object] = {}
        for number, tier in enumerate(account.terms.tiers, start=1):
            rates = (tier.hurdle, tier.catch_up, tier.carry)
            cells |= {f"{name}_{number}": rate for name, rate in zip(_RATES, rates, strict=True)}
            for name in tier_columns(number):
                cells[name] = dusted("+".join(self._each(name, paid)) or "0")
        return cells

    def _each(self, name: str, paid) -> list[str]:
        """Single cells for a few, the sum of a stretch of rows otherwise: between them stand no other payments."""
        if not paid:
            return []
        return [f"SUM({self.inputs.span(name, paid)})"]

    # ------------------------------------------------------------ sums that a tier looks at

    def _before(self, numbers, names) -> list[str]:
        """What these tiers paid before this distribution."""
        return [self.here(f"{name}_{number}") for number in numbers for name in names]

    def _profit(self, number: int) -> str:
        """All profit paid through a tier, before its catch-up in this distribution."""
        through, below = range(1, number + 1), range(1, number)
        now = [self.here(f"{name}_{one}") for one in below for name in ("caught", "shared")]
        return "+".join(
            [self.here("pref_before"), self.here("preferred"), *self._before(through, TIER_PARTS), *now]
        )

    def _carried(self, number: int) -> str:
        through, below = range(1, number + 1), range(1, number)
        now = [self.here(f"{name}_{one}") for one in below for name in ("caught_gp", "shared_gp")]
        return "+".join([*self._before(through, ("catch_up_gp", "split_gp")), *now])

    def _unrounded(self, number: int) -> str:
        """The carry through a tier as it was before rounding."""
        terms = []
        for one in range(1, number + 1):
            caught, shared = self._before([one], TIER_PARTS[:2]), self._before([one], TIER_PARTS[2:])
            if one < number:
                caught.append(self.here(f"caught_{one}"))
                shared.append(self.here(f"shared_{one}"))
            catch_up, carry = self.here(f"catch_up_rate_{one}"), self.here(f"carry_{one}")
            terms.append(f"{catch_up}*({'+'.join(caught)})+{carry}*({'+'.join(shared)})")
        return "+".join(terms)

    def _short(self, number: int) -> Formula | None:
        """What the LP still has to get before the next tier begins, before this tier; nothing above the last."""
        if number == self.tiers:
            return None
        got = [self.here("capital"), self.here("preferred")]
        got += [self.here(f"{name}_{one}") for one in range(1, number) for name in ("caught_lp", "shared_lp")]
        return Formula(f"MAX(0,{self._at_last(f'hurdle_{number + 1}')}-({'+'.join(got)}))")

    # ------------------------------------------------------------ the two steps of a tier

    def _catch_up(self, number: int) -> dict[str, object]:
        here = self.here
        rate, carry, needed = (
            here(f"catch_up_rate_{number}"),
            here(f"carry_{number}"),
            here(f"needed_{number}"),
        )
        caught, profit, carried = (
            here(f"caught_{number}"),
            here(f"profit_{number}"),
            here(f"carried_{number}"),
        )
        owed = needed
        if number < self.tiers:
            limit = in_units(f"{here(f'short_{number}')}/(1-{rate})")
            owed = f"IF({rate}<1,MIN({needed},{limit}),{needed})"
        ahead = f"{carried}-{carry}*{profit}<={_rounding(number)}"
        cells: dict[str, object] = {
            f"profit_{number}": dusted(self._profit(number)),
            f"carried_{number}": dusted(self._carried(number)),
            f"needed_{number}": Formula(self._needed(number)),
            f"caught_{number}": dusted(f"IF({rate}>{carry},MIN({here(f'rest_{number - 1}')},{owed}),0)"),
            f"caught_gp_{number}": self._caught_gp(number),
            f"caught_lp_{number}": dusted(f"{caught}-{here(f'caught_gp_{number}')}"),
            f"up_{number}": Formula(f"IF(AND({rate}>{carry},ABS({caught}-{needed})<{SAME},{ahead}),1,0)"),
            f"left_{number}": dusted(f"{here(f'rest_{number - 1}')}-{caught}"),
        }
        if number < self.tiers:
            cells[f"short_{number}"] = self._short(number)
        return cells

    def _needed(self, number: int) -> str:
        """(k·Π − G) / (c − k), kept within half a unit of the same figure before earlier rounding."""
        here = self.here
        rate, carry = here(f"catch_up_rate_{number}"), here(f"carry_{number}")
        profit, carried = here(f"profit_{number}"), here(f"carried_{number}")
        per_unit = f"({rate}-{carry})"
        raw = f"({carry}*{profit}-{carried})/{per_unit}"
        rounding = f"({carried}-({self._unrounded(number)}))"
        exact = f"({raw}+{rounding}/{per_unit})"
        within = f"MIN(MAX({raw},{exact}-{UNIT}/2),{exact}+{UNIT}/2)"
        chosen = f"IF(ABS({rounding})<={_rounding(number)},{within},{raw})"
        return f"IF({rate}>{carry},MAX(0,{in_units(chosen)}),0)"

    def _caught_gp(self, number: int) -> Formula:
        """The GP's part, rounded over all that the tier has caught up so far."""
        here, rate, caught = self.here, self.here(f"catch_up_rate_{number}"), self.here(f"caught_{number}")
        lp_before, gp_before = here(f"catch_up_lp_{number}"), here(f"catch_up_gp_{number}")
        exact = f"{rate}*({lp_before}+{gp_before})"
        other = f"ABS({gp_before}-{exact})>{UNIT}+{_DUST}"
        over_all = f"MIN(MAX({in_units(f'{exact}+{rate}*{caught}')}-{gp_before},0),{caught})"
        return dusted(f"IF({other},{in_units(f'{rate}*{caught}')},{over_all})")

    def _split(self, number: int) -> dict[str, object]:
        here = self.here
        carry, left, shared = here(f"carry_{number}"), here(f"left_{number}"), here(f"shared_{number}")
        size = left
        if number < self.tiers:
            short = f"MAX(0,{here(f'short_{number}')}-{here(f'caught_lp_{number}')})"
            size = f"MIN({left},{in_units(f'{short}/(1-{carry})')})"
        return {
            f"shared_{number}": dusted(size),
            f"shared_gp_{number}": self._shared_gp(number),
            f"shared_lp_{number}": dusted(f"{shared}-{here(f'shared_gp_{number}')}"),
            f"rest_{number}": dusted(f"{left}-{shared}"),
        }

    def _shared_gp(self, number: int) -> Formula:
        """k·(Π + x) − G once the GP has caught up; otherwise the GP's part is rounded over the splits of the tier."""
        here, carry, shared = self.here, self.here(f"carry_{number}"), self.here(f"shared_{number}")
        whole = f"{carry}*({here(f'profit_{number}')}+{here(f'caught_{number}')}+{shared})"
        caught_up = f"{in_units(whole)}-({here(f'carried_{number}')}+{here(f'caught_gp_{number}')})"
        lp, gp = here(f"split_lp_{number}"), here(f"split_gp_{number}")
        other = f"ABS({gp}-{carry}*({lp}+{gp}))>{_rounding(number)}"
        alone = (
            f"IF({other},{in_units(f'{carry}*{shared}')},{in_units(f'{carry}*({lp}+{gp}+{shared})')}-{gp})"
        )
        return dusted(f"MIN(MAX(IF({here(f'up_{number}')}=1,{caught_up},{alone}),0),{shared})")


def _rounding(number: int) -> str:
    """The most that rounding can move the carry paid through a tier, and the dust."""
    return f"{2 * number}*{UNIT}+{_DUST}"

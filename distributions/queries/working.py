"""How each tier of a waterfall was worked out, in words and figures, and the chart of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from blackgem.lib.charts import Fall, Waterfall, in_both_sizes, waterfall
from blackgem.lib.money import format_money, round_to_unit, unit_of
from distributions.models import DistributionTier
from funds.models import FundTerms

ZERO = Decimal("0.00")
Kind = DistributionTier.Kind
_SHORT = {
    Kind.RETURN_OF_CAPITAL: "Capital",
    Kind.PREFERRED_RETURN: "Preferred",
    Kind.CATCH_UP: "Catch-up",
    Kind.SPLIT: "Split",
    Kind.GP_OWN: "GP’s own",
    Kind.EXCESS: "Excess",
}
_COMPOUNDED = {
    "annual": "compounded annually",
    "quarterly": "compounded quarterly",
    "simple": "without compounding",
}


@dataclass(frozen=True, slots=True)
class TierShown:
    """One tier with its working. `facts` are (label, text); `formula` is empty where there is none to show."""

    key: str
    label: str
    short: str
    why: str
    lp: Decimal
    gp: Decimal
    owed_before: Decimal | None
    owed_after: Decimal | None
    facts: tuple[tuple[str, str], ...]
    formula: str

    @property
    def paid(self) -> Decimal:
        return self.lp + self.gp


def percent(rate: object) -> str:
    """A fraction as percent with as many decimals as it has: "0.08" is 8%."""
    text = f"{Decimal(str(rate)) * 100:f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"


def tiers_shown(rows: Iterable, currency: str) -> list[TierShown]:
    """Tiers (stored, or just worked out) as people read them, in their order."""
    rows = list(rows)
    several = any(row.tier > 1 for row in rows)
    return [_shown(row, currency, several) for row in rows]


def charts_of(tiers: Sequence[TierShown], currency: str) -> tuple[Waterfall, Waterfall]:
    """The tiers as a chart that climbs to the total, wide and narrow."""
    falls = [Fall(tier.short, tier.lp, tier.gp) for tier in tiers]
    return in_both_sizes(waterfall, falls, currency=currency)


def terms_in_words(terms: FundTerms) -> str:
    """The economic terms of a waterfall in one line."""
    split = f"{_whole(1 - terms.carry_rate)}/{_whole(terms.carry_rate)}"
    catch_up = (
        f"{percent(terms.catch_up_rate)} catch-up to {percent(terms.carry_rate)}"
        if terms.catch_up_rate > terms.carry_rate
        else "no catch-up"
    )
    return (
        f"{percent(terms.hurdle_rate)} preferred return, {_COMPOUNDED[terms.compounding]}, "
        f"{terms.get_day_count_display().lower()}; {catch_up}; {split} split. "
        f"{terms.get_style_display()}, {terms.get_scope_display().lower()}."
    )


def _whole(rate: Decimal) -> str:
    return percent(rate).removesuffix("%")


def _shown(row, currency: str, several: bool) -> TierShown:
    label, why, facts, formula = _EXPLAINED[row.kind](_Figures(row, currency))
    accounts = row.inputs.get("accounts")
    if accounts and accounts > 1:
        facts = [*facts, ("Worked out", f"for each of {accounts} investors, and added up")]
        formula = ""
    numbered = f" {row.tier}" if several and row.kind in (Kind.CATCH_UP, Kind.SPLIT) else ""
    return TierShown(
        key=f"{row.kind}-{row.tier}",
        label=f"{label}{f', tier{numbered}' if numbered else ''}",
        short=f"{_SHORT[row.kind]}{numbered}",
        why=why,
        lp=row.lp_amount,
        gp=row.gp_amount,
        owed_before=row.owed_before,
        owed_after=row.owed_after,
        facts=tuple(facts),
        formula=formula,
    )


class _Figures:
    """A tier's inputs, read as what they are."""

    def __init__(self, row, currency: str):
        self.row, self.inputs, self.currency = row, row.inputs, currency

    def money(self, name: str) -> str:
        return self.written(self.amount(name))

    def amount(self, name: str) -> Decimal:
        return Decimal(self.inputs.get(name) or "0.00")

    def written(self, amount: Decimal | None) -> str:
        """In whole units of the currency: what is due deal by deal may hold fractions of one."""
        return format_money(round_to_unit(amount or ZERO, unit_of(self.currency)), self.currency)

    def rate(self, name: str) -> str:
        return percent(self.inputs[name]) if self.inputs.get(name) is not None else "its own rate"

    def given(self, *pairs: tuple[str, str]) -> list[tuple[str, str]]:
        """(label, amount) of those inputs that the step used."""
        return [(label, self.money(name)) for label, name in pairs if self.inputs.get(name) is not None]


def _capital(figures: _Figures):
    facts = figures.given(("Paid in", "contributed"), ("Returned before", "returned_before"))
    owed = figures.written(figures.row.owed_before)
    facts.append(("Not returned yet", owed))
    formula = f"{figures.money('contributed')} − {figures.money('returned_before')} = {owed}"
    balanced = figures.amount("contributed") - figures.amount("returned_before") == figures.row.owed_before
    why = "What the investors paid in and have not got back yet."
    return "Return of capital", why, facts, formula if balanced else ""


def _preferred(figures: _Figures):
    inputs = figures.inputs
    facts = [("Rate", f"{figures.rate('rate')} a year")]
    if inputs.get("compounding"):
        facts.append(("Growth", _COMPOUNDED[inputs["compounding"]].capitalize()))
    if inputs.get("day_count"):
        facts.append(("Day count", FundTerms.DayCount(inputs["day_count"]).label))
    facts += figures.given(("Capital not returned", "capital"))
    if inputs.get("since"):
        since = date.fromisoformat(inputs["since"])
        days = f"{since:%b} {since.day}, {since.year}, {inputs.get('days', 0)} days before"
        facts.append(("Last payment in or out", days))
    if inputs.get("accrued") is not None:
        accrued = f"{figures.amount('accrued'):f}"
        facts.append(("Accrued, unrounded", f"{accrued.rstrip('0').rstrip('.')} {figures.currency}"))
    facts += figures.given(("Paid before", "paid_before"))
    facts.append(("Owed, rounded", figures.written(figures.row.owed_before)))
    why = "What the capital earned for the time that the fund held it."
    return f"Preferred return ({figures.rate('rate')} a year)", why, facts, ""


def _catch_up(figures: _Figures):
    rate, carry = figures.rate("catch_up"), figures.rate("carry")
    profit, paid = figures.money("profit"), figures.money("carry_paid")
    owed = figures.written(figures.row.owed_before)
    facts = [
        ("Goes to the GP", rate),
        ("Until the GP holds", f"{carry} of the profit"),
        ("Profit declared so far", profit),
        ("Carry declared so far", paid),
        *figures.given(("To the next hurdle", "to_next_hurdle")),
        ("Needed to catch up", owed),
    ]
    formula = f"({carry} × {profit} − {paid}) ÷ ({rate} − {carry}) = {owed}"
    label = f"GP catch-up ({rate}, to {carry} of the profit)"
    why = f"The GP gets {rate} of this step until it holds {carry} of all profit."
    return label, why, facts, formula if "to_next_hurdle" not in figures.inputs else ""


def _split(figures: _Figures):
    row, carry = figures.row, figures.rate("carry")
    rates = figures.inputs.get("carry")
    name = f"{_whole(1 - Decimal(rates))}/{_whole(Decimal(rates))} split" if rates else "Profit split"
    facts = [
        ("GP’s share", carry),
        *figures.given(
            ("Profit before this step", "profit"),
            ("Carry before this step", "carry_paid"),
            ("To the next hurdle", "to_next_hurdle"),
        ),
        ("Split in this step", figures.written(row.lp_amount + row.gp_amount)),
        ("To LPs", figures.written(row.lp_amount)),
        ("To GP", figures.written(row.gp_amount)),
    ]
    whole = figures.written(row.lp_amount + row.gp_amount)
    formula = (
        f"{carry} × ({figures.money('profit')} + {whole}) − {figures.money('carry_paid')}"
        f" = {figures.written(row.gp_amount)} to the GP"
        if figures.inputs.get("caught_up") and row.lp_amount + row.gp_amount
        else ""
    )
    return name, "What is left is profit that both share.", facts, formula


def _gp_own(figures: _Figures):
    why = "The GP’s own money takes its share whole, and bears no carried interest."
    return "GP’s own commitment", why, [], ""


def _excess(figures: _Figures):
    facts = [("Paid in", figures.written(figures.row.owed_before))]
    why = "Money that was called and not used goes back to those who paid it, in proportion. It is no profit."
    return "Return of excess capital", why, facts, ""


_EXPLAINED = {
    Kind.RETURN_OF_CAPITAL: _capital,
    Kind.PREFERRED_RETURN: _preferred,
    Kind.CATCH_UP: _catch_up,
    Kind.SPLIT: _split,
    Kind.GP_OWN: _gp_own,
    Kind.EXCESS: _excess,
}

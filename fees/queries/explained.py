"""How a partner's fee came about, in the steps that its letter, the pages and the API all show.

Amounts, rates and dates are text, as the facts of letters are; days are the first and the last of a part.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from fees.calc.terms import Basis, DiscountOrder, Frequency, TimeRule
from fees.calc.trueups import Why
from fees.models import FeeRun, FeeRunLine

_OF_A_YEAR = {
    Frequency.QUARTERLY: "a quarter of the yearly fee, by the days of the quarter",
    Frequency.SEMIANNUAL: "half of the yearly fee, by the days of the half year",
    Frequency.ANNUAL: "the yearly fee, by the days of the year",
}
_BY_DAYS = {
    TimeRule.ACT_365: "the yearly fee, for each day a 365th of it",
    TimeRule.ACT_360: "the yearly fee, for each day a 360th of it",
    TimeRule.THIRTY_E_360: "the yearly fee, with twelve months of 30 days",
}


#: What a fee is taken of, in words of a partner's own.
BASES = {
    Basis.COMMITMENT: "commitment",
    Basis.NET_INVESTED: "net invested capital",
    Basis.ACQUISITION_COST: "cost of investments that are not sold",
    Basis.CONTRIBUTED: "contributions for investments",
    Basis.FAIR_VALUE: "share of the fair value of investments",
    Basis.LOWER_OF_COST_AND_VALUE: "share of investments at the lower of cost and fair value",
}


def explained(line: FeeRunLine, run: FeeRun) -> dict:
    """What a partner owes of a run: `parts` (days with base and rates), `steps` from gross to net, `true_ups` (earlier
    periods, where any is charged otherwise now), `tax` on it, what it comes to (`due`), how its `offsets` went on, and
    that it is `paid_from` cash of the fund, where no call asks for it."""
    changed = [true_up_told(one) for one in getattr(line, "true_ups", ())]
    version = version_of(run)
    return {
        "from": run.starts_on.isoformat(),
        "to": run.last_day.isoformat(),
        "time": time_told(version["frequency"], version["time_rule"]),
        "by_period": version["time_rule"] == TimeRule.BY_PERIOD,
        "parts": [part_told(part) for part in line.parts],
        "steps": [
            {"label": label, "amount": f"{amount:f}"}
            for label, amount in _steps(line, version["discount_order"])
            if amount or label == GROSS
        ],
        "net": f"{line.net:f}",
        "tax": f"{line.tax:f}",
        "tax_rate": version["vat_rate"],
        "due": f"{line.net + line.tax:f}",
        "offsets": _offsets(line),
        **({"true_ups": changed} if changed else {}),
        **({"paid_from": run.paid_from} if run.paid_from == FeeRun.PaidFrom.CASH else {}),
    }


def time_told(frequency: str, time_rule: str) -> str:
    """What part of a year's fee a period is, in words."""
    return _OF_A_YEAR[frequency] if time_rule == TimeRule.BY_PERIOD else _BY_DAYS[time_rule]


GROSS = "Fee before what comes off"
OFFSET = "Fee income offset"
#: After a later closing fee income may be shared anew: who had used more than its new share gives it back.
TAKEN_BACK = "Fee income offset, shared anew after a later closing"


def _steps(line: FeeRunLine, order: str) -> Iterable[tuple[str, Decimal]]:
    discount = ("Discount by side letter", -line.discount)
    yield GROSS, line.gross
    if order == DiscountOrder.DISCOUNT_FIRST:
        yield discount
    yield "Change for days that were billed before", line.true_up
    yield "Credit of an earlier instalment", -line.credit
    yield "Credit left for the next instalment", line.credit_carried
    yield "Waived by the manager", line.let_off - line.waiver
    yield "Let off by side letter", -line.let_off
    yield OFFSET if line.offset_applied >= 0 else TAKEN_BACK, -line.offset_applied
    if order == DiscountOrder.OFFSET_FIRST:
        yield discount


def _offsets(line: FeeRunLine) -> list[dict]:
    """How the offsets of a partner went on, where it has any: opening, recognised, applied, carried forward."""
    rows = (
        ("Left from before", line.offset_opening),
        (
            "Share of new fee income" if line.recognised >= 0 else "Shared anew after a later closing",
            line.recognised,
        ),
        ("Used in this instalment", -line.offset_applied),
        ("Carried forward", line.offset_carried),
    )
    if not any(amount for _, amount in rows):
        return []
    return [{"label": label, "amount": f"{amount:f}"} for label, amount in rows]


_WHY = {
    Why.LATER_CLOSING: "what was promised later is charged from the start",
    Why.COMMITMENT: "the commitment was corrected",
    Why.BASE: "what the fee is taken of became known, or was corrected, after the bill",
    Why.RATE: "another base or rate holds for some of these days",
    Why.SIDE_LETTER: "a side letter was agreed or changed after the bill",
    Why.OTHER_CALL: "another call asked for it",
}


def changed_periods(lines: Iterable[Sequence[dict]]) -> list[dict]:
    """What the true-ups of partners change together: by reason, of which days, how many periods and partners, from how
    much to how much."""
    found: dict[tuple, list[tuple[int, dict]]] = {}
    for place, rows in enumerate(lines):
        for one in rows:
            found.setdefault((bool(one["from"]), *one["why"]), []).append((place, one))
    return [_together(rows) for _, rows in sorted(found.items())]


def _together(rows: Sequence[tuple[int, dict]]) -> dict:
    named = [one for _, one in rows]
    days = [one["from"] for one in named]
    whole = {
        "from": min(days) if days[0] else None,
        "to": max(one["to"] for one in named) if days[0] else None,
        "was": sum(Decimal(one["was"]) for one in named),
        "comes_to": sum(Decimal(one["comes_to"]) for one in named),
        "why": named[0]["why"],
    }
    counted = {"partners": len({place for place, _ in rows}), "periods": len(set(days))}
    return true_up_told(whole) | counted


def true_up_told(one: dict) -> dict:
    """An earlier period as it was charged and as it is now; what is of no period has no days, and its change alone."""
    change = f"{Decimal(one['comes_to']) - Decimal(one['was']):f}"
    why = "; ".join(_WHY[Why(code)] for code in one["why"]) or "days that were billed before"
    said = {"change": change, "why": f"{why[0].upper()}{why[1:]}"}
    if not one["from"]:
        return said
    last = date.fromisoformat(one["to"]) - timedelta(1)
    return {
        "from": one["from"],
        "to": last.isoformat(),
        "was": f"{one['was']}",
        "now": f"{one['comes_to']}",
        **said,
    }


def part_told(part: dict) -> dict:
    """Days with base and rates, to the last day of them."""
    last = date.fromisoformat(part["to"]) - timedelta(1)
    said = {"base_said": BASES[part["basis"]]} if part.get("basis") else {}
    return part | {"to": last.isoformat()} | said


_RULE = ("basis", "brought_by", "suspended_basis", "suspended_rate")
_VERSION = (
    "version",
    "effective_on",
    "rate",
    "frequency",
    "in_advance",
    "time_rule",
    "offset_share",
    "offset_after_closing",
    "discount_order",
    "vat_rate",
    "inside",
)


def version_of(run: FeeRun) -> dict:
    """The version of the schedule by which a run was worked out, as it was frozen with it."""
    rules = {number: dict(zip(_RULE, said, strict=True)) for number, *said in run.inputs.get("rules", [])}
    versions = [dict(zip(_VERSION, row, strict=True)) for row in run.inputs["schedules"]]
    one = [one for one in versions if one["effective_on"] <= run.starts_on.isoformat()][-1]
    return one | rules.get(one["version"], {"basis": Basis.COMMITMENT.value})

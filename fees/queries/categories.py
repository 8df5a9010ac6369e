"""The offsets that a run recognised, by the kinds of fee income of ILPA's reporting template (rows 64 to 75)."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from blackgem.lib.money import round_to_unit, unit_of
from fees.calc.offsets import divided
from fees.models import FeeIncome, FeeRun, FeeRunLine

ZERO = Decimal("0.00")
_KIND = FeeIncome.Category
#: Row of the template → what the application calls it; 75 is what older reports did not divide, and has nothing here.
ILPA_ROWS: dict[str, str | None] = {
    "64 Advisory": _KIND.ADVISORY,
    "65 Broken deal": _KIND.BREAK_UP,
    "66 Transaction": _KIND.TRANSACTION,
    "67 Directors": _KIND.DIRECTORS,
    "68 Monitoring": _KIND.MONITORING,
    "69 Capital markets": _KIND.CAPITAL_MARKETS,
    "70 Arrangement": _KIND.ARRANGEMENT,
    "71 Origination": _KIND.ORIGINATION,
    "72 Organization cost": _KIND.ORGANISATIONAL,
    "73 Placement fee": _KIND.PLACEMENT,
    "74 Other": _KIND.OTHER,
    "75 Before 2016": None,
}
Shares = dict[int, dict[str, Decimal]]


def by_category(run: FeeRun) -> Shares:
    """By partner and category, what a run recognised. Over the partners each category adds up to what was offset of it,
    over the categories each partner to its line. Where a later closing shared income anew, so that somebody has less
    than before, it is what changed of all that was recognised by then.
    """
    unit = unit_of(run.fund.currency)
    if not FeeRunLine.objects.filter(run=run, recognised__lt=0).exists():
        return _shares([run], unit)
    before = FeeRun.objects.counting().filter(fund=run.fund, starts_on__lt=run.starts_on)
    earlier = _shares(list(before), unit)
    now = _shares([*before, run], unit)
    return {
        key: {kind: amount - earlier.get(key, {}).get(kind, ZERO) for kind, amount in parts.items()}
        for key, parts in now.items()
    }


def _shares(runs: Sequence[FeeRun], unit: Decimal) -> Shares:
    """What was recognised in all by some runs."""
    known = [pk for run in runs for pk in run.inputs["recognised"]]
    offset = dict.fromkeys(_KIND.values, ZERO)
    for kind, amount, rate in FeeIncome.objects.filter(pk__in=known).values_list(
        "category", "amount", "offset_rate"
    ):
        offset[kind] += round_to_unit(Fraction(amount) * Fraction(rate), unit)
    lines = FeeRunLine.objects.filter(run__in=runs).order_by("commitment", "pk")
    shares: dict[int, Decimal] = {}
    for key, amount in lines.values_list("commitment", "recognised"):
        shares[key] = shares.get(key, ZERO) + amount
    return divided(shares, offset, unit)

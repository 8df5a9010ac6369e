"""Multiples of paid-in capital: PIC, DPI, RVPI, TVPI. Six decimals, rounded half-up once, from exact quotients.

Source: GIPS, and the ILPA reporting template for the treatment of recallable distributions.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from blackgem.lib.money import from_units

_PLACES = Decimal("0.000001")


class RecallableTreatment(StrEnum):
    """Whether a recallable distribution counts as paid out (and as paid in when it is called again) or in neither."""

    ALL_IN = "all_in"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Multiples:
    """The amounts that were compared, and their quotients; None where there is nothing to divide by."""

    paid_in: Decimal
    distributed: Decimal
    nav: Decimal | None
    pic: Decimal | None
    dpi: Decimal | None
    rvpi: Decimal | None
    tvpi: Decimal | None


def multiples(
    *,
    contributed: Decimal,
    distributed: Decimal,
    nav: Decimal | None,
    commitment: Decimal | None = None,
    recallable: Decimal = Decimal("0.00"),
    recallable_treatment: RecallableTreatment = RecallableTreatment.ALL_IN,
) -> Multiples:
    """PIC = paid-in ÷ commitment, DPI = distributed ÷ paid-in, RVPI = NAV ÷ paid-in, TVPI = DPI + RVPI.

    `distributed` includes `recallable`; treated as excluded, that is netted out of both sides. Reversed
    movements and their reversals have to be left out before. `nav` is None where none is known.
    """
    netted = recallable if recallable_treatment == RecallableTreatment.EXCLUDED else Decimal("0.00")
    paid_in, paid_out = contributed - netted, distributed - netted
    return Multiples(
        paid_in=paid_in,
        distributed=paid_out,
        nav=nav,
        pic=_quotient(paid_in, commitment),
        dpi=_quotient(paid_out, paid_in),
        rvpi=_quotient(nav, paid_in),
        tvpi=None if nav is None else _quotient(paid_out + nav, paid_in),
    )


def _quotient(above: Decimal | None, below: Decimal | None) -> Decimal | None:
    if above is None or below is None or below <= 0:
        return None
    millionths = Fraction(above) / Fraction(below) * 10**6
    half_up = int(abs(millionths) + Fraction(1, 2))
    return from_units(half_up if millionths >= 0 else -half_up, _PLACES)

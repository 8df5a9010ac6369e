"""Multiples, rates of return and net asset values, as the routes that tell of returns answer them."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import WithJsonSchema

from blackgem.http.schemas import Amount, Answer
from funds.calc.irr import Irr
from funds.calc.multiples import Multiples
from funds.calc.nav import Nav

Multiple = Annotated[
    Decimal, WithJsonSchema({"type": "number", "description": "Six decimals; null without a base."})
]
Rate = Annotated[
    Decimal, WithJsonSchema({"type": "number", "description": "A fraction a year: 0.08 is 8 %."})
]


class MultiplesAnswer(Answer):
    """Paid-in to commitment, distributed (paid out) to paid-in, residual value to paid-in, the last two together."""

    pic: Multiple | None
    dpi: Multiple | None
    rvpi: Multiple | None
    tvpi: Multiple | None


class NavAnswer(Answer):
    """The share of the fund's net asset value on the day of the answer, net of accrued carried interest: what the
    fund's own waterfall would pay if everything were sold at its value.

    `as_of` is the day of the valuation that it rests on, `days_old` before the day of the answer; what flowed since is
    counted. `is_estimate`: nobody said how the value is divided between the deals. `needs_revaluation`: more was paid
    out since than the value was. `is_realised`: nothing is left by the books.
    """

    as_of: date
    days_old: int
    amount: Amount
    gross: Amount
    accrued_carry: Amount
    is_estimate: bool
    needs_revaluation: bool
    is_realised: bool


class GrossAnswer(Answer):
    """The figures that rest on the net asset value, before accrued carried interest."""

    nav: Amount
    rvpi: Multiple | None
    tvpi: Multiple | None
    irr: Rate | None


class IrrAnswer(Answer):
    """`irr` is null where no rate fits, with the `reason`; `roots` are all that fit."""

    irr: Rate | None
    roots: list[Rate]
    reason: str | None


def nav_answer(nav: Nav | None) -> NavAnswer | None:
    if nav is None:
        return None
    return NavAnswer(
        as_of=nav.on,
        days_old=nav.days_old,
        amount=nav.amount,
        gross=nav.gross,
        accrued_carry=nav.carry,
        is_estimate=nav.estimate,
        needs_revaluation=nav.revalue,
        is_realised=nav.realised,
    )


def gross_answer(nav: Nav | None, gross: Multiples, irr: Irr | None) -> GrossAnswer | None:
    """The gross figures; None without a net asset value."""
    if nav is None:
        return None
    return GrossAnswer(nav=nav.gross, rvpi=gross.rvpi, tvpi=gross.tvpi, irr=irr.irr if irr else None)


def irr_answer(irr: Irr | None) -> IrrAnswer | None:
    return IrrAnswer.of(irr, roots=list(irr.roots)) if irr else None

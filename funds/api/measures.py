"""Multiples, rates of return and net asset values, as the routes that tell of returns answer them."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import WithJsonSchema

from blackgem.http.schemas import Amount, Answer
from funds.calc.irr import Irr
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
    """The share of the fund's net asset value, as it was entered for a day."""

    as_of: date
    amount: Amount


class IrrAnswer(Answer):
    """`irr` is null where no rate fits, with the `reason`; `roots` are all that fit."""

    irr: Rate | None
    roots: list[Rate]
    reason: str | None


def show_nav(nav: Nav | None) -> NavAnswer | None:
    return NavAnswer(as_of=nav.on, amount=nav.amount) if nav else None


def show_irr(irr: Irr | None) -> IrrAnswer | None:
    return IrrAnswer.of(irr, roots=list(irr.roots)) if irr else None

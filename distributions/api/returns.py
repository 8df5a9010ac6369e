"""What a fund has returned, and what its GP would owe back, as of any day."""

from datetime import date

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from blackgem.http.openapi import CONFLICT
from blackgem.http.schemas import Amount, Answer, Day, Filters, Fraction
from distributions.queries.on_record import read_on_record
from distributions.queries.returns import ClawbackShown, Returns, clawback_on, returns_of
from distributions.services.facts import facts_of, needed
from funds.api.measures import (
    GrossAnswer,
    IrrAnswer,
    MultiplesAnswer,
    NavAnswer,
    gross_answer,
    irr_answer,
    nav_answer,
)

from . import reads

router = Router(by_alias=True, tags=["Funds"])


class AsOfFilter(Filters):
    """As of which day; today unless said."""

    as_of: Day = None


class ClawbackAnswer(Answer):
    """`gross` is the larger of the carry beyond the GP's share of the profit and of what the partners miss to their
    hurdle, but no more than was received; `payable` is what tax leaves of it."""

    received: Amount
    profit: Amount
    entitled: Amount
    excess_carry: Amount
    lp_shortfall: Amount
    gross: Amount
    tax_rate: Fraction
    after_tax_cap: Amount | None
    payable: Amount


class ReturnsAnswer(Answer):
    """The limited partners together; multiples and IRR are net of accrued carried interest, `gross` is before it.
    Without a NAV there is no TVPI and no IRR; holdings count for nothing in the profit of the clawback."""

    fund_id: int
    currency: str
    as_of: date
    committed: Amount
    paid_in: Amount
    distributed: Amount
    multiples: MultiplesAnswer
    nav: NavAnswer | None
    irr: IrrAnswer | None
    gross: GrossAnswer | None
    clawback: ClawbackAnswer


@router.get("/funds/{id:fund_id}/returns", response=ReturnsAnswer, openapi_extra={"responses": {**CONFLICT}})
def get_returns(request: HttpRequest, fund_id: int, asked: Query[AsOfFilter]):
    """Multiples, IRR and clawback as of the end of a day. 409 where the fund has no terms in effect on it."""
    fund = reads.one(reads.funds(request.user), fund_id)
    day = asked.as_of or fund.day_of(timezone.now())
    (found,) = read_on_record({fund: day})
    terms = needed(found.terms)
    return _show(fund, day, returns_of(found), clawback_on(facts_of(found.rows, terms), terms, day))


def _show(fund, day: date, returns: Returns, clawback: ClawbackShown) -> ReturnsAnswer:
    return ReturnsAnswer.of(
        returns,
        fund_id=fund.pk,
        currency=fund.currency,
        as_of=day,
        multiples=MultiplesAnswer.of(returns.multiples),
        nav=nav_answer(returns.nav),
        irr=irr_answer(returns.irr),
        gross=gross_answer(returns.nav, returns.gross, returns.gross_irr),
        clawback=_show_clawback(clawback),
    )


def _show_clawback(shown: ClawbackShown) -> ClawbackAnswer:
    owed = shown.owed
    return ClawbackAnswer.of(
        owed,
        received=shown.received,
        profit=shown.profit,
        entitled=shown.entitled,
        tax_rate=shown.tax_rate,
    )

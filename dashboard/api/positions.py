"""A fund as of a day, as known at a time."""

from datetime import date, datetime

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from blackgem.http.schemas import Amount, Answer, Day, Filters, Moment
from dashboard.queries.positions import DEAL_FIGURES, FIGURES, position_of

from .funds import fund_for

router = Router(by_alias=True, tags=["Funds"])


class PositionFilter(Filters):
    """As of the end of which day, the fund's today unless said; from what was known at which time, all that is known
    unless said."""

    as_of: Day = None
    known_at: Moment = None


class SumsAnswer(Answer):
    committed: Amount
    released: Amount
    called: Amount
    paid: Amount
    outstanding: Amount
    distributed: Amount
    unfunded: Amount


class PartnerPositionAnswer(SumsAnswer):
    commitment_id: int
    investor_id: int
    investor_name: str
    reference: str


class DealPositionAnswer(Answer):
    allocation_id: int
    deal_id: int
    deal_name: str
    committed: Amount
    called: Amount
    funded: Amount
    uncalled: Amount
    outstanding: Amount


class PositionAnswer(Answer):
    """What partners and deals stood at when a day ended, in the fund's currency."""

    fund_id: int
    currency: str
    as_of: date
    known_at: datetime | None
    totals: SumsAnswer
    partners: list[PartnerPositionAnswer]
    deals: list[DealPositionAnswer]


@router.get("/funds/{id:fund_id}/position", response=PositionAnswer)
def get_position(request: HttpRequest, fund_id: int, asked: Query[PositionFilter]):
    """Committed, released, called, paid, outstanding, distributed and unfunded of each partner, and its deals."""
    fund, at = fund_for(request.user, fund_id), timezone.now()
    shown = position_of(fund, asked.as_of or fund.day_of(at), at=at, known_at=asked.known_at)
    return PositionAnswer(
        fund_id=fund.pk,
        currency=fund.currency,
        as_of=shown.day,
        known_at=shown.known_at,
        totals=_sums(SumsAnswer, FIGURES, shown.totals, fund),
        partners=[
            _sums(
                PartnerPositionAnswer,
                FIGURES,
                row,
                fund,
                commitment_id=one.pk,
                investor_id=one.investor_id,
                investor_name=one.investor.name,
                reference=one.reference,
            )
            for one, row in shown.partners
        ],
        deals=[
            _sums(
                DealPositionAnswer,
                DEAL_FIGURES,
                row,
                fund,
                allocation_id=one.pk,
                deal_id=one.deal_id,
                deal_name=one.deal.name,
            )
            for one, row in shown.deals
        ],
    )


def _sums(answer: type[Answer], figures, row, fund, **said):
    return answer(**{name: getattr(row, name) for name in figures}, **said).in_currency(fund.currency)

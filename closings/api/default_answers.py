"""What clients get about defaults. Statuses in capitals."""

from datetime import date

from django.utils import timezone

from blackgem.http.schemas import Amount, Answer, Fraction
from closings.models import Default
from closings.queries.default_pages import RemedyShown, default_of, remedies_of, shown_of
from funds.api.verbs import decided


class DefaultPartAnswer(Answer):
    """What another partner is asked for, and the most that it may be."""

    commitment_id: int
    cap: Amount
    amount: Amount


class PassedOnAnswer(Answer):
    """A partner’s share of the interest, what of it was paid out, and what may be now."""

    commitment_id: int
    amount: Amount
    paid_out: Amount
    payable: Amount


class RemedyAnswer(Answer):
    """What is done about a default; `kind` is interest or shortfall. `callId` is the call that asks for it, once it is
    APPROVED."""

    id: int
    kind: str
    status: str
    amount: Amount
    effective_on: date
    due_on: date
    costs: Amount
    uncovered: Amount
    reason: str
    call_id: int | None
    parts: list[DefaultPartAnswer]
    passed_on: list[PassedOnAnswer]


class DefaultAnswer(Answer):
    """Notice of a default, with the terms that hold for it. Its letter is that of the call."""

    id: int
    fund_id: int
    currency: str
    number: int
    call_id: int
    item_id: int
    commitment_id: int
    investor_id: int
    investor_name: str
    effective_on: date
    due_on: date
    cure_by: date
    rate: Fraction
    day_count: str
    interest_to: str
    cap: Fraction
    cap_base: str
    reason: str
    status: str


class DefaultDetailAnswer(DefaultAnswer):
    """`interest` is what accrued by today, `interestAsked` what of it was asked for. It is cured on `curedOn`, once
    nothing is `outstanding`."""

    outstanding: Amount
    cured_on: date | None
    interest: Amount | None
    interest_asked: Amount
    remedies: list[RemedyAnswer]


class DefaultsAnswer(Answer):
    defaults: list[DefaultAnswer]
    total: int


def default_answer(one: Default, kind=DefaultAnswer, **more):
    return kind.of(
        one,
        currency=one.fund.currency,
        investor_id=one.commitment.investor_id,
        investor_name=one.commitment.investor.name,
        status=decided(one),
        **more,
    )


def default_detail(user, default_id) -> DefaultDetailAnswer:
    one = default_of(user, default_id)
    shown = shown_of(one, one.fund.day_of(timezone.now()))
    return default_answer(
        one,
        DefaultDetailAnswer,
        outstanding=shown.owed.outstanding,
        cured_on=shown.cured_on if one.approved_at else None,
        interest=shown.interest.total if shown.interest else None,
        interest_asked=shown.owed.interest_asked,
        remedies=[_remedy(row) for row in remedies_of(one, user)],
    )


def _remedy(shown: RemedyShown) -> RemedyAnswer:
    one = shown.remedy
    asked = getattr(one, "asked", None)
    return RemedyAnswer.of(
        one,
        status=decided(one),
        call_id=asked.call_id if asked else None,
        parts=[DefaultPartAnswer.of(part) for part in shown.parts],
        passed_on=[
            PassedOnAnswer.of(share, paid_out=share.progress.paid_out, payable=share.progress.payable)
            for share in shown.shares
        ],
    )

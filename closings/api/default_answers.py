"""What clients get about defaults. Statuses in capitals."""

from datetime import date
from decimal import Decimal

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


class DefaultTransferAnswer(Answer):
    """By which a partner took over its part of what was lost."""

    transfer_id: int
    transferee_id: int


class WithdrawalAnswer(Answer):
    """Of the notice: it counts once it is APPROVED."""

    id: int
    status: str
    reason: str


class RemedyAnswer(Answer):
    """What is done about a default; `kind` is interest, shortfall, forfeiture, sale or reduction. `callId` is the call
    that asks for one of the first two, once it is APPROVED; the others count from `effectiveOn`, and `transfers` are
    those that they led to. `amount` of a forfeiture and a reduction is what of the commitment moves or is cut; of a
    sale it is the price, of which `interest` and `costs` are kept, so that `net` is the partner's. `share` is a
    fraction of the interest, and of a sale, of the lesser of `value` and what was contributed."""

    id: int
    kind: str
    status: str
    amount: Amount
    effective_on: date
    due_on: date | None
    costs: Amount
    uncovered: Amount
    share: Fraction | None
    buyer_id: int | None
    value: Amount | None
    interest: Amount
    net: Amount | None
    reason: str
    call_id: int | None
    parts: list[DefaultPartAnswer]
    passed_on: list[PassedOnAnswer]
    transfers: list[DefaultTransferAnswer]


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
    withdrawal: WithdrawalAnswer | None
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
        withdrawal=_withdrawal(one),
        remedies=[_remedy(row) for row in remedies_of(one, user)],
    )


def _withdrawal(one: Default) -> WithdrawalAnswer | None:
    if not one.is_withdrawn:
        return None
    return WithdrawalAnswer(
        id=one.withdrawal_id,
        status="APPROVED" if one.withdrawn_at else "PENDING",
        reason=one.withdrawal_reason,
    )


def _remedy(shown: RemedyShown) -> RemedyAnswer:
    one = shown.remedy
    asked = getattr(one, "asked", None)
    return RemedyAnswer.of(
        one,
        status=decided(one),
        call_id=asked.call_id if asked else None,
        share=None if one.share is None else round(Decimal(one.numerator) / one.denominator, 8),
        net=one.net if one.kind == one.Kind.SALE else None,
        transfers=[
            DefaultTransferAnswer(transfer_id=row.pk, transferee_id=row.transferee_id)
            for row in shown.transfers
        ],
        parts=[DefaultPartAnswer.of(part) for part in shown.parts],
        passed_on=[
            PassedOnAnswer.of(share, paid_out=share.progress.paid_out, payable=share.progress.payable)
            for share in shown.shares
        ],
    )

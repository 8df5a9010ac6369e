"""From rows to answers."""

from datetime import date, datetime
from decimal import Decimal

from capital.calc.dues import days_overdue
from capital.models import (
    AllocationAmount,
    CapitalCall,
    Excuse,
    FundAllocation,
    Payment,
    PaymentReversal,
    Receipt,
    ReceiptReturn,
    ResidualSettlement,
)
from capital.queries.calls import CallTotals
from capital.queries.checks import checks_of_call
from capital.queries.returns import checks_of_return, returns_of
from funds.api.controls import pending_changes
from funds.api.letters import LetterAnswer, Letters, are_unsent, check_answers, letter_answers
from funds.api.verbs import decided
from funds.models import Notice

from . import reads
from .answers import (
    AllocationAmountAnswer,
    AllocationAnswer,
    CallAnswer,
    CallDetailAnswer,
    CallSummaryAnswer,
    CashReturnAnswer,
    ExcuseAnswer,
    ItemAnswer,
    ItemLineAnswer,
    LineAnswer,
    PaymentAnswer,
    ReceiptAnswer,
    ReceiptReturnAnswer,
    ReversalAnswer,
    SettlementAnswer,
)

_SUMS = ("committed", "called", "funded", "uncalled", "outstanding")
_CASH = ("applied", "returned", "unapplied")


def allocation_answer(allocation: FundAllocation) -> AllocationAnswer:
    sums = {name: getattr(allocation.capital, name) for name in _SUMS}
    return AllocationAnswer.of(allocation, deal_name=allocation.deal.name, **sums)


def allocation_amount_answer(row: AllocationAmount) -> AllocationAmountAnswer:
    return AllocationAmountAnswer.of(row, status=decided(row))


# ---------------------------------------------------------------- calls


def call_answer(call: CapitalCall, at: datetime, kind=CallAnswer, **more) -> CallAnswer:
    return kind.of(
        call,
        fund_name=call.fund.name,
        call_number=call.number,
        revised_amount=call.capital.revised,
        waived_amount=call.capital.waived,
        paid_amount=call.capital.paid,
        outstanding=call.capital.outstanding,
        status=call.status.upper(),
        days_overdue=days_overdue(call.capital.due_on, call.capital.outstanding, call.fund.day_of(at)),
        **more,
    )


def call_detail_answer(user, call_id, at: datetime, kind=CallDetailAnswer, **more) -> CallDetailAnswer:
    """A call with its lines, its items and the allocations it draws on."""
    call = reads.one(reads.calls(user), call_id)
    lines = list(reads.lines(call))
    letters = letter_answers(Notice.Kind.CAPITAL_CALL, call.pk)
    checks = checks_of_call(call, at=at, unsent=are_unsent(letters), lines=lines)
    drawn_on = {line.allocation_id: line.allocation for line in lines if line.allocation}
    return call_answer(
        call,
        at,
        kind,
        lines=[_line_answer(line) for line in lines],
        items=item_answers(call, at, letters=letters),
        allocations=[allocation_answer(drawn_on[pk]) for pk in sorted(drawn_on)],
        checks=check_answers(checks),
        pending_changes=pending_changes(Notice.Kind.CAPITAL_CALL, call.pk),
        **more,
    )


def _line_answer(line) -> LineAnswer:
    return LineAnswer.of(line, deal_name=line.allocation.deal.name if line.allocation else None)


def item_answers(
    call: CapitalCall, at: datetime, item_id=None, *, letters: Letters | None = None
) -> list[ItemAnswer]:
    """The items of a call, or the one with this id; its letters are read unless they are given."""
    items = reads.items(call) if item_id is None else reads.items(call).filter(pk=item_id)
    last, today = reads.last_payments(call), call.fund.day_of(at)
    letters = letter_answers(Notice.Kind.CAPITAL_CALL, call.pk) if letters is None else letters
    return [_item_answer(call, item, last.get(item.pk), letters.get(item.pk, []), today) for item in items]


def _item_answer(call, item, payment: Payment | None, letters: list[LetterAnswer], today: date) -> ItemAnswer:
    return ItemAnswer(
        id=item.pk,
        capital_call_id=call.pk,
        investor_id=item.commitment.investor_id,
        investor_name=item.commitment.investor.name,
        commitment_id=item.commitment_id,
        reference=item.commitment.reference,
        called_amount=item.amount_called,
        revised_amount=item.capital.revised,
        waived_amount=item.capital.waived,
        paid_amount=item.capital.paid,
        outstanding=item.capital.outstanding,
        status=item.capital.status.upper(),
        due_date=item.capital.due_on,
        days_overdue=days_overdue(item.capital.due_on, item.capital.outstanding, today),
        standing=item.commitment.standing,
        paid_date=item.capital.paid_on,
        payment_method=payment.method if payment else None,
        payment_ref=payment.reference or None if payment else None,
        lines=[ItemLineAnswer.of(part) for part in item.item_lines.all()],
        notices=letters,
    ).in_currency(call.fund.currency)


def summary_answers(totals: list[CallTotals]) -> tuple[CallSummaryAnswer, list[CallSummaryAnswer]]:
    """The one summary and those per currency. Amounts of different currencies are never added up."""
    each = [
        CallSummaryAnswer(
            currency=row.currency,
            total_called=row.called,
            total_funded=row.funded,
            outstanding=row.outstanding,
            unfunded_commitments=row.unfunded,
        )
        for row in totals
    ]
    if len(each) == 1:
        return each[0], each
    amount = None if each else Decimal(0)
    names = ("total_called", "total_funded", "outstanding", "unfunded_commitments")
    return CallSummaryAnswer(currency=None, **dict.fromkeys(names, amount)), each


# ---------------------------------------------------------------- payments, settlements and receipts


def settlement_answer(row: ResidualSettlement) -> SettlementAnswer:
    return SettlementAnswer.of(row, capital_call_id=row.call_id, status=decided(row))


def excuse_answer(row: Excuse) -> ExcuseAnswer:
    return ExcuseAnswer.of(row, capital_call_id=row.call_id, status=decided(row))


def payment_answer(payment: Payment) -> PaymentAnswer:
    requests = payment.reversal_requests.all()
    return PaymentAnswer.of(
        payment,
        capital_call_id=payment.call_id,
        investor_id=payment.commitment.investor_id,
        investor_name=payment.commitment.investor.name,
        payment_ref=payment.reference,
        reversal=_reversal_answer(requests[0]) if requests else None,
    )


def _reversal_answer(reversal: PaymentReversal) -> ReversalAnswer:
    return ReversalAnswer.of(reversal, status=decided(reversal))


def payment_answers(user, payment_ids) -> list[PaymentAnswer]:
    return [
        payment_answer(payment) for payment in reads.payments(user).filter(pk__in=payment_ids).order_by("pk")
    ]


def receipt_answer(user, receipt_id) -> ReceiptAnswer:
    return receipt_row_answer(reads.one(reads.receipts(user), receipt_id))


def receipt_row_answer(receipt: Receipt) -> ReceiptAnswer:
    returns = receipt.returns.all()
    back = {one.takes_back_id: one.value_date for one in returns if one.takes_back_id}
    return ReceiptAnswer.of(
        receipt,
        **{name: getattr(receipt.capital, name) for name in _CASH},
        returns=[
            ReceiptReturnAnswer.of(one, investor_id=_whose(one), taken_back_on=back.get(one.pk))
            for one in returns
            if not one.takes_back_id
        ],
    )


def _whose(returned: ReceiptReturn) -> int | None:
    return returned.commitment and returned.commitment.investor_id


def cash_return_answer(user, return_id) -> CashReturnAnswer:
    returned = reads.one(returns_of(user), return_id)
    back = returned.taken_back_by.first()
    letters = letter_answers(Notice.Kind.CASH_RETURN, returned.pk)
    return CashReturnAnswer.of(
        returned,
        investor_id=_whose(returned),
        taken_back_on=back and back.value_date,
        taken_back_because=back and back.reason,
        notices=letters.get(returned.pk, []),
        checks=check_answers(checks_of_return(returned)),
    )

"""From rows to answers."""

from decimal import Decimal

from closings.models import Closing, Refund, RefundPayout, Setoff, SetoffPart
from closings.queries.closing import collected_by
from closings.queries.figures import ClosingFigures
from closings.queries.setoff_pages import visible_setoffs
from funds.api.letters import LetterAnswer
from funds.api.verbs import decided

from . import reads
from .answers import (
    ClosingAnswer,
    ClosingDetailAnswer,
    ClosingExcuseAnswer,
    ClosingFeeAnswer,
    ClosingFeeDaysAnswer,
    ClosingFeeInterestAnswer,
    ClosingFeeStepAnswer,
    ClosingFeeWorkedOutAnswer,
    ClosingFiguresAnswer,
    ClosingLineAnswer,
    ClosingNoticeAnswer,
    ClosingPartAnswer,
    ClosingRateAnswer,
    ClosingReversalAnswer,
    ClosingTrancheAnswer,
    ClosingValueAnswer,
    RefundAnswer,
    RefundPayoutAnswer,
    RefundPayoutReversalAnswer,
    SetoffAnswer,
    SetoffDetailAnswer,
    SetoffPartAnswer,
    SetoffReversalAnswer,
)

ZERO = Decimal("0.00")
_NOTICE = ("capital", "not_paid", "interest", "fee", "fee_tax", "fee_interest", "net")
_PART = ("before", "after", "change", "interest", "not_paid")
_LINE = (
    "line_id",
    "distribution_id",
    "call_id",
    "call_number",
    "name",
    "due_date",
    "amount",
    "days",
    "taken",
    "interest",
)
_PROGRESS = ("released", "paid_out", "payable", "outstanding", "paid_on")


def closing_answer(one: Closing, kind=ClosingAnswer, **more) -> ClosingAnswer:
    return kind.of(
        one, fund_name=one.fund.name, currency=one.fund.currency, status=one.status.upper(), **more
    )


def closing_detail_answer(user, closing_id) -> ClosingDetailAnswer:
    """A closing with its terms and who comes in."""
    one = reads.one(reads.whole_closings(user), closing_id)
    collected, asked_back = collected_by(one), one.reversals.order_by("-pk").first()
    return closing_answer(
        one,
        ClosingDetailAnswer,
        reversal=asked_back and ClosingReversalAnswer.of(asked_back, status=decided(asked_back)),
        rates=[ClosingRateAnswer.of(row) for row in sorted(one.rates.all(), key=lambda row: row.starts_on)],
        tranches=[_tranche_answer(row) for row in one.tranches.all()],
        excluded_deals=sorted(row.deal_id for row in one.exclusions.all()),
        values=[ClosingValueAnswer(line_id=row.line_id, value=row.value) for row in one.values.all()],
        asked=collected.asked if collected else ZERO,
        came=collected.came if collected else ZERO,
        inputs_sha256=one.inputs_sha256 or None,
    )


def _tranche_answer(row) -> ClosingTrancheAnswer:
    excuses = sorted(row.excuses.all(), key=lambda one: one.pk)
    fees = sorted(row.fees.all(), key=lambda fee: (fee.due_on, fee.pk))
    return ClosingTrancheAnswer(
        investor_id=row.investor_id,
        investor_name=row.investor.name,
        kind=row.kind,
        reference=row.reference,
        amount=row.amount,
        fee_reason=row.fee_reason,
        fee_rate=row.fee_rate,
        fee_discount=row.fee_discount,
        fees=[ClosingFeeAnswer(amount=fee.amount, due_on=fee.due_on) for fee in fees],
        excuses=[ClosingExcuseAnswer(deal_id=one.deal_id, reason=one.reason) for one in excuses],
    )


def figures_answer(closing: Closing, figures: ClosingFigures) -> ClosingFiguresAnswer:
    return ClosingFiguresAnswer(
        closing_id=closing.pk,
        currency=closing.fund.currency,
        moved=figures.moved,
        comes_in=figures.comes_in,
        goes_out=figures.goes_out,
        lines=[
            ClosingLineAnswer(
                parts=[_named(ClosingPartAnswer, part, _PART) for part in figures.parts_of(line.pk)],
                **{name: getattr(line, name) for name in _LINE},
            )
            for line in figures.lines
        ],
        notices=[
            _named(
                ClosingNoticeAnswer,
                one,
                _NOTICE,
                commitment_before=one.before,
                commitment_after=one.after,
            )
            for one in figures.notices
        ],
        fees=[
            ClosingFeeWorkedOutAnswer(
                investor_id=one.investor_id,
                investor_name=one.name,
                fee=one.said["net"],
                tax=one.said["tax"],
                interest=one.interest,
                reason=one.reason,
                days=[_fee_days(part) for part in one.said["parts"]],
                steps=[ClosingFeeStepAnswer(**step) for step in one.said["steps"]],
                interest_since=[ClosingFeeInterestAnswer(**row) for row in one.said["interest"]],
            )
            for one in figures.fees
        ],
    )


def _fee_days(part: dict) -> ClosingFeeDaysAnswer:
    named = ("base", "rate", "own_rate", "off", "days", "of_days", "gross", "discount", "billed")
    return ClosingFeeDaysAnswer(
        starts_on=part["from"], ends_on=part["to"], **{name: part[name] for name in named}
    )


def _named(kind, row, names, **more):
    return kind(investor_name=row.name, **{name: getattr(row, name) for name in names}, **more)


# ---------------------------------------------------------------- refunds


def refund_answer(one: Refund, letters: list[LetterAnswer]) -> RefundAnswer:
    return RefundAnswer.of(
        one,
        investor_id=one.commitment.investor_id,
        investor_name=one.commitment.investor.name,
        reference=one.commitment.reference,
        currency=one.fund.currency,
        notices=letters,
        **{name: getattr(one.progress, name) for name in _PROGRESS},
    )


def payout_answer(payout: RefundPayout) -> RefundPayoutAnswer:
    requests = payout.reversal_requests.all()
    return RefundPayoutAnswer.of(
        payout,
        closing_id=payout.refund.closing_id,
        investor_id=payout.commitment.investor_id,
        investor_name=payout.commitment.investor.name,
        currency=payout.fund.currency,
        paid_date=payout.value_date,
        reversal=_reversal_answer(requests[0]) if requests else None,
    )


def _reversal_answer(reversal) -> RefundPayoutReversalAnswer:
    return RefundPayoutReversalAnswer.of(reversal, status=decided(reversal))


def payout_answer_of(user, payout_id) -> RefundPayoutAnswer:
    return payout_answer(reads.one(reads.payouts(user), payout_id))


# ---------------------------------------------------------------- set-offs


def setoff_answer(one: Setoff) -> SetoffAnswer:
    return SetoffAnswer.of(one, **_of_setoff(one))


def _of_setoff(one: Setoff) -> dict:
    return {"currency": one.fund.currency, "status": decided(one)}


def setoff_detail_answer(user, setoff_id) -> SetoffDetailAnswer:
    one = reads.one(visible_setoffs(user), setoff_id)
    parts = [_part_answer(part) for part in reads.setoff_parts(one)]
    return SetoffDetailAnswer.of(one, parts=parts, **_of_setoff(one))


def _part_answer(part: SetoffPart) -> SetoffPartAnswer:
    requests = part.reversals.all()
    reversal = requests[0] if requests else None
    return SetoffPartAnswer.of(
        part,
        investor_id=part.commitment.investor_id,
        investor_name=part.commitment.investor.name,
        reference=part.commitment.reference,
        called=part.call_item.capital.called,
        distributed=part.gross,
        withheld=part.withheld,
        reversal=SetoffReversalAnswer.of(reversal, status=decided(reversal)) if reversal else None,
    )

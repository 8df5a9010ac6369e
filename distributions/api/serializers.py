"""From rows to answers."""

from decimal import Decimal

from django.utils import timezone

from distributions.models import Distribution, Payout, WriteDown
from distributions.queries.checks import checks_of_distribution
from distributions.queries.distributions import DistributionTotals
from funds.api.controls import pending_changes
from funds.api.letters import LetterAnswer, are_unsent, check_answers, letter_answers
from funds.api.verbs import decided
from funds.models import Notice

from . import reads
from .answers import (
    DistributionAnswer,
    DistributionDetailAnswer,
    DistributionItemAnswer,
    DistributionSummaryAnswer,
    PayoutAnswer,
    PayoutReversalAnswer,
    WriteDownAnswer,
)
from .breakdowns import breakdown_of

_SUMS = ("return_of_capital", "preferred_return", "profit_share", "carried_interest", "paid_out")
_AMOUNTS = (
    "gross_amount",
    "withholding_tax",
    "net_amount",
    "return_of_capital",
    "preferred_return",
    "profit_share",
    "carried_interest",
    "recallable_amount",
)


def distribution_answer(one: Distribution, kind=DistributionAnswer, **more) -> DistributionAnswer:
    return kind.of(
        one,
        fund_name=one.fund.name,
        currency=one.fund.currency,
        distribution_num=one.number,
        deal_name=one.deal.name if one.deal else None,
        status=one.status.upper(),
        withholding_tax=one.capital.withheld,
        net_amount=one.capital.net,
        **{name: getattr(one.capital, name) for name in _SUMS},
        **more,
    )


def distribution_detail_answer(user, distribution_id) -> DistributionDetailAnswer:
    """A distribution with its items and its waterfall."""
    one = reads.one(reads.distributions(user), distribution_id)
    items = list(reads.items(one))
    paid, letters = reads.standing_payouts(one), letter_answers(Notice.Kind.DISTRIBUTION, one.pk)
    checks = checks_of_distribution(one, at=timezone.now(), unsent=are_unsent(letters))
    return distribution_answer(
        one,
        DistributionDetailAnswer,
        items=[_item_answer(item, paid.get(item.pk), letters.get(item.pk, [])) for item in items],
        breakdown=breakdown_of(one, reads.tiers(one), items),
        checks=check_answers(checks),
        pending_changes=pending_changes(Notice.Kind.DISTRIBUTION, one.pk),
    )


def _item_answer(item, payout: Payout | None, letters: list[LetterAnswer]) -> DistributionItemAnswer:
    return DistributionItemAnswer(
        id=item.pk,
        distribution_id=item.distribution_id,
        investor_id=item.commitment.investor_id,
        investor_name=item.commitment.investor.name,
        commitment_id=item.commitment_id,
        reference=item.commitment.reference,
        status=_status(item),
        paid_date=item.capital.paid_on,
        payment_method=payout.method if payout else None,
        payment_ref=payout.reference or None if payout else None,
        payout_id=payout.pk if payout else None,
        notices=letters,
        **{name: getattr(item, name) for name in _AMOUNTS},
    )


def _status(item) -> str | None:
    if not item.gross_amount:
        return None
    return "PAID" if item.capital.paid_out == item.gross_amount else "PENDING"


def summary_answers(
    totals: list[DistributionTotals],
) -> tuple[DistributionSummaryAnswer, list[DistributionSummaryAnswer]]:
    """The one summary and those per currency. Amounts of different currencies are never added up."""
    each = [
        DistributionSummaryAnswer(
            currency=row.currency,
            total_distributed=row.declared,
            declared=row.declared,
            paid_out=row.paid_out,
            payable=row.payable,
            return_of_capital=row.return_of_capital,
            preferred_return=row.preferred_return,
            lp_profit_share=row.profit_share,
            carried_interest=row.carried_interest,
        )
        for row in totals
    ]
    if len(each) == 1:
        return each[0], each
    amount = None if each else Decimal(0)
    names = DistributionSummaryAnswer.model_fields.keys() - {"currency"}
    return DistributionSummaryAnswer(currency=None, **dict.fromkeys(names, amount)), each


# ---------------------------------------------------------------- payouts and write-downs


def payout_answer(payout: Payout) -> PayoutAnswer:
    requests = payout.reversal_requests.all()
    return PayoutAnswer.of(
        payout,
        investor_id=payout.commitment.investor_id,
        investor_name=payout.commitment.investor.name,
        paid_date=payout.value_date,
        reversal=_reversal_answer(requests[0]) if requests else None,
    )


def _reversal_answer(reversal) -> PayoutReversalAnswer:
    return PayoutReversalAnswer.of(reversal, status=decided(reversal))


def payout_answer_of(user, payout_id) -> PayoutAnswer:
    return payout_answer(reads.one(reads.payouts(user), payout_id))


def write_down_answer(row: WriteDown) -> WriteDownAnswer:
    status = "APPROVED" if row.is_in_force else decided(row)
    return WriteDownAnswer.of(row, status=status)

"""What a plan gives back of the lines that partners paid, read from the ledger. Writes nothing."""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

from django.db.models import BooleanField, F, Func, Sum

from blackgem.lib.money import unit_of
from distributions.calc.recall import PaidLine, Recall, give_back
from distributions.models import DistributionItem, GivenBack
from distributions.services.plan import DistributionPlan
from distributions.services.rows import Row
from distributions.states import DISTRIBUTION_ISSUED
from funds.models import CapitalTransaction, Commitment, FundTerms
from funds.queries.accounts import account_path

ZERO = Decimal(0)


def with_given_back(
    fund, terms: FundTerms, plan: DistributionPlan, rows: tuple[Row, ...], before
) -> tuple[Row, ...]:
    """The rows with what each gives back by line and what of it may be called again; as they are where nothing may."""
    if not (plan.recallable or plan.is_excess):
        return rows
    lines, room = _paid_lines(fund, plan, before), _room(fund, terms, before)
    recall = Recall(
        terms.recall_capital, terms.recall_fees, terms.recall_gains, terms.recall_until, terms.max_unfunded
    )
    unit = unit_of(fund.currency)
    return tuple(
        _with(row, lines[row.commitment_id], room[row.commitment_id], recall, plan, unit) for row in rows
    )


def _with(row, lines, room, recall, plan, unit) -> Row:
    given = give_back(
        lines,
        recall,
        capital=row.return_of_capital,
        profit=row.gross - row.return_of_capital,
        deal=None if plan.given_back_lines else plan.deal_id,
        on=plan.date,
        room=room,
        unused=plan.is_excess,
        unit=unit,
    )
    return replace(row, recallable=given.restores, given_back=given.lines)


def _paid_lines(fund, plan, before) -> dict[int, list[PaidLine]]:
    """By commitment, in the order of the lines: what was paid on each by the day, less what went back of it;
    only the lines that the plan names, where it does."""
    rows = CapitalTransaction.objects.filter(fund=fund, call_line_id__isnull=False, value_date__lte=plan.date)
    if plan.given_back_lines:
        rows = rows.filter(call_line_id__in=plan.given_back_lines)
    paid = rows.values_list("commitment_id", "call_line_id", "line_kind", "deal_id", "within_commitment")
    back = _given_back(fund, before)
    lines = defaultdict(list)
    for commitment, line, kind, deal, within, amount in paid.annotate(sum=Sum("amount")).order_by(
        "call_line_id"
    ):
        lines[commitment].append(
            PaidLine(line, kind, deal, within, max(amount - back[commitment, line], ZERO))
        )
    return lines


def _given_back(fund, before) -> dict[tuple[int, int], Decimal]:
    issued = _issued(before).filter(fund=fund).values("pk")
    rows = GivenBack.objects.filter(fund_id=fund.pk, item__in=issued)
    sums = rows.values_list("commitment_id", "call_line_id").annotate(amount=Sum("amount"))
    back = defaultdict(Decimal, {(commitment, line): amount for commitment, line, amount in sums})
    moved = CapitalTransaction.objects.filter(
        fund=fund, transfer_id__isnull=False, given_back_line_id__isnull=False
    )
    # As it was declared, also while a payout is back at the fund.
    follows = Func(F("transfer_id"), F("moves"), function="follows_moved_row", output_field=BooleanField())
    moved = moved.alias(follows=follows).filter(follows=False)
    for commitment, line, amount in moved.values_list("commitment_id", "given_back_line_id", "amount"):
        back[commitment, line] -= amount
    return back


def _issued(before):
    items = DistributionItem.objects.filter(distribution__status__in=DISTRIBUTION_ISSUED)
    return items if before is None else items.exclude(distribution=before.pk)


def _room(fund, terms, before) -> dict[int, Decimal]:
    """By commitment: how much more may be unfunded, with what was declared and is still to be paid out counted in."""
    promised = defaultdict(
        Decimal,
        _issued(before)
        .filter(fund=fund, capital__paid_out=0)
        .values_list("commitment_id")
        .annotate(amount=Sum("recallable_amount")),
    )
    partners = Commitment.objects.filter(fund=fund).values_list(
        "pk", account_path("committed"), account_path("unfunded")
    )
    return {pk: terms.max_unfunded * amount - unfunded - promised[pk] for pk, amount, unfunded in partners}

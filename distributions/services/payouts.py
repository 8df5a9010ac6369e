"""Payouts: the money of an issued distribution went out, or came back."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet, Sum

from blackgem.lib import audit
from blackgem.lib.checks import can, fire
from blackgem.lib.context import WriteContext
from blackgem.lib.decisions import Reversal
from blackgem.lib.errors import InvalidInput, NotFound
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from distributions.access import check_pay_item_out, check_pay_out, check_request_payout_reversal
from distributions.models import Distribution, DistributionCapital, DistributionItem, Payout, PayoutReversal
from distributions.notices import write_payout_taken_back
from distributions.queries.called_again import check_not_called_again
from distributions.queries.holds import hold_of
from distributions.services.locks import lock_distribution, role_on_distribution
from funds.access import MANAGE, check_may
from funds.models import CapitalTransaction, Commitment, Notice
from funds.queries.payees import accounts_in_force
from funds.queries.periods import check_open
from funds.services.decidable import Decidable
from funds.services.inputs import problems_of
from funds.services.notice_facts import text
from funds.services.notices import items_expecting, nudge, queue_next_versions
from funds.services.reversals import fill_reversal, post_compensation

ZERO = Decimal(0)


@service
def pay_out(
    *,
    distribution_id,
    value_date: date,
    method: str,
    reference: str = "",
    item_id=None,
    ctx: WriteContext,
) -> list[Payout]:
    """Record that one item, or every item not yet paid, went out whole: gross, since what is withheld counts too.

    Raises Conflict where it is not issued or already paid out, InvalidInput for a date that cannot be.
    """
    distribution = to_pay_out(distribution_id, value_date, ctx)
    raise_if(problems_of(Payout(method=method, reference=reference), ["method", "reference"]))
    items = _lock_to_pay_out(distribution, item_id, ctx.by)
    return post_payouts(distribution, items, value_date, method=method, reference=reference, ctx=ctx)


def to_pay_out(distribution_id, value_date: date, ctx: WriteContext) -> Distribution:
    """The distribution with the `role` of who acts, if it may be paid out, on that day."""
    role = role_on_distribution(ctx.by, distribution_id)[1]
    distribution = Distribution.objects.select_related("fund").get(pk=distribution_id)
    distribution.role = role
    check_pay_out(distribution, ctx.by)
    if value_date > ctx.today(distribution.fund):
        raise InvalidInput("paid_date.future", "The date of payment lies in the future.", field="value_date")
    check_open(distribution.fund, value_date, field="value_date")
    if value_date < first_payable_day(distribution):
        message = "The date of payment lies before the date of the distribution."
        raise InvalidInput("paid_date.before_distribution", message, field="value_date")
    return distribution


def post_payouts(
    distribution: Distribution,
    items: Sequence[DistributionItem],
    value_date: date,
    *,
    method: str,
    reference: str = "",
    set_off: Mapping[int, tuple[Decimal, int]] | None = None,
    ctx: WriteContext,
) -> list[Payout]:
    """Write that these items, which are locked, went out whole, and move the distribution. `set_off` says of items how
    much paid what the partner owes of a call, and the part of the set-off that says so."""
    set_off = set_off or {}
    accounts = accounts_in_force([item.commitment_id for item in items])
    payouts = Payout.objects.bulk_create(
        Payout(
            distribution=distribution,
            item=item,
            fund_id=item.fund_id,
            commitment_id=item.commitment_id,
            amount=item.gross_amount,
            value_date=value_date,
            method=method,
            reference=reference,
            payee_details_id=_account(item, accounts, set_off),
            set_off=set_off.get(item.pk, (ZERO, None))[0],
            setoff_part_id=set_off.get(item.pk, (ZERO, None))[1],
            recorded_at=ctx.at,
            recorded_by=ctx.by,
        )
        for item in items
    )
    total = sum(payout.amount for payout in payouts)
    audit.record(
        verb="pay_out",
        ctx=ctx,
        subject=distribution,
        also=items,
        fund_id=distribution.fund_id,
        changes={"paid_out": [None, total]},
    )
    _settle(distribution.pk, "pay_out", ctx)
    _record_moved(payouts, "regain_moved_payout", "", ctx)
    return payouts


def _record_moved(payouts: Sequence[Payout], verb: str, reason: str, ctx: WriteContext) -> None:
    """What the database moved with these: of whoever holds a part of them since a transfer, or held it until now."""
    moved = CapitalTransaction.objects.filter(moves__payout_id__in=[one.pk for one in payouts]).order_by()
    sums = moved.values_list("commitment", "distribution_id").annotate(net=-Sum("amount")).exclude(net=0)
    found = list(sums)
    partners = Commitment.objects.in_bulk([partner for partner, *_ in found])
    for partner, distribution, amount in sorted(found):
        audit.record(
            verb=verb,
            ctx=ctx,
            subject=partners[partner],
            also=[one for one in payouts if one.distribution_id == distribution],
            fund_id=partners[partner].fund_id,
            reason=reason,
            changes={"paid_out": [None, amount]},
        )


def _account(item: DistributionItem, accounts: Mapping[int, int], set_off: Mapping) -> int | None:
    """Where the cash of a payout goes; what is set off whole goes nowhere."""
    stays = set_off.get(item.pk, (ZERO,))[0] == item.gross_amount
    return None if stays else accounts.get(item.commitment_id)


def first_payable_day(distribution: Distribution) -> date:
    """The day of the distribution, or, where it was issued ahead of that day, the day on which it was issued."""
    return min(distribution.date, distribution.fund.day_of(distribution.sent_at))


@service
def request_payout_reversal(
    *,
    payout_id,
    reason: str,
    bounced: bool = True,
    cash_on: date | None = None,
    ctx: WriteContext,
) -> PayoutReversal:
    """Ask to take back one whole payout. Without four eyes it takes effect at once.

    `bounced`: its wire came back on `cash_on`, the bank's own day (the fund's today where it is left out); otherwise
    it was posted wrongly. Raises InvalidInput for a day that cannot be, Conflict where what it restored was called
    again, or some of it was set off.
    """
    payout = Payout.objects.select_related("distribution__fund", "item").filter(pk=payout_id).first()
    if payout is None:
        raise NotFound("not_found", "There is no such payout.")
    payout.role = check_may(ctx.by, payout.fund_id, MANAGE)
    _lock_partner(payout)
    check_request_payout_reversal(payout, ctx.by)
    check_not_called_again(payout)
    reversal = fill_reversal(
        PayoutReversal(payout=payout),
        paid=payout,
        fund=payout.distribution.fund,
        reason=reason,
        bounced=bounced,
        cash_on=cash_on,
        ctx=ctx,
    )
    return PAYOUT_REVERSALS.ask(reversal, ctx=ctx)


@service
def approve_payout_reversal(*, reversal_id, ctx: WriteContext) -> PayoutReversal:
    """Approve and post a reversal; where the fund demanded it, as another person than the one who asked."""
    return PAYOUT_REVERSALS.approve(reversal_id, ctx=ctx)


@service
def reject_payout_reversal(*, reversal_id, ctx: WriteContext) -> PayoutReversal:
    """Turn a request down: the payout stands, and a reversal may be asked for again."""
    return PAYOUT_REVERSALS.reject(reversal_id, ctx=ctx)


def _lock_to_pay_out(distribution, item_id, by) -> list[DistributionItem]:
    """The item, or every item that may be paid out, as the books stand under the locks of the partners."""
    items = distribution.items.all() if item_id is None else distribution.items.filter(pk=item_id)
    ids = list(items.values_list("pk", flat=True))
    if not ids:
        raise NotFound("item.not_found", "There is no such item of this distribution.")
    _lock_partners(items)
    locked = (
        DistributionItem.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=ids)
        .order_by("pk")
    )
    found = list(locked.select_related("capital").annotate(hold=hold_of(by)))
    for item in found:
        item.distribution, item.role = distribution, distribution.role
    due = [item for item in found if can(check_pay_item_out, item, by)]
    if not due:
        held = (item for item in found if item.hold and not item.capital.paid_out)
        check_pay_item_out(next(held, found[0]), by)  # says why
    return due


def _lock_partners(items: QuerySet[DistributionItem]) -> None:
    """The partners of these items, and those to whom transfers moved parts of what was paid out of them: what moved is
    taken back with a payout, and moves again with the next one."""
    ids = {
        *items.values_list("commitment_id", flat=True),
        *_takers(items).values_list("commitment", flat=True),
    }
    list(
        Commitment.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk")
    )


def _takers(items: QuerySet[DistributionItem]) -> QuerySet[CapitalTransaction]:
    """What transfers moved of what these items paid out."""
    paid = Payout.objects.filter(item__in=items.values("pk")).values("pk")
    return CapitalTransaction.objects.filter(moves__payout_id__in=paid, transfer_id__isnull=False)


def _lock_partner(payout) -> None:
    _lock_partners(DistributionItem.objects.filter(pk=payout.item_id))
    DistributionItem.objects.select_for_update(no_key=True).get(pk=payout.item_id)


def _take_effect(reversal, ctx: WriteContext) -> None:
    compensation = post_compensation(PAYOUT_REVERSALS, reversal, reversal.payout, figure="paid_out", ctx=ctx)
    _record_moved([compensation], "lose_moved_payout", reversal.reason, ctx)
    _settle(reversal.payout.distribution_id, "reverse_payout", ctx)
    _tell(reversal, ctx)


def _tell(reversal: PayoutReversal, ctx: WriteContext) -> None:
    """Whoever has a letter of the distribution, or waits for one, has the next version say so."""
    payout = reversal.payout
    if payout.item_id not in items_expecting(Notice.Kind.DISTRIBUTION, payout.distribution_id):
        return
    back = {
        "amount": text(payout.item.net_amount),
        "paid_on": payout.value_date.isoformat(),
        "on": (reversal.cash_on or ctx.today(payout.distribution.fund)).isoformat(),
        "came_back": reversal.cash_on is not None,
    }
    written = write_payout_taken_back(
        distribution=payout.distribution, item_id=payout.item_id, back=back, ctx=ctx
    )
    queue_next_versions(notices=written, ctx=ctx)
    nudge()


def take_set_off_back(payout: Payout, *, decision: Reversal, ctx: WriteContext) -> Payout:
    """Take back the payout of an item of which something was set off, inside the caller's transaction and under its
    locks, as the `decision` about both sides says. No cash that was set off moves."""
    check_not_called_again(payout)
    reversal = PayoutReversal.objects.create(
        payout=payout,
        reason=decision.reason,
        four_eyes=payout.distribution.fund.four_eyes,
        requested_at=decision.requested_at,
        requested_by_id=decision.requested_by_id,
    )
    compensation = post_compensation(PAYOUT_REVERSALS, reversal, payout, figure="paid_out", ctx=ctx)
    _settle(payout.distribution_id, "reverse_payout", ctx)
    _record_moved([compensation], "lose_moved_payout", decision.reason, ctx)
    return compensation


def _settle(distribution_id, verb, ctx: WriteContext) -> None:
    """Lock the distribution, re-read its sums, and move it."""
    distribution = lock_distribution(distribution_id)
    before = distribution.status
    fire(getattr(distribution, verb), DistributionCapital.objects.get(pk=distribution_id))
    if distribution.status != before:
        distribution.save(update_fields=["status"])
        audit.record(
            verb=f"distribution_{distribution.status}",
            ctx=ctx,
            subject=distribution,
            fund_id=distribution.fund_id,
            changes={"status": [before, distribution.status]},
        )


PAYOUT_REVERSALS = Decidable(
    pending=PayoutReversal.objects.pending,
    fetch=("payout__distribution__fund", "payout__item", "requested_by"),
    fund_of=lambda reversal: reversal.payout.fund_id,
    code="reversal",
    noun="reversal",
    asked="request_payout_reversal",
    granted="approve_payout_reversal",
    refused="reject_payout_reversal",
    asked_by="requested_by",
    also=lambda reversal: [reversal.payout, reversal.payout.item, reversal.payout.distribution],
    lock=lambda reversal: _lock_partner(reversal.payout),
    check=lambda reversal, at: check_not_called_again(reversal.payout),
    effect=_take_effect,
)

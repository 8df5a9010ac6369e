"""What a partner is told of unapplied cash that was returned to it: how much, when, why, and how it was worked out."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from blackgem.lib.context import WriteContext
from blackgem.lib.letter_fonts import texts_in
from capital.models import Payment, Receipt, ReceiptReturn
from funds.models import Commitment, Fund, Notice
from funds.services.notice_facts import fund_facts, partner_facts, text
from funds.services.notices import NoticeDraft, draft_notice, write_cancellations, write_notices

KIND = Notice.Kind.CASH_RETURN
ZERO = Decimal("0.00")


def write_return_notice(returned: ReceiptReturn, ctx: WriteContext) -> Notice | None:
    """The letter about a return, inside its transaction, once it is written; none where it was no partner's money."""
    if returned.commitment is None:
        return None
    number = notice_number(returned.commitment)
    draft = NoticeDraft(returned.commitment, returned.pk, number, facts_of(returned))
    fund = returned.fund
    written = write_notices(
        fund=fund,
        kind=KIND,
        subject_id=returned.pk,
        dated_on=ctx.today(fund),
        drafts=[draft],
        ctx=ctx,
    )
    return written[0]


def draft_of_return(returned: ReceiptReturn, *, today: date) -> Notice | None:
    """The letter of a return that is not written yet: in memory alone."""
    if returned.commitment is None:
        return None
    draft = NoticeDraft(returned.commitment, 0, notice_number(returned.commitment), facts_of(returned))
    return draft_notice(fund=returned.fund, kind=KIND, dated_on=today, draft=draft)


def write_taken_back(returned: ReceiptReturn, *, reason: str, ctx: WriteContext) -> list[Notice]:
    """Tell who got the letter that the return was taken back, and why; nobody else."""
    return write_cancellations(
        subject=returned, kind=KIND, facts_of=lambda facts, fund: facts, ctx=ctx, reason=reason
    )


def notice_number(commitment: Commitment) -> str:
    """What the next letter of this kind to a partner is called, over all funds: "LSFI-RM1-0001"."""
    told = Notice.objects.filter(commitment=commitment, kind=KIND, version=1).count()
    return f"{commitment.fund.code}-RM{told + 1}-{commitment.reference}"


def facts_of(returned: ReceiptReturn) -> dict:
    """What its letter says. Of a receipt that others have a part in, nothing but the partner's own."""
    receipt, fund = returned.receipt, returned.fund
    return {
        "commitment_id": returned.commitment_id,
        "item_id": returned.pk or 0,
        "fund": fund_facts(fund),
        "partner": partner_facts(returned.commitment),
        "currency": fund.currency,
        "totals": Fund.PartnerTotals.NONE,
        "bank": None,
        "amount": text(returned.amount),
        "returned": {"on": returned.value_date.isoformat(), "reason": returned.reason},
        "receipt": {
            "on": receipt.value_date.isoformat(),
            "method": receipt.method,
            "reference": receipt.tx_ref or "",
        },
        "working": _working(returned),
    }


def texts_of_return(returned: ReceiptReturn) -> Iterable[str]:
    """Every text that its letter would print."""
    return texts_in(facts_of(returned))


def _working(returned: ReceiptReturn) -> dict | None:
    """What came, what of it went where, and what is left: received = applied + returned + left. None where somebody
    else has a part in it, whose it would show."""
    receipt, own = returned.receipt, returned.commitment_id
    others = receipt.returns.exclude(pk=returned.pk).exclude(commitment=own)
    payments = Payment.objects.filter(receipt=receipt).order_by()
    if others.exists() or payments.exclude(commitment=own).exists():
        return None
    applied = payments.values("call__number").annotate(sum=Sum("amount")).exclude(sum=0)
    before = receipt.returns.exclude(pk=returned.pk).aggregate(sum=Sum("amount"))["sum"] or ZERO
    calls = [
        {"number": row["call__number"], "amount": text(row["sum"])}
        for row in applied.order_by("call__number")
    ]
    left = receipt.amount - before - returned.amount - sum((row["sum"] for row in applied), ZERO)
    return {
        "received": text(receipt.amount),
        "applied": calls,
        "before": text(before) if before else None,
        "left": text(left),
    }


def owners_of(receipt: Receipt) -> dict[int, Decimal]:
    """The commitments that a receipt pays for, with how much."""
    found: dict[int, Decimal] = defaultdict(Decimal)
    for commitment_id, amount in receipt.payments.order_by().values_list("commitment", "amount"):
        found[commitment_id] += amount
    return {key: amount for key, amount in found.items() if amount > 0}

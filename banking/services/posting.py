"""Posting what a bank booked: a receipt for each entry, by the services of payments."""

from banking.access import check_post_matches
from banking.calc.matching import Match
from banking.models import BankEntry, BankStatement, EntryMove, EntryPosting
from banking.queries.matching import matches_of
from banking.queries.payments import lines_of_entries
from banking.services.settling import entry_to_settle, pay_out_entry
from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import DomainError, NotFound
from blackgem.lib.sql import service
from capital.services.payments import record_payment
from funds.access import MANAGE, check_may


@service
def post_matches(
    *, statement_id, ctx: WriteContext
) -> tuple[list[EntryPosting | EntryMove], list[tuple[BankEntry, str]]]:
    """Post every exact match of a statement, as the books stand under the locks of each payment: credits, and debits
    that say the id of a payment of a file of ours. Wires of others than the investor wait for a person. Answers what
    was posted, and what was not, with the reason.

    Raises Conflict for a statement that nothing proves, or whose reversals may be read either way.
    """
    statement = BankStatement.objects.select_related("fund").filter(pk=statement_id).first()
    if statement is None:
        raise NotFound("not_found", "There is no such statement.")
    statement.role = check_may(ctx.by, statement.fund_id, MANAGE)
    check_post_matches(statement, ctx.by)
    posted: list[EntryPosting | EntryMove] = []
    left = []
    matches = matches_of(statement)
    ordered = lines_of_entries(statement.fund, [entry for entry, found in matches if found is not None])
    for entry, found in matches:
        if found is None or not (found.exact or entry.pk in ordered):
            continue
        if found.exact and found.held:
            left.append((entry, found.held))
            continue
        try:
            if found.exact:
                posted.append(_post(entry, found, ctx=ctx))
            else:
                line = ordered[entry.pk]
                posted += pay_out_entry(entry_id=entry.pk, kind=line.kind, row_ids=[line.row_id], ctx=ctx)
        except DomainError as error:
            left.append((entry, error.message))
    return posted, left


@service
def _post(entry: BankEntry, found: Match, *, ctx: WriteContext) -> EntryPosting:
    """The payment of an entry, or the one that was typed before under the bank's reference."""
    assert found.item
    entry_to_settle(entry.pk, ctx)
    payment = record_payment(
        item_id=int(found.item.key),
        amount=entry.amount,
        value_date=entry.value_date,
        method="wire",
        reference=found.item.reference,
        tx_ref=entry.reference[:100] or None,
        bank_entry_id=entry.pk,
        ctx=ctx,
    )
    posting = EntryPosting.objects.create(
        entry=entry,
        fund_id=entry.fund_id,
        receipt_id=payment.receipt_id,
        step=found.step,
        score=found.score,
        reasons=list(found.reasons),
        recorded_at=ctx.at,
        recorded_by=ctx.by,
    )
    audit.record(
        verb="post_entry",
        ctx=ctx,
        subject=posting,
        also=[entry, payment.receipt],
        fund_id=entry.fund_id,
        changes={"paid": [None, entry.amount]},
    )
    return posting

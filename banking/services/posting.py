"""Posting what a bank booked: a receipt and a payment for each exact match of a statement, all of them together."""

from collections.abc import Sequence

from django.db import transaction

from banking.access import check_post_matches, check_settle
from banking.calc.matching import Match
from banking.models import BankEntry, BankStatement, EntryMove, EntryPosting
from banking.queries.matching import matches_of
from banking.queries.payments import lines_of_entries
from banking.services.settling import lock_entries, pay_out_entry
from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import DomainError, NotFound
from blackgem.lib.sql import mapped_errors, service
from capital.models import Payment, Receipt
from capital.services.posting import Wire, post_wires
from funds.access import MANAGE, check_may


@service
def post_matches(
    *, statement_id, ctx: WriteContext
) -> tuple[list[EntryPosting | EntryMove], list[tuple[BankEntry, str]]]:
    """Post every exact match of a statement, as the books stand under the locks of each payment: credits, and debits
    that say the id of a payment of a file of ours. Wires of others than the investor wait for a person. Answers what
    was posted, and what was not, with the reason, both in the order of the statement.

    Raises Conflict for a statement that nothing proves, or whose reversals may be read either way.
    """
    statement = BankStatement.objects.select_related("fund").filter(pk=statement_id).first()
    if statement is None:
        raise NotFound("not_found", "There is no such statement.")
    statement.role = check_may(ctx.by, statement.fund_id, MANAGE)
    check_post_matches(statement, ctx.by)
    lock_entries(statement)
    matches = matches_of(statement)
    ordered = lines_of_entries(statement.fund, [entry for entry, found in matches if found is not None])
    exact, left = [], []
    for entry, found in matches:
        if found is not None and found.exact:
            if found.held:
                left.append((entry, found.held))
            else:
                exact.append((entry, found))
    posted, refused = _post(statement, exact, ctx=ctx)
    left += refused
    for entry, found in matches:
        if found is not None and not found.exact and entry.pk in ordered:
            line = ordered[entry.pk]
            try:
                posted += pay_out_entry(entry_id=entry.pk, kind=line.kind, row_ids=[line.row_id], ctx=ctx)
            except DomainError as error:
                left.append((entry, error.message))
    place = {entry.pk: number for number, (entry, _) in enumerate(matches)}
    return (
        sorted(posted, key=lambda one: place[one.entry_id]),
        sorted(left, key=lambda one: place[one[0].pk]),
    )


def _post(
    statement: BankStatement, exact: Sequence[tuple[BankEntry, Match]], *, ctx: WriteContext
) -> tuple[list, list[tuple[BankEntry, str]]]:
    """The payments of entries that are locked, or those that were typed before under the bank's references."""
    wires = [_wire(statement, entry, found, ctx) for entry, found in exact]
    new, known, left = [], [], []
    for (entry, found), one in zip(exact, post_wires(statement.fund, wires, ctx=ctx), strict=True):
        if one.refusal:
            left.append((entry, one.refusal.message))
        else:
            (new if one.is_new else known).append((entry, found, one.or_raise()))
    posted = _link(new, ctx)
    for one in known:
        try:
            with mapped_errors(), transaction.atomic():
                posted += _link([one], ctx)
        except DomainError as error:
            left.append((one[0], error.message))
    return posted, left


def _wire(statement: BankStatement, entry: BankEntry, found: Match, ctx: WriteContext) -> Wire:
    assert found.item
    entry.role = statement.role
    check_settle(entry, ctx.by)
    return Wire(
        item_id=int(found.item.key),
        amount=entry.amount,
        value_date=entry.value_date,
        method="wire",
        reference=found.item.reference,
        tx_ref=entry.reference[:100] or None,
        bank_entry_id=entry.pk,
    )


def _link(paid: Sequence[tuple[BankEntry, Match, Payment]], ctx: WriteContext) -> list[EntryPosting]:
    """Say of entries which receipts they are."""
    postings = EntryPosting.objects.bulk_create(
        EntryPosting(
            entry=entry,
            fund_id=entry.fund_id,
            receipt_id=payment.receipt_id,
            step=found.step,
            score=found.score,
            reasons=list(found.reasons),
            recorded_at=ctx.at,
            recorded_by=ctx.by,
        )
        for entry, found, payment in paid
    )
    events = [
        {
            "verb": "post_entry",
            "subject": posting,
            "also": [posting.entry, audit.name(Receipt, posting.receipt_id)],
            "fund_id": posting.fund_id,
            "changes": {"paid": [None, posting.entry.amount]},
        }
        for posting in postings
    ]
    audit.record_all(events, ctx=ctx)
    return postings

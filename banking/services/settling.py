"""What a person says of one entry: whom it pays, of which class it is, or that it is left aside. One at a time."""

from collections.abc import Collection, Sequence

from django.db import connection
from django.db.models import Max, Q

from banking.access import check_settle, check_undo
from banking.models import (
    BankEntry,
    BankStatement,
    EntryClass,
    EntryDecision,
    EntryMove,
    EntryPosting,
    EntryRule,
    PaymentFileLine,
    ReceiptHolder,
)
from banking.queries.payments import lines_of_entries
from banking.queries.settled import settled_by, with_settled
from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, InvalidInput, NotFound
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from capital.models import Receipt
from capital.services.receipts import apply_receipt, record_receipt
from funds.access import MANAGE, check_may
from funds.models import Commitment
from funds.queries import cash_moves
from funds.services.inputs import problems_of

BY_PERSON = 0  # the step of a posting that a person decided
CHANGED = Conflict("entry.changed", "This is not as you saw it any more. Please look again.")


def lock_entry(entry_id: int) -> None:
    """Whatever is said of one entry takes turns, so that the second finds what the first said."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('bank_entry', %s))", [entry_id])


def lock_entries(statement: BankStatement) -> None:
    """The same of all lines of a statement, in the order of their ids."""
    entries = BankEntry.objects.filter(Q(statement=statement) | Q(pk__in=statement.repeats.values("entry")))
    ids = list(entries.order_by("pk").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('bank_entry', one)) FROM unnest(%s::bigint[]) one",
            [ids],
        )


def entry_to_settle(entry_id, ctx: WriteContext) -> BankEntry:
    """The entry, locked, with the `role` of who acts; Conflict where it was settled meanwhile or is not booked."""
    entry = _locked(entry_id, ctx)
    check_settle(entry, ctx.by)
    return entry


def _locked(entry_id, ctx: WriteContext) -> BankEntry:
    fund_id = BankEntry.objects.filter(pk=entry_id).values_list("fund", flat=True).first()
    if fund_id is None:
        raise NotFound("not_found", "There is no such entry.")
    role = check_may(ctx.by, fund_id, MANAGE)
    lock_entry(entry_id)
    entry = with_settled(BankEntry.objects.select_related("fund")).get(pk=entry_id)
    entry.role, entry.settled = role, settled_by(entry)
    return entry


@service
def apply_entry(
    *, entry_id, splits: Sequence[tuple[int, object]] = (), holder_id=None, ctx: WriteContext
) -> EntryPosting:
    """Record the receipt that a credit is, and apply it to items, each with its amount in the fund's currency; the rest
    stays unapplied, and is `holder_id`'s, a commitment of the fund, where that is known.

    Raises Conflict for more than an item owes or for what was settled meanwhile, InvalidInput for a debit.
    """
    entry = entry_to_settle(entry_id, ctx)
    if entry.amount <= 0:
        raise InvalidInput("entry.is_debit", "Only money that came in pays what partners owe.")
    receipt = record_receipt(
        fund_id=entry.fund_id,
        amount=entry.amount,
        value_date=entry.value_date,
        payer=entry.name[:200],
        tx_ref=entry.reference[:100] or None,
        note=entry.text[:500],
        bank_entry_id=entry.pk,
        ctx=ctx,
    )
    if splits:
        apply_receipt(receipt_id=receipt.pk, splits=splits, ctx=ctx)
    posting = _post(entry, receipt, ctx)
    if holder_id is not None:
        name_holder(receipt_id=receipt.pk, commitment_id=holder_id, ctx=ctx)
    return posting


@service
def name_holder(*, receipt_id, commitment_id, ctx: WriteContext) -> ReceiptHolder:
    """Say whose cash the unapplied part of a receipt is: that partner's statement shows it. Said again, the newest
    counts."""
    receipt = Receipt.objects.filter(pk=receipt_id).first()
    if receipt is None:
        raise NotFound("not_found", "There is no such receipt.")
    check_may(ctx.by, receipt.fund_id, MANAGE)
    Receipt.objects.select_for_update(no_key=True).get(pk=receipt.pk)
    if not Commitment.objects.filter(pk=commitment_id, fund=receipt.fund_id).exists():
        raise NotFound("holder.not_found", "There is no such partner of the fund.")
    newest = ReceiptHolder.objects.filter(receipt=receipt).aggregate(version=Max("version"))["version"] or 0
    row = ReceiptHolder.objects.create(
        fund_id=receipt.fund_id,
        receipt=receipt,
        version=newest + 1,
        commitment_id=commitment_id,
        recorded_at=ctx.at,
        recorded_by=ctx.by,
    )
    audit.record(verb="name_holder", ctx=ctx, subject=receipt, also=[row], fund_id=receipt.fund_id)
    return row


def _post(entry: BankEntry, receipt: Receipt, ctx: WriteContext) -> EntryPosting:
    posting = EntryPosting.objects.create(
        entry=entry,
        fund_id=entry.fund_id,
        receipt=receipt,
        step=BY_PERSON,
        score=0,
        reasons=[],
        recorded_at=ctx.at,
        recorded_by=ctx.by,
    )
    audit.record(
        verb="post_entry",
        ctx=ctx,
        subject=posting,
        also=[entry, receipt],
        fund_id=entry.fund_id,
        changes={"paid": [None, entry.amount]},
    )
    return posting


@service
def pay_out_entry(*, entry_id, kind: str, row_ids: Collection[int], ctx: WriteContext) -> list[EntryMove]:
    """Record that what is payable went out, on the value date of a debit that comes to it: one payout, or several that
    the bank booked as one. Never twice: what was recorded before is linked by `link_entry`."""
    entry = entry_to_settle(entry_id, ctx)
    found = {(one.kind, one.row_id): one for one in cash_moves.payables_of(entry.fund)}
    chosen = [found.get((kind, row_id)) for row_id in set(row_ids)]
    if not chosen or None in chosen or sum(one.amount for one in chosen) != -entry.amount:
        raise CHANGED
    rows = cash_moves.pay(
        kind, row_ids, value_date=entry.value_date, reference=entry.reference[:100], ctx=ctx
    )
    return _link(entry, [(kind, row) for row in rows], ctx)


@service
def link_entry(
    *, entry_id, wires: Collection[tuple[str, int]], ctx: WriteContext
) -> list[EntryMove] | EntryPosting:
    """Say which wires of the books an entry is, that were recorded before it came: nothing is posted again."""
    entry = entry_to_settle(entry_id, ctx)
    receipts = [row_id for kind, row_id in wires if kind == "receipt"]
    if receipts:
        receipt = Receipt.objects.filter(pk=receipts[0], fund=entry.fund_id).first()
        if receipt is None or len(wires) != 1:
            raise CHANGED
        if receipt.amount != entry.amount or receipt.value_date != entry.value_date:
            raise CHANGED
        return _post(entry, receipt, ctx)
    known = {move.key: move for move in cash_moves.moves_of(entry.fund)}
    chosen = [known.get(wire) for wire in set(wires)]
    if not chosen or None in chosen or sum(move.amount for move in chosen) != entry.amount:
        raise CHANGED
    return _link(entry, sorted(set(wires)), ctx)


def _link(entry: BankEntry, wires: Sequence[tuple[str, int]], ctx: WriteContext) -> list[EntryMove]:
    rows = EntryMove.objects.bulk_create(
        EntryMove(
            fund_id=entry.fund_id,
            entry=entry,
            kind=kind,
            row_id=row_id,
            recorded_at=ctx.at,
            recorded_by=ctx.by,
        )
        for kind, row_id in wires
    )
    audit.record(verb="link_entry", ctx=ctx, subject=entry, also=rows, fund_id=entry.fund_id)
    _end_ordered(entry, ctx)
    return rows


def _end_ordered(entry: BankEntry, ctx: WriteContext) -> None:
    """A refund is owed part by part: the payment of a file that this debit is has been made."""
    line = lines_of_entries(entry.fund, [entry]).get(entry.pk)
    if line and line.kind != PaymentFileLine.Kind.PAYOUT:
        line.ending, line.ended_at = PaymentFileLine.Ending.PAID, ctx.at
        line.save(update_fields=["ending", "ended_at"])


@service
def classify_entry(
    *, entry_id, entry_class: str, rule_id=None, note: str = "", ctx: WriteContext
) -> EntryDecision:
    """Say of which class an entry is that is no partner's wire; `rule_id`: the version of the rule that proposed it."""
    entry = entry_to_settle(entry_id, ctx)
    if entry_class not in EntryClass.values:
        raise InvalidInput("entry_class.unknown", "There is no such class.", field="entry_class")
    if rule_id is not None and not EntryRule.objects.filter(pk=rule_id, fund=entry.fund_id).exists():
        raise NotFound("rule.not_found", "There is no such rule.")
    return _decide(
        entry, EntryDecision.Kind.CLASSIFIED, ctx, entry_class=entry_class, rule_id=rule_id, note=note
    )


@service
def ignore_entry(*, entry_id, reason: str, ctx: WriteContext) -> EntryDecision:
    """Leave an entry aside, with the reason: it stands in the reconciliation as such."""
    entry = entry_to_settle(entry_id, ctx)
    if not reason.strip():
        raise InvalidInput("reason.required", "Say why this is left aside.", field="reason")
    return _decide(entry, EntryDecision.Kind.IGNORED, ctx, note=reason)


@service
def undo_entry(*, entry_id, ctx: WriteContext) -> EntryDecision:
    """Take back what was said of an entry, while nothing was posted by it."""
    entry = _locked(entry_id, ctx)
    check_undo(entry, ctx.by)
    return _decide(entry, EntryDecision.Kind.UNDONE, ctx)


def _decide(entry: BankEntry, kind: str, ctx: WriteContext, *, note: str = "", **said) -> EntryDecision:
    newest = entry.decisions.aggregate(version=Max("version"))["version"] or 0
    row = EntryDecision(
        fund_id=entry.fund_id,
        entry=entry,
        version=newest + 1,
        kind=kind,
        note=note.strip(),
        recorded_at=ctx.at,
        recorded_by=ctx.by,
        **said,
    )
    raise_if(problems_of(row, ["note"]))
    row.save(force_insert=True)
    verb = {"classified": "classify_entry", "ignored": "ignore_entry", "undone": "undo_entry"}[kind]
    audit.record(verb=verb, ctx=ctx, subject=entry, also=[row], fund_id=entry.fund_id, reason=row.note)
    return row

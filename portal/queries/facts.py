"""The facts that statements are made of: what had been decided, asked for and moved of commitments, as known at a time.

It takes as many statements of SQL for one commitment as for all that an investor has.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, JSONObject, Least

from blackgem.lib.days import LocalDay
from blackgem.lib.fields import MoneyField
from blackgem.lib.knowledge import Knowledge
from blackgem.lib.together import read_together
from capital.models import CapitalCallItem, LineChange, ResidualSettlement
from closings.models import RefundPayout
from distributions.models import DistributionItem, TakenShare
from funds.models import CapitalTransaction, Commitment, CommitmentEvent, Notice
from portal.calc.facts import (
    CallFact,
    CarriedFact,
    ChangeFact,
    DistributionFact,
    EventFact,
    Flow,
    LedgerFact,
)
from portal.calc.moved import ACQUIRED, GIVEN, cash_label, since_inception
from portal.calc.taken import TakenOver

#: What an investor may know of a distribution; not what it was worked out from, which names everybody.
_OF_DISTRIBUTIONS = (
    "commitment",
    "gross_amount",
    "return_of_capital",
    "preferred_return",
    "profit_share",
    "carried_interest",
    "recallable_amount",
    "withholding_tax",
    "distribution__number",
    "distribution__type",
    "distribution__source",
    "distribution__cancelled_at",
)


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one commitment: its events by date, its parts of calls and distributions by date, and its rows of the ledger
    by value date."""

    promised: list[EventFact] = field(default_factory=list)
    calls: list[CallFact] = field(default_factory=list)
    distributions: list[DistributionFact] = field(default_factory=list)
    ledger: list[LedgerFact] = field(default_factory=list)
    #: What transfers moved of the tax withheld, each from a day on.
    withheld: list[tuple[date, Decimal]] = field(default_factory=list)
    taken_over: list[TakenOver] = field(default_factory=list)

    def since_inception(self) -> "Facts":
        """As if whoever acquired an interest had held it from the beginning."""
        promised, ledger = since_inception(self.promised, self.ledger)
        return replace(self, promised=promised, ledger=ledger)


def facts_of(commitments: Iterable[Commitment], known: Knowledge) -> dict[int, Facts]:
    """Those of each of these commitments, by its number."""
    facts, _ = facts_with(commitments, known)
    return facts


def facts_with(
    commitments: Iterable[Commitment], known: Knowledge, *more: QuerySet
) -> tuple[dict[int, Facts], list[list]]:
    """The same, and the rows of `more` queries, in one statement."""
    found = {one.pk: Facts() for one in commitments}
    own = (_events, _letters, _carried, _calls, _distributions, _withheld, _withheld_since, _taken_over)
    events, letters, carried, calls, distributions, withheld, since, taken, *others, ledger = read_together(
        *(query(found, known) for query in own),
        *more,
        _ledger(found, known),
    )
    for number, *event in events:
        found[number].promised.append(_event(*event))
    newest, residuals = _newest(letters), _by_item(carried)
    for item in calls:
        if item.amount or item.changes_since or not item.was_assumed:
            found[item.commitment_id].calls.append(_call(item, newest, residuals, known))
    for item in distributions:
        found[item.commitment_id].distributions.append(_distribution(item, newest, known))
    for number, *moved in withheld:
        found[number].withheld.append(tuple(moved))
    for number, on, tax, is_back, *_ in since:
        found[number].withheld.append((on, -tax if is_back else tax))
    for number, on, amount, is_within, call in taken:
        found[number].taken_over.append(TakenOver(on, amount, amount if is_within else amount * 0, call))
    for row in ledger:
        found[row.commitment_id].ledger.append(_fact(row, newest))
    return found, others


#: The row of a roll-forward that an event of the register stands in, by its kind.
_EVENT_LABELS = {
    CommitmentEvent.Kind.ADMITTED: "Commitment made",
    CommitmentEvent.Kind.CORRECTED: "Commitment made",
    CommitmentEvent.Kind.INCREASED: "Commitment increased",
    CommitmentEvent.Kind.DEFAULT_REDUCTION: "Commitment reduced by default",
    CommitmentEvent.Kind.REVERSED: "Closing reversed",
    CommitmentEvent.Kind.RELEASED: "Commitment released",
    CommitmentEvent.Kind.EXPIRED: "Commitment expired",
    CommitmentEvent.Kind.TRANSFER_OUT: GIVEN,
    CommitmentEvent.Kind.TRANSFER_IN: ACQUIRED,
}


def _events(commitments: Iterable[int], known: Knowledge) -> QuerySet:
    """What was promised, by date."""
    events = known.decided(CommitmentEvent.objects.filter(commitment__in=commitments), "approved_at")
    said = ("commitment", "effective_on", "amount", "changes_commitment", "kind")
    return events.order_by("effective_on", "pk").values_list(*said)


def _event(on: date, amount: Decimal, changes: bool, kind: str) -> EventFact:
    return EventFact(on, amount, changes, _EVENT_LABELS[kind])


@dataclass(frozen=True, slots=True)
class _Letter:
    """What the newest letter on an item says: its number, and of a call for what it asks and until when."""

    number: str = ""
    purpose: str | None = None
    due_on: date | None = None


def _letters(commitments: Iterable[int], known: Knowledge) -> QuerySet:
    """What the letters to these partners say that had been written, by version."""
    letters = known.recorded(Notice.objects.filter(commitment__in=commitments), "created_at")
    said = ("kind", "item_id", "number", "facts__call__purpose", "facts__call__due_on")
    return letters.order_by("version").values_list(*said)


def _newest(letters: Iterable[tuple]) -> dict[tuple[str, int], _Letter]:
    """The newest by kind and item."""
    return {
        (kind, item): _Letter(number, purpose, date.fromisoformat(due) if due else None)
        for kind, item, number, purpose, due in letters
    }


# ---------------------------------------------------------------- calls and distributions


def _calls(commitments: Iterable[int], known: Knowledge) -> QuerySet[CapitalCallItem]:
    """The partner's part of every call that had been issued, by date."""
    of_partners = CapitalCallItem.objects.filter(commitment__in=commitments)
    return (
        known.decided(of_partners, "call__approved_at")
        .select_related("call")
        .defer("call__total_amount")
        .with_within()
        .annotate(
            on=Least(F("call__call_date"), LocalDay("call__approved_at", "call__fund__time_zone")),
            changes_since=_changes_of_item(known),
            was_assumed=Exists(LineChange.objects.filter(item=OuterRef("pk"), transfer_id__isnull=False)),
        )
        .order_by("on", "call__number")
    )


def _call(item: CapitalCallItem, letters, carried, known: Knowledge) -> CallFact:
    """Its letter keeps what can be reworded."""
    letter = letters.get((Notice.Kind.CAPITAL_CALL, item.pk), _Letter())
    said = _Letter() if known.at is None else letter
    changes = tuple(map(_change, item.changes_since))
    # Of which nothing was called as it was issued: it begins with what was assumed of it.
    taken = [one.on for one in changes if one.is_assumed and not item.amount]
    return CallFact(
        item_id=item.pk,
        call_id=item.call_id,
        number=item.call.number,
        purpose=said.purpose or item.call.purpose,
        on=max([item.on, *taken[:1]]),
        due_on=said.due_on or item.call.due_date,
        called=item.amount,
        within=item.within,
        interest=item.between_partners,
        counts=not known.had(item.call.cancelled_at),
        document=letter.number,
        changes=changes,
        issued_at=item.call.approved_at,
        carried=tuple(carried[item.pk]),
    )


def _changes_of_item(known: Knowledge) -> ArraySubquery:
    """The expression of what changed of an item's lines after the call was issued, each from a day on; as JSON, amounts
    as text."""
    changes = known.recorded(LineChange.objects.filter(item=OuterRef("pk"))).order_by("pk")
    said = JSONObject(
        on="effective_on",
        amount=Cast("amount", CharField()),
        is_within="reduces_unfunded",
        is_waiver=~Q(changes_held=True),
        is_owed="changes_owed",
        is_taken_over=Q(closing_id__isnull=False),
        is_assumed=Q(transfer_id__isnull=False),
        is_interest=~Q(counts_as_called=True),
    )
    return ArraySubquery(changes.values(said=said))


def _change(said: dict) -> ChangeFact:
    amount = Decimal(said["amount"])
    within = amount if said["is_within"] else amount * 0
    facts = {
        name: said[name] for name in ("is_waiver", "is_owed", "is_taken_over", "is_assumed", "is_interest")
    }
    return ChangeFact(date.fromisoformat(said["on"]), amount, within, **facts)


def _carried(commitments: Iterable[int], known: Knowledge) -> QuerySet:
    """The residuals that were carried, each from a day on."""
    carried = ResidualSettlement.objects.carried().filter(commitment__in=commitments)
    decided = known.recorded(carried, "approved_at").order_by("pk")
    return decided.values_list("item", "effective_on", "approved_at", "amount")


def _by_item(carried: Iterable[tuple]) -> dict[int, list[CarriedFact]]:
    found = defaultdict(list)
    for item, *fact in carried:
        found[item].append(CarriedFact(*fact))
    return found


def _distributions(commitments: Iterable[int], known: Knowledge) -> QuerySet[DistributionItem]:
    """The partner's part of every distribution that had been issued, by date."""
    of_partners = DistributionItem.objects.filter(commitment__in=commitments)
    issued_on = LocalDay("distribution__sent_at", "distribution__fund__time_zone")
    return (
        known.decided(of_partners, "distribution__sent_at")
        .select_related("distribution")
        .only(*_OF_DISTRIBUTIONS)
        .annotate(on=Least(F("distribution__date"), issued_on))
        .order_by("on", "distribution__number")
    )


def _distribution(item: DistributionItem, letters, known: Knowledge) -> DistributionFact:
    return DistributionFact(
        item_id=item.pk,
        distribution_id=item.distribution_id,
        number=item.distribution.number,
        type=item.distribution.get_type_display(),
        source=item.distribution.source,
        on=item.on,
        gross=item.gross_amount,
        return_of_capital=item.return_of_capital,
        preferred_return=item.preferred_return,
        profit_share=item.profit_share,
        carried_interest=item.carried_interest,
        recallable=item.recallable_amount,
        withheld=item.withholding_tax,
        counts=not known.had(item.distribution.cancelled_at),
        document=letters.get((Notice.Kind.DISTRIBUTION, item.pk), _Letter()).number,
    )


def _withheld(commitments: Iterable[int], known: Knowledge) -> QuerySet:
    """What transfers moved of the tax that was withheld."""
    moved = known.recorded(TakenShare.objects.filter(commitment__in=commitments).exclude(withholding_tax=0))
    return moved.order_by("pk").values_list("commitment", "effective_on", "withholding_tax")


def _withheld_since(commitments: Iterable[int], known: Knowledge) -> QuerySet:
    """What of it moved back as a payout came back, and again with the next one."""
    rows = known.recorded(CapitalTransaction.objects.filter(commitment__in=commitments))
    first = CapitalTransaction.objects.filter(transfer_id=OuterRef("transfer_id")).order_by("pk")
    shares = TakenShare.objects.filter(
        transfer_id=OuterRef("transfer_id"),
        distribution=OuterRef("distribution_id"),
        commitment=OuterRef("commitment"),
    )
    tax = Subquery(shares.values("withholding_tax"), output_field=MoneyField())
    turned = rows.filter(transfer_id__isnull=False, distribution_id__isnull=False).annotate(
        tax=tax, is_back=Q(reverses__isnull=False), first=Subquery(first.values("pk")[:1])
    )
    once = turned.filter(moves__gt=F("first")).exclude(tax=0).order_by("moves__payout_id")
    said = ("commitment", "value_date", "tax", "is_back")
    return once.values_list(*said, "moves__payout_id", "transfer_id").distinct()


def _taken_over(commitments: Iterable[int], known: Knowledge) -> QuerySet:
    """What later partners took over of what these hold by transfer alone."""
    taken = known.recorded(LineChange.objects.filter(commitment__in=commitments, item__isnull=True))
    said = ("commitment", "effective_on", "amount", "reduces_unfunded", "call__number")
    return taken.order_by("pk").values_list(*said)


# ---------------------------------------------------------------- the ledger


def _ledger(commitments: Iterable[int], known: Knowledge) -> QuerySet[CapitalTransaction]:
    rows = known.recorded(CapitalTransaction.objects.filter(commitment__in=commitments))
    payouts = RefundPayout.objects.filter(pk=OuterRef("refund_payout_id"))
    return rows.annotate(refund_id=Subquery(payouts.values("refund"))).order_by("value_date", "pk")


def _fact(row: CapitalTransaction, letters) -> LedgerFact:
    flow = _flow(row)
    fact = LedgerFact(
        row_id=row.pk,
        on=row.value_date,
        flow=flow,
        amount=row.amount,
        description=row.description,
        posting=_posting(row),
        purpose=row.line_kind,
        item_id=row.distribution_item_id if flow == Flow.DISTRIBUTION else _item_paid(row),
        recallable=row.recallable,
        reverses=row.reverses_id,
        counts_as_paid_in=row.counts_as_paid_in,
        is_refund=row.refund_payout_id is not None and not row.passed_on,
        within=flow == Flow.CONTRIBUTION and row.within_commitment,
        happened_on=row.happened_on,
        by_closing=row.closing_id is not None,
        document=letters.get((Notice.Kind.REFUND, row.refund_id), _Letter()).number,
    )
    return (
        replace(fact, description=cash_label(fact), posting=_transfer(row, fact)) if fact.is_moved else fact
    )


def _transfer(row: CapitalTransaction, fact: LedgerFact) -> tuple[str, int]:
    """One movement for each kind of what a transfer or a closing moved."""
    moved_by = row.transfer_id or row.closing_id
    return f"{'recallable ' if row.recallable else ''}{cash_label(fact)}", moved_by


def _item_paid(row: CapitalTransaction) -> int | None:
    """The item that a row pays; a refund takes nothing back of what was paid on it."""
    return None if row.refund_payout_id else row.call_item_id


def _flow(row: CapitalTransaction) -> Flow:
    """By what the row did: it paid for a call, or was passed on between partners, or money went out."""
    if row.passed_on:
        return Flow.PASSED_ON
    if row.call_line_id:
        return Flow.CONTRIBUTION
    return Flow.DISTRIBUTION if row.counts_as_distributed or row.counts_as_paid_in else Flow.OTHER


def _posting(row: CapitalTransaction) -> tuple[str, int]:
    if row.payment_id:
        return "payment", row.payment_id
    if row.refund_payout_id:
        return "refund_payout", row.refund_payout_id
    return ("payout", row.payout_id) if row.payout_id else ("row", row.pk)

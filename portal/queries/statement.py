"""The facts of a statement: of one investor, in one fund, as of a day, as known at a time.

How many statements of SQL it takes does not depend on what is stated. A call counts from its date, or from the day it
was issued where that came first, and a distribution likewise; money counts from its value date. Drafts and what was
cancelled count nowhere, on any day.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F
from django.db.models.functions import Least

from blackgem.lib.days import LocalDay
from blackgem.lib.errors import InvalidInput, NotFound
from blackgem.lib.knowledge import Knowledge
from capital.models import CapitalCallItem, ResidualSettlement, WaivedPart
from capital.queries.nav import add_nav, with_terms_of_nav
from distributions.models import DistributionItem
from funds.calc.multiples import RecallableTreatment
from funds.models import CapitalTransaction, Commitment, Investor, Notice
from portal.calc.facts import (
    Account,
    CallFact,
    CarriedFact,
    DistributionFact,
    Flow,
    LedgerFact,
    Statement,
    WaiverFact,
)
from portal.calc.statement import make_statement
from portal.queries.later import changed_at
from portal.row_security import outside

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
class StatementShown:
    """A statement with whose it is (the commitment carries fund and investor), on which day it was drawn up, and as
    known when: None where it says all that is known.

    `changed_at`: when what it rests on was recorded after its own day had ended, newest first.
    """

    commitment: Commitment
    statement: Statement
    drawn_up_on: date
    known_at: datetime | None = None
    changed_at: tuple[datetime, ...] = ()

    @property
    def currency(self) -> str:
        return self.commitment.fund.currency


def commitments_of(investors: Iterable[Investor], *, funds=None) -> list[Commitment]:
    """What investors promised, by fund, with fund and investor; only in `funds` where given."""
    commitments = Commitment.objects.filter(investor__in=investors).select_related("fund", "investor")
    if funds is not None:
        commitments = commitments.filter(fund__in=funds)
    return list(commitments.order_by("fund__name", "investor__name", "pk"))


def state_commitment(
    investors: Collection[Investor],
    commitment: Commitment,
    *,
    as_of: date,
    at: datetime,
    known_at: datetime | None = None,
) -> StatementShown:
    """The statement of one of `commitments_of(investors)` as of a day, from what was known at a time, or is by now.

    Raises NotFound for that of somebody else, InvalidInput for a day of which nothing can be stated (as_of.future,
    as_of.too_early) and for a time at which nothing was known (known_at.future, known_at.too_early).

    A share of a NAV rests on what every partner paid in, which no investor sees: it is worked out outside row-level
    security, for the commitment that was found inside.
    """
    if commitment.investor not in investors:
        raise NotFound("not_found", "There is no such commitment.")
    today, known = commitment.fund.day_of(at), Knowledge(known_at)
    if as_of > today:
        raise InvalidInput("as_of.future", "The date lies in the future.", field="as_of")
    _check_known(commitment, known, at)
    letters = _letters(commitment, known)
    calls = _calls(commitment, letters, known)
    distributions = _distributions(commitment, letters, known)
    ledger = _ledger(commitment, known)
    since = _first_day(commitment, calls, ledger)
    if as_of < since:
        raise InvalidInput(
            "as_of.too_early",
            f"Nothing was committed before {since:%B} {since.day}, {since.year}: a statement starts there.",
            field="as_of",
        )
    with outside():
        valued = _valued(commitment, as_of, known)
    account = Account(commitment.amount, since, valued.nav, RecallableTreatment(valued.recallable_treatment))
    statement = make_statement(account, calls, distributions, ledger, as_of=as_of)
    changed = changed_at(commitment, as_of, known) if as_of < today else ()
    return StatementShown(commitment, statement, today, known_at, changed)


def _check_known(commitment, known: Knowledge, at: datetime) -> None:
    """Raise InvalidInput for a time at which nothing was known of a commitment, or that has not come."""
    if known.at is not None and known.at > at:
        raise InvalidInput("known_at.future", "The time lies in the future.", field="known_at")
    if not known.had(commitment.created_at):
        raise InvalidInput(
            "known_at.too_early", "At that time nothing was on record of this commitment.", field="known_at"
        )


def _valued(commitment, as_of: date, known: Knowledge) -> Commitment:
    """The commitment with its share of the NAV and the terms that multiples read."""
    rows = with_terms_of_nav(Commitment.objects.select_related("fund"), as_of=as_of, known=known)
    valued = rows.get(pk=commitment.pk)
    add_nav([valued], day_of=lambda fund: as_of, known=known)
    return valued


def _first_day(commitment, calls: Iterable[CallFact], ledger: Iterable[LedgerFact]) -> date:
    """The closing, or whatever happened before it: a promise binds at the latest when it is called."""
    called = [one.on for one in calls if one.counts]
    return min([commitment.closing_date, *called, *(row.on for row in ledger)])


@dataclass(frozen=True, slots=True)
class _Letter:
    """What the newest letter on an item says: its number, and of a call for what it asks and until when."""

    number: str = ""
    purpose: str | None = None
    due_on: date | None = None


def _letters(commitment, known: Knowledge) -> dict[tuple[str, int], _Letter]:
    """The newest letter to this partner that had been written, by kind and item."""
    letters = known.recorded(Notice.objects.filter(commitment=commitment), "created_at").order_by("version")
    said = ("facts__call__purpose", "facts__call__due_on")
    return {
        (kind, item): _Letter(number, purpose, date.fromisoformat(due) if due else None)
        for kind, item, number, purpose, due in letters.values_list("kind", "item_id", "number", *said)
    }


# ---------------------------------------------------------------- calls and distributions


def _calls(commitment, letters, known: Knowledge) -> list[CallFact]:
    """The partner's part of every call that had been issued, by date. Its letter keeps what can be reworded."""
    of_partner = CapitalCallItem.objects.filter(commitment=commitment)
    items = (
        known.decided(of_partner, "call__approved_at")
        .select_related("call")
        .defer("call__total_amount")
        .with_within()
        .annotate(on=Least(F("call__call_date"), LocalDay("call__approved_at", "call__fund__time_zone")))
        .order_by("on", "call__number")
    )
    facts, waivers, carried = [], _waivers(commitment, known), _carried(commitment, known)
    for item in items:
        letter = letters.get((Notice.Kind.CAPITAL_CALL, item.pk), _Letter())
        said = _Letter() if known.at is None else letter
        facts.append(
            CallFact(
                item_id=item.pk,
                call_id=item.call_id,
                number=item.call.number,
                purpose=said.purpose or item.call.purpose,
                on=item.on,
                due_on=said.due_on or item.call.due_date,
                called=item.amount,
                within=item.within,
                counts=not known.had(item.call.cancelled_at),
                document=letter.number,
                waivers=tuple(waivers[item.pk]),
                issued_at=item.call.approved_at,
                carried=tuple(carried[item.pk]),
            )
        )
    return facts


def _waivers(commitment, known: Knowledge) -> dict[int, list[WaiverFact]]:
    """By item, the parts of its lines that were waived, each from a day on."""
    found = defaultdict(list)
    for part in known.recorded(WaivedPart.objects.filter(commitment=commitment)).order_by("pk"):
        within = part.amount if part.reduces_unfunded else part.amount * 0
        found[part.item_id].append(WaiverFact(part.effective_on, part.amount, within))
    return found


def _carried(commitment, known: Knowledge) -> dict[int, list[CarriedFact]]:
    """By item, the residuals that were carried, each from a day on."""
    found = defaultdict(list)
    decided = known.recorded(
        ResidualSettlement.objects.carried().filter(commitment=commitment), "approved_at"
    )
    rows = decided.order_by("pk").values_list("item", "effective_on", "approved_at", "amount")
    for item, on, at, amount in rows:
        found[item].append(CarriedFact(on, at, amount))
    return found


def _distributions(commitment, letters, known: Knowledge) -> list[DistributionFact]:
    """The partner's part of every distribution that had been issued, by date."""
    of_partner = DistributionItem.objects.filter(commitment=commitment)
    items = (
        known.decided(of_partner, "distribution__sent_at")
        .select_related("distribution")
        .only(*_OF_DISTRIBUTIONS)
        .annotate(
            on=Least(
                F("distribution__date"), LocalDay("distribution__sent_at", "distribution__fund__time_zone")
            )
        )
        .order_by("on", "distribution__number")
    )
    return [
        DistributionFact(
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
        for item in items
    ]


# ---------------------------------------------------------------- the ledger


def _ledger(commitment, known: Knowledge) -> list[LedgerFact]:
    rows = known.recorded(CapitalTransaction.objects.filter(commitment=commitment))
    return [_fact(row) for row in rows.order_by("value_date", "pk")]


def _fact(row: CapitalTransaction) -> LedgerFact:
    flow = _flow(row)
    return LedgerFact(
        row_id=row.pk,
        on=row.value_date,
        flow=flow,
        amount=row.amount,
        description=row.description,
        posting=_posting(row),
        purpose=row.line_kind,
        item_id=row.call_item_id if flow == Flow.CONTRIBUTION else row.distribution_item_id,
        recallable=row.recallable,
        reverses=row.reverses_id,
        counts_as_paid_in=row.counts_as_paid_in,
    )


def _flow(row: CapitalTransaction) -> Flow:
    """By what the row did: it paid for a call, or money went out."""
    if row.call_item_id:
        return Flow.CONTRIBUTION
    return Flow.DISTRIBUTION if row.counts_as_distributed or row.counts_as_paid_in else Flow.OTHER


def _posting(row: CapitalTransaction) -> tuple[str, int]:
    if row.payment_id:
        return "payment", row.payment_id
    return ("payout", row.payout_id) if row.payout_id else ("row", row.pk)

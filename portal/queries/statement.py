"""The facts of a statement: of one investor, in one fund, as of a day. Seven statements of SQL, whatever is stated.

A call counts from its date, or from the day it was issued where that came first, and a distribution likewise; money
counts from its value date. Drafts and what was cancelled count nowhere, on any day.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F
from django.db.models.functions import Least

from blackgem.lib.days import LocalDay
from blackgem.lib.errors import InvalidInput, NotFound
from capital.models import CapitalCallItem, WaivedPart
from capital.states import CALL_ISSUED
from distributions.models import DistributionItem
from distributions.states import DISTRIBUTION_ISSUED
from funds.calc.multiples import RecallableTreatment
from funds.models import CapitalTransaction, Commitment, Investor, Notice
from funds.queries.nav import add_nav, with_terms_of_nav
from portal.calc.facts import Account, CallFact, DistributionFact, Flow, LedgerFact, Statement, WaiverFact
from portal.calc.statement import make_statement
from portal.fence import outside

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
    "distribution__status",
)


@dataclass(frozen=True, slots=True)
class StatementShown:
    """A statement with whose it is: the commitment carries fund and investor."""

    commitment: Commitment
    statement: Statement

    @property
    def currency(self) -> str:
        return self.commitment.fund.currency


def commitments_of(investors: Iterable[Investor], *, funds=None) -> list[Commitment]:
    """What investors promised, by fund, with fund and investor; only in `funds` where given."""
    commitments = Commitment.objects.filter(investor__in=investors).select_related("fund", "investor")
    if funds is not None:
        commitments = commitments.filter(fund__in=funds)
    return list(commitments.order_by("fund__name", "investor__name", "pk"))


def statement_of(investor: Investor, fund_id, *, as_of: date, at: datetime, funds=None) -> StatementShown:
    """The statement of an investor in a fund as of a day.

    Raises NotFound where it has no commitment there (or not in `funds`), InvalidInput("as_of.future") and
    InvalidInput("as_of.too_early") for a day of which nothing can be stated.
    """
    found = [one for one in commitments_of([investor], funds=funds) if one.fund_id == fund_id]
    if not found:
        raise NotFound("not_found", "There is no such commitment.")
    return state_commitment([investor], found[0], as_of=as_of, at=at)


def state_commitment(
    investors: Collection[Investor], commitment: Commitment, *, as_of: date, at: datetime
) -> StatementShown:
    """The same for one of `commitments_of(investors)`; NotFound for that of somebody else.

    A share of a NAV rests on what every partner paid in, which no investor sees: it is worked out outside the fence,
    for the commitment that was found inside.
    """
    if commitment.investor not in investors:
        raise NotFound("not_found", "There is no such commitment.")
    if as_of > commitment.fund.day_of(at):
        raise InvalidInput("as_of.future", "The date lies in the future.", field="as_of")
    documents = _documents(commitment)
    calls = _calls(commitment, documents)
    distributions = _distributions(commitment, documents)
    ledger = _ledger(commitment)
    since = _first_day(commitment, calls, ledger)
    if as_of < since:
        raise InvalidInput(
            "as_of.too_early",
            f"Nothing was committed before {since:%B} {since.day}, {since.year}: a statement starts there.",
            field="as_of",
        )
    with outside():
        known = with_terms_of_nav(Commitment.objects.select_related("fund"), as_of=as_of).get(
            pk=commitment.pk
        )
        add_nav([known], day_of=lambda fund: as_of)
    treatment = RecallableTreatment(known.recallable_treatment)
    account = Account(commitment.amount, since, known.nav, treatment)
    return StatementShown(commitment, make_statement(account, calls, distributions, ledger, as_of=as_of))


def _first_day(commitment, calls: Iterable[CallFact], ledger: Iterable[LedgerFact]) -> date:
    """The closing, or whatever happened before it: a promise binds at the latest when it is called."""
    called = [one.on for one in calls if one.counts]
    return min([commitment.closing_date, *called, *(row.on for row in ledger)])


def _documents(commitment) -> dict[tuple[str, int], str]:
    """The number of every letter to this partner, by kind and item."""
    letters = Notice.objects.filter(commitment=commitment).order_by("version")
    return {(kind, item): number for kind, item, number in letters.values_list("kind", "item_id", "number")}


# ---------------------------------------------------------------- calls and distributions


def _calls(commitment, documents) -> list[CallFact]:
    """The partner's part of every call that was ever issued, by date."""
    items = (
        CapitalCallItem.objects.filter(commitment=commitment, call__approved_at__isnull=False)
        .select_related("call")
        .with_within()
        .annotate(on=Least(F("call__call_date"), LocalDay("call__approved_at", "call__fund__time_zone")))
        .order_by("on", "call__number")
    )
    waivers = _waivers(commitment)
    return [
        CallFact(
            item_id=item.pk,
            call_id=item.call_id,
            number=item.call.number,
            purpose=item.call.purpose,
            on=item.on,
            due_on=item.call.due_date,
            called=item.amount,
            within=item.within,
            counts=item.call.status in CALL_ISSUED,
            document=documents.get((Notice.Kind.CAPITAL_CALL, item.pk), ""),
            waivers=tuple(waivers[item.pk]),
        )
        for item in items
    ]


def _waivers(commitment) -> dict[int, list[WaiverFact]]:
    """By item, the parts of its lines that were waived, each from a day on."""
    found = defaultdict(list)
    for part in WaivedPart.objects.filter(commitment=commitment).order_by("pk"):
        within = part.amount if part.reduces_unfunded else part.amount * 0
        found[part.item_id].append(WaiverFact(part.effective_on, part.amount, within))
    return found


def _distributions(commitment, documents) -> list[DistributionFact]:
    """The partner's part of every distribution that was ever issued, by date."""
    items = (
        DistributionItem.objects.filter(commitment=commitment, distribution__sent_at__isnull=False)
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
            counts=item.distribution.status in DISTRIBUTION_ISSUED,
            document=documents.get((Notice.Kind.DISTRIBUTION, item.pk), ""),
        )
        for item in items
    ]


# ---------------------------------------------------------------- the ledger


def _ledger(commitment) -> list[LedgerFact]:
    rows = CapitalTransaction.objects.filter(commitment=commitment).order_by("value_date", "pk")
    return [_fact(row) for row in rows]


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

"""What was recorded after a day and counts by it all the same: a statement of that day said something else before."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import JSONObject

from banking.models import ReceiptHolder
from banking.queries.held import receipts_once_held_by
from blackgem.lib.days import end_of_day
from blackgem.lib.knowledge import Knowledge
from capital.models import CapitalCallItem, LineChange, ReceiptReturn, ResidualSettlement
from distributions.models import DistributionItem, WriteDown
from funds.models import (
    CapitalTransaction,
    Commitment,
    CommitmentEvent,
    FundTerms,
    NavEntry,
    Notice,
    SideLetter,
)


def changes_of_partner(commitment: Commitment, day: date) -> list[QuerySet]:
    """When what a statement of `day` rests on was recorded after that day had ended: what the partner promised, its own
    calls, what their letters say, distributions and money."""
    return _own(commitment, day, end_of_day(day, commitment.fund.time_zone))


def changes_of_fund(commitment: Commitment, day: date) -> list[QuerySet]:
    """The same of the fund's values and terms, and of the cash that it holds for the partner; of other partners nothing
    is told."""
    return _of_fund(commitment, day, end_of_day(day, commitment.fund.time_zone))


def newest_known(moments: Iterable[datetime], known: Knowledge) -> tuple[datetime, ...]:
    """Those that are known at a time, each once, newest first."""
    return tuple(sorted({one for one in moments if known.had(one)}, reverse=True))


def _own(commitment, day, ended) -> list[QuerySet]:
    moved = CapitalTransaction.objects.filter(commitment=commitment, value_date__lte=day)
    changed = LineChange.objects.filter(commitment=commitment, effective_on__lte=day)
    carried = ResidualSettlement.objects.carried().filter(commitment=commitment, effective_on__lte=day)
    promised = CommitmentEvent.objects.approved().filter(commitment=commitment, effective_on__lte=day)
    called = CapitalCallItem.objects.filter(commitment=commitment)
    declared = DistributionItem.objects.filter(commitment=commitment)
    return [
        _since(moved, "recorded_at", ended),
        _since(promised, "approved_at", ended),
        _since(changed, "recorded_at", ended),
        _since(carried, "approved_at", ended),
        _since(called.filter(call__call_date__lte=day), "call__approved_at", ended),
        _since(
            called.filter(_counted("call__call_date", "call__approved_at", day, ended)),
            "call__cancelled_at",
            ended,
        ),
        _since(declared.filter(distribution__date__lte=day), "distribution__sent_at", ended),
        _since(
            declared.filter(_counted("distribution__date", "distribution__sent_at", day, ended)),
            "distribution__cancelled_at",
            ended,
        ),
        _since(_reworded(commitment, day, ended), "created_at", ended),
    ]


def _reworded(commitment, day, ended) -> QuerySet:
    """The letters that gave a call which counted by a day another due date, or other words, than those before them."""
    counted = _counted("call__call_date", "call__approved_at", day, ended)
    items = CapitalCallItem.objects.filter(counted, commitment=commitment).values("pk")
    said = JSONObject(due=KT("facts__call__due_on"), purpose=KT("facts__call__purpose"))
    letters = Notice.objects.filter(kind=Notice.Kind.CAPITAL_CALL, commitment=commitment, item_id__in=items)
    letters = letters.annotate(said=said)
    before = letters.filter(item_id=OuterRef("item_id"), version=OuterRef("version") - 1)
    return letters.filter(Exists(before.exclude(said=OuterRef("said"))))


def _counted(on: str, since: str, day, ended) -> Q:
    """What was issued and counted by a day: dated by then, or issued by its end."""
    return Q(**{f"{since}__isnull": False}) & (Q(**{f"{on}__lte": day}) | Q(**{f"{since}__lt": ended}))


def _of_fund(commitment, day, ended) -> list[QuerySet]:
    fund = commitment.fund_id
    losses = WriteDown.objects.filter(fund=fund, date__lte=day)
    held = receipts_once_held_by(commitment.pk, by=day)
    returned = ReceiptReturn.objects.filter(receipt__in=held, value_date__lte=day)
    return [
        _since(NavEntry.objects.filter(fund=fund, as_of__lte=day), "created_at", ended),
        _since(losses.filter(four_eyes=False), "created_at", ended),
        _since(losses.filter(four_eyes=True), "approved_at", ended),
        _since(FundTerms.objects.filter(fund=fund, effective_on__lte=day), "created_at", ended),
        _since(SideLetter.objects.filter(commitment=commitment, effective_on__lte=day), "created_at", ended),
        _since(ReceiptHolder.objects.filter(receipt__in=held), "recorded_at", ended),
        _since(returned, "recorded_at", ended),
    ]


def _since(rows: QuerySet, column: str, ended: datetime) -> QuerySet:
    return rows.filter(**{f"{column}__gte": ended}).order_by().values_list(column, flat=True)

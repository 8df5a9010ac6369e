"""The keys of lines: what the partners' parts of each line are in proportion to."""

from collections import defaultdict
from decimal import Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, OuterRef, QuerySet, Subquery, Sum, TextChoices, When
from django.db.models.functions import Coalesce, Greatest

from blackgem.lib.fields import MoneyField
from blackgem.lib.knowledge import NOW
from capital.models import CapitalCall, CapitalCallItem, CapitalCallItemLine, CapitalCallLine, HeldPart
from capital.queries.room import room_on
from funds.models import Fund
from funds.models.register import committed_by

SplitBy = CapitalCallLine.SplitBy
#: No person drafts these: interest on a late payment follows a default, what partners pay for the general partner a
#: waived fee.
_FOLLOWS = (CapitalCallLine.Kind.DEFAULT_INTEREST, CapitalCallLine.Kind.DEEMED_CONTRIBUTION)
#: The kinds of line that a person may draft.
Drafted = TextChoices(
    "Drafted",
    [(one.name, (one.value, one.label)) for one in CapitalCallLine.Kind if one not in _FOLLOWS],
)


def default_key(fund: Fund, kind: str) -> str:
    """What a line is split by where nothing is said: an investment as the fund's terms say, others by commitments."""
    return fund.investments_split_by if kind == CapitalCallLine.Kind.INVESTMENT else SplitBy.COMMITMENT


ZERO = Decimal("0.00")
SHARED = [CapitalCallItemLine.Basis.PRO_RATA, CapitalCallItemLine.Basis.CAPPED]


def line_weights(fund, plan, commitments) -> list[dict[int, Decimal]]:
    """For each line of a plan, what each commitment's part is in proportion to.

    Commitments have what they `promised` by the date of the call, and their `room`: what remains, the least that is
    unfunded from then on, before this call. The share in a deal is what is held of the lines of its issued calls. A
    line of fixed parts keeps the commitments, by which nothing is split there.
    """
    deals = {line.allocation_id for line in plan.lines if line.split_by == SplitBy.SHARING}
    held = _held(fund, deals - {None})
    remaining = {one.pk: max(ZERO, one.room) for one in commitments}
    committed = {one.pk: one.promised for one in commitments}

    def weights(line) -> dict[int, Decimal]:
        if line.split_by == SplitBy.SHARING:
            return {pk: held[line.allocation_id, pk] for pk in committed}
        return remaining if line.split_by == SplitBy.REMAINING else committed

    return [weights(line) for line in plan.lines]


def _held(fund, allocations: set[int]) -> dict[tuple[int, int], Decimal]:
    """By allocation and commitment: what is held of the lines of issued calls on the deal."""
    held: dict[tuple[int, int], Decimal] = defaultdict(lambda: ZERO)
    if allocations:
        parts = HeldPart.objects.filter(fund=fund, allocation__in=allocations)
        sums = parts.order_by().values_list("allocation_id", "commitment_id").annotate(Sum("held"))
        held.update({(allocation, commitment): amount for allocation, commitment, amount in sums})
    return held


def with_changed_keys(items: QuerySet[CapitalCallItem], call: CapitalCall) -> QuerySet[CapitalCallItem]:
    """The items of what is not issued, each with the `room` that its partner has, and the `changed_keys` by which its
    parts would be split otherwise by now: another call was issued since, or a commitment changed."""
    held = HeldPart.objects.filter(commitment=OuterRef("commitment"), allocation=OuterRef("line__allocation"))
    held = held.order_by().values("commitment").annotate(sum=Sum("held")).values("sum")
    now = Case(
        When(line__split_by=SplitBy.REMAINING, then=Greatest(OuterRef("room"), ZERO)),
        When(line__split_by=SplitBy.SHARING, then=Coalesce(Subquery(held), ZERO)),
        default=OuterRef("promised"),
        output_field=MoneyField(),
    )
    parts = CapitalCallItemLine.objects.filter(item=OuterRef("pk"), basis__in=SHARED).exclude(weight=now)
    return items.annotate(
        promised=committed_by(call.call_date, NOW, of="commitment_id"),
        room=room_on(call.call_date, of='"capital_call_items"."commitment_id"'),
        changed_keys=ArraySubquery(parts.values("line__split_by")),
    )

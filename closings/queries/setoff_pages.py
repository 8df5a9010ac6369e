"""Set-offs as pages and answers show them: what could be set off in a fund, and what was."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Sum

from blackgem.lib import audit
from blackgem.lib.checks import Offer, offer
from blackgem.lib.export import Column, Kind
from blackgem.lib.pages import found
from blackgem.lib.timeline import TimelineEntry, entries_of
from capital.models import CallItemCapital, CapitalCall
from closings.access import check_request_setoff_reversal
from closings.calc.setoff import Netted
from closings.models import Closing, Refund, RefundPayout, Setoff, SetoffPart, SetoffReversal
from closings.models.setoffs import name_of_given
from closings.queries.setoffs import is_moved_since, still_owed, with_kept
from closings.states import ClosingStatus
from distributions.models import Distribution, DistributionItem
from distributions.states import DISTRIBUTION_ISSUED
from funds.access import MANAGE, check_approve_request, check_role
from funds.models import Fund
from funds.queries.access import with_role

ZERO = Decimal("0.00")
SETOFF_COLUMNS = (
    Column("Fund", width=32),
    Column("Set-off", Kind.INTEGER, 8),
    Column("On", Kind.DATE, 12),
    Column("Partner", width=36),
    Column("Call", Kind.INTEGER, 8),
    Column("Distribution", Kind.INTEGER, 12),
    Column("Refunds of closing", Kind.INTEGER, 12),
    Column("Currency", Kind.CURRENCY, 10),
    *(Column(name, Kind.MONEY) for name in ("Called", "Given", "Withheld", "Set off", "Receives")),
    Column("By which agreement", width=36),
    Column("Status", width=18),
    Column("As of", Kind.DATE, 12),
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A call, and a distribution or a closing, of which `partners` owe the one and are payable the other; `most` is
    what could be set off in all."""

    call: CapitalCall
    given: Distribution | Closing
    partners: int
    most: Decimal

    @property
    def given_name(self) -> str:
        return name_of_given(self.given)

    @property
    def is_closing(self) -> bool:
        return isinstance(self.given, Closing)


@dataclass(frozen=True, slots=True)
class PartShown:
    """One partner's part as of the end of a day: both sides gross, what is set off, and what is owed by then; how it
    stands now. Of a refund that `waits` nothing is posted by then."""

    part: SetoffPart
    netted: Netted
    owed: Decimal
    reversal: SetoffReversal | None
    reverse: Offer
    decline: Offer
    approve: Offer

    @property
    def is_reversed(self) -> bool:
        return bool(self.reversal and self.reversal.approved_at)

    @property
    def waits(self) -> bool:
        return bool(self.part.refund_id and self.netted.set_off and not self.part.is_posted)


def pairs_of(fund: Fund) -> list[Pair]:
    """Every open call beside every distribution that is not paid out yet, and every closing with refunds to come, of
    partners who are in both."""
    owed: dict[int, dict[int, Decimal]] = defaultdict(dict)
    rows = still_owed().filter(call__fund=fund, outstanding__gt=0)
    for call, commitment, left in rows.values_list("call", "commitment", "left"):
        owed[call][commitment] = left
    if not owed:
        return []
    calls = CapitalCall.objects.in_bulk(owed)
    pairs = []
    for given, payable in [*_distributed(fund), *_refunded(fund)]:
        for call, asked in sorted(owed.items()):
            least = [min(asked[key], payable[key]) for key in asked.keys() & payable.keys()]
            if least:
                pairs.append(Pair(calls[call], given, len(least), sum(least, ZERO)))
    return pairs


def _distributed(fund: Fund) -> list[tuple[Distribution, dict[int, Decimal]]]:
    """By distribution, what is payable of it to each partner after tax was withheld."""
    items = (
        DistributionItem.objects.filter(
            fund=fund, distribution__status__in=DISTRIBUTION_ISSUED, capital__paid_out=0, net_amount__gt=0
        )
        .defer("tiers", "working")
        .values_list("distribution", "commitment", "net_amount")
    )
    payable: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for distribution, commitment, net in items:
        payable[distribution][commitment] = net
    found = Distribution.objects.defer("inputs").in_bulk(payable)
    return [(found[key], payable[key]) for key in sorted(payable)]


def _refunded(fund: Fund) -> list[tuple[Closing, dict[int, Decimal]]]:
    """By closing, what is neither paid nor set off of each partner's refund."""
    refunds = Refund.objects.filter(closing__fund=fund, closing__status=ClosingStatus.SETTLED)
    left: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for one in with_kept(refunds.filter(progress__outstanding__gt=0)):
        if one.progress.outstanding > one.kept:
            left[one.closing_id][one.commitment_id] = one.progress.outstanding - one.kept
    found = Closing.objects.defer("inputs").in_bulk(left) if left else {}
    return [(found[key], left[key]) for key in sorted(left)]


def with_sums(rows: QuerySet) -> QuerySet:
    """Each with what is set off (`amount`), of how many partners (`partners`), and of how many it was taken back."""
    taken_back = SetoffReversal.objects.filter(part__setoff=OuterRef("pk"), approved_at__isnull=False)
    return rows.annotate(
        amount=Sum("parts__amount"),
        partners=Count("parts"),
        taken_back=Subquery(taken_back.order_by().values("part__setoff").annotate(n=Count("pk")).values("n")),
    )


def visible_setoffs(user) -> QuerySet:
    return with_sums(
        Setoff.objects.filter(fund__in=Fund.objects.visible_to(user)).select_related(
            "fund", "call", "distribution", "closing", "requested_by", "approved_by", "rejected_by"
        )
    ).defer("distribution__inputs", "closing__inputs")


def setoffs_of(fund: Fund) -> QuerySet:
    """Every set-off of a fund, newest first."""
    rows = Setoff.objects.filter(fund=fund).select_related("call", "distribution", "closing", "requested_by")
    return with_sums(rows).defer("distribution__inputs", "closing__inputs").order_by("-number")


def setoff_of(user, setoff_id) -> Setoff:
    """The set-off with its sums, its documents and the user's `role`; else 404."""
    return found(with_role(visible_setoffs(user), user), pk=setoff_id)


def part_of(user, setoff_id, part_id) -> SetoffPart:
    """The part with its set-off and the user's `role`; else 404."""
    rows = SetoffPart.objects.filter(fund__in=Fund.objects.visible_to(user)).select_related(
        "setoff__call", "setoff__distribution", "setoff__closing", "setoff__fund", "commitment__investor"
    )
    return found(with_role(rows, user), pk=part_id, setoff=setoff_id)


def parts_of(setoff: Setoff, by, day: date) -> list[PartShown]:
    """By reference, as of the end of a day as known now, each with whether this person may take it back, or decide on
    that."""
    parts = (
        setoff.parts.select_related("commitment__investor", "distribution_item", "refund")
        .annotate(is_posted=_is_posted(day), is_moved=is_moved_since())
        .defer("distribution_item__tiers", "distribution_item__working")
        .order_by("commitment__reference", "pk")
    )
    asked = {
        one.part_id: one
        for one in SetoffReversal.objects.filter(part__setoff=setoff, rejected_at=None).select_related(
            "requested_by"
        )
    }
    owed = {one.item_id: one for one in CallItemCapital.on(day, call=setoff.call_id)}
    return [
        _part_shown(part, setoff, asked.get(part.pk), owed.get(part.call_item_id), by, day) for part in parts
    ]


def _is_posted(day: date = date.max) -> Exists:
    """Whether a part of a refund has paid its call by a day."""
    return Exists(RefundPayout.objects.filter(setoff_part=OuterRef("pk"), value_date__lte=day))


def _part_shown(
    part: SetoffPart,
    setoff: Setoff,
    reversal: SetoffReversal | None,
    owed: CallItemCapital | None,
    by,
    day: date,
) -> PartShown:
    """What waits to be approved, or to be released, is shown as if it counted from its day on."""
    part.setoff, part.role = setoff, setoff.role
    netted = _netted(part, setoff, owed, day, taken_back=bool(reversal and reversal.approved_at))
    four, who = (reversal.four_eyes, reversal.requested_by_id) if reversal else (False, None)
    return PartShown(
        part,
        netted,
        owed.outstanding if owed else ZERO,
        reversal,
        offer(check_request_setoff_reversal, part, by, is_asked=reversal is not None, is_moved=part.is_moved),
        offer(check_role, setoff.role, MANAGE),
        offer(check_approve_request, setoff.role, four, who, by),
    )


def _netted(
    part: SetoffPart, setoff: Setoff, owed: CallItemCapital | None, day: date, *, taken_back: bool
) -> Netted:
    is_given = day >= (setoff.closing.held_on if setoff.closing_id else setoff.distribution.date)
    return Netted(
        owed.called if owed else ZERO,
        part.gross if is_given else ZERO,
        part.withheld if is_given else ZERO,
        part.amount if day >= setoff.value_date and not taken_back else ZERO,
    )


def story_of_setoff(setoff: Setoff) -> list[TimelineEntry]:
    return entries_of(audit.timeline(setoff), setoff.fund.currency)


def with_partners(rows: list[Setoff]) -> list[Setoff]:
    """Each with the names of its first partners (`names`), in one statement."""
    names = dict(
        SetoffPart.objects.filter(setoff__in=[one.pk for one in rows])
        .order_by()
        .values("setoff")
        .annotate(names=ArrayAgg("commitment__investor__name", order_by="commitment__investor__name"))
        .values_list("setoff", "names")
    )
    for one in rows:
        one.names = names.get(one.pk, [])[:3]
    return rows


def setoff_rows(fund: Fund, day: date) -> Iterator[tuple]:
    """Every part of every set-off of a fund, newest first, as of the end of a day as its page shows it then, as rows of
    `SETOFF_COLUMNS`."""
    taken_back = SetoffReversal.objects.filter(part=OuterRef("pk"), approved_at__isnull=False)
    parts = (
        SetoffPart.objects.filter(fund=fund)
        .select_related(
            "setoff__call",
            "setoff__distribution",
            "setoff__closing",
            "commitment__investor",
            "distribution_item",
            "refund",
        )
        .defer(
            "setoff__distribution__inputs",
            "setoff__closing__inputs",
            "distribution_item__tiers",
            "distribution_item__working",
        )
        .annotate(is_taken_back=Exists(taken_back), is_posted=_is_posted(day))
        .order_by("-setoff__number", "commitment__reference", "pk")
    )
    calls = set(Setoff.objects.filter(fund=fund).values_list("call", flat=True))
    owed = {one.item_id: one for one in CallItemCapital.on(day, call=calls)}
    for part in parts.iterator(chunk_size=500):
        setoff = part.setoff
        net = _netted(part, setoff, owed.get(part.call_item_id), day, taken_back=part.is_taken_back)
        yield (
            fund.name,
            setoff.number,
            setoff.value_date,
            part.commitment.investor.name,
            setoff.call.number,
            setoff.distribution.number if setoff.distribution_id else None,
            setoff.closing.number if setoff.closing_id else None,
            fund.currency,
            net.called,
            net.distributed,
            net.withholding,
            net.set_off,
            net.receives,
            setoff.reason,
            _status_of(part),
            day,
        )


def _status_of(part: SetoffPart) -> str:
    if part.setoff.rejected_at:
        return "Turned down"
    if not part.setoff.approved_at:
        return "Awaiting approval"
    if part.is_taken_back:
        return "Taken back"
    return "Set off" if part.is_posted or part.distribution_id else "Once it is released"

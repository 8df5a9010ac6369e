"""A partner in default as it stands: what it owes, the interest so far, and what the others may be asked for."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from blackgem.lib.errors import Conflict
from blackgem.lib.fields import MoneyField
from blackgem.lib.money import unit_of
from blackgem.lib.rates import DayCount
from capital.models import (
    CallItemCapital,
    CapitalCallItemLine,
    CapitalCallLine,
    LineChange,
    Payment,
)
from closings.calc.default import (
    CapBase,
    DefaultInterest,
    InterestTo,
    Item,
    Other,
    PassedOn,
    Shortfall,
    call_shortfall,
    default_interest,
    pass_on,
)
from closings.models import Default, DefaultRemedy
from closings.queries.excused import left_out_of_investments
from funds.models import Commitment

ZERO = Decimal("0.00")
Kind = DefaultRemedy.Kind


@dataclass(frozen=True, slots=True)
class Accrued:
    """Interest of a default up to a day: what payments that came late bear, what the rest does, and what of both was
    asked for already."""

    found: DefaultInterest
    asked: Decimal

    @property
    def total(self) -> Decimal:
        return self.found.paid + self.found.accrued

    @property
    def due(self) -> Decimal:
        """What was not asked for yet."""
        return max(self.total - self.asked, ZERO)


@dataclass(frozen=True, slots=True)
class Owed:
    """What a partner in default owes of its item: all of it, what of that is for the fee, and what is not paid;
    `by_day` is all of it as it was on the day that was asked for."""

    amount: Decimal
    fee_part: Decimal
    outstanding: Decimal
    paid_on: date | None
    by_day: Decimal
    interest_asked: Decimal
    others_were_asked: bool


def owed_of(default: Default, day: date) -> Owed:
    """Of its item, up to now, in one statement; `paid_on` is the day of its last payment."""
    fees = {"item": default.item_id, "line__kind": CapitalCallLine.Kind.MANAGEMENT_FEE}
    changes = LineChange.objects.filter(changes_owed=True)
    row = (
        CallItemCapital.objects.filter(item=default.item_id)
        .annotate(
            fee=_sum(CapitalCallItemLine.objects.filter(**fees)),
            fee_changed=_sum(changes.filter(**fees)),
            changed_by_day=_sum(changes.filter(item=default.item_id, effective_on__lte=day)),
            asked=_sum(standing(default, Kind.INTEREST)) + _sum(standing(default, Kind.SALE), "interest"),
            others_asked=Exists(standing(default, Kind.SHORTFALL)),
        )
        .get()
    )
    return Owed(
        amount=row.called,
        fee_part=row.fee + row.fee_changed,
        outstanding=row.outstanding,
        paid_on=row.paid_on,
        by_day=default.item.amount + row.changed_by_day,
        interest_asked=row.asked,
        others_were_asked=row.others_asked,
    )


def _sum(rows, figure: str = "amount") -> Coalesce:
    """The sum of a figure of these rows; nothing where there is none."""
    total = rows.order_by().annotate(all=Value(1)).values("all").annotate(total=Sum(figure)).values("total")
    return Coalesce(Subquery(total), Value(ZERO), output_field=MoneyField())


def cured_on(default: Default, owed: Owed) -> date | None:
    """The day on which nothing of it was owed any longer; None while something is."""
    if owed.outstanding:
        return None
    return owed.paid_on or default.effective_on


def accrued_of(default: Default, day: date, owed: Owed | None = None) -> Accrued:
    """The interest up to a day, by what was paid until then. Raises DefaultRefused."""
    owed = owed or owed_of(default, day)
    by_day: dict[date, Decimal] = defaultdict(Decimal)
    payments = Payment.objects.filter(item=default.item_id, value_date__lte=day)
    for on, amount in payments.values_list("value_date", "amount"):
        by_day[on] += amount
    found = default_interest(
        Item(owed.by_day, default.due_on),
        [(on, paid) for on, paid in sorted(by_day.items()) if paid],
        default.rate,
        day_count=DayCount(default.day_count),
        as_of=day,
        unit=unit_of(default.fund.currency),
    )
    return Accrued(found, owed.interest_asked)


def standing(default: Default, kind: str):
    """The remedies of a kind that were approved, and whose call was not cancelled."""
    rows = DefaultRemedy.objects.approved().filter(default=default, kind=kind)
    return rows.exclude(asked__call__status="cancelled")


def others_of(default: Default) -> list[Other]:
    """The partners of the fund that are not in default themselves, by reference."""
    return [as_other(one) for one in other_partners(default)]


def other_partners(default: Default) -> QuerySet[Commitment]:
    """Their commitments, with what was `called` of each by that call, and whether it `is_excused` from an investment of
    the item, or from its deal."""
    in_default = Default.objects.standing().filter(fund=default.fund_id, item__capital__outstanding__gt=0)
    items = CallItemCapital.objects.filter(call=default.call_id)
    return (
        Commitment.objects.filter(fund=default.fund_id)
        .exclude(pk=default.commitment_id)
        .exclude(pk__in=in_default.values("commitment"))
        .annotate(
            called=_sum(items.filter(commitment=OuterRef("pk")), "called"),
            is_excused=left_out_of_investments(default.item_id),
        )
        .select_related("capital", "investor")
        .order_by("reference", "pk")
    )


def asked_in_its_place(partners: Iterable[Commitment]) -> list[Other]:
    """Those of the other partners who are asked for what one did not pay, for the arithmetic."""
    return [as_other(one) for one in partners if not one.is_excused]


def as_other(one: Commitment) -> Other:
    """For the arithmetic."""
    return Other(
        key=one.pk,
        commitment=one.capital.committed,
        remaining=max(one.capital.unfunded, ZERO),
        item=one.called,
        contributed=max(one.capital.paid, ZERO),
    )


def passed_on_of(default: Default, amount: Decimal, costs: Decimal) -> PassedOn:
    """Whose an amount of interest is, once it was paid."""
    others = others_of(default)
    to = InterestTo(default.interest_to)
    if to == InterestTo.OTHERS and amount > costs and not any(one.commitment for one in others):
        raise Conflict("default.nobody", "There is no other partner to whom interest could be passed on.")
    return pass_on(amount, costs, others, to=to, unit=unit_of(default.fund.currency))


def shortfall_of(
    default: Default,
    amount: Decimal | None = None,
    owed: Owed | None = None,
    others: Sequence[Other] | None = None,
) -> Shortfall:
    """What each of the others would be asked for in place of what is owed; of it, an `amount`. They are asked once.
    Who is excused from an investment that it is for is not. `owed` and `others` where the caller has them. Raises
    Conflict, DefaultRefused."""
    owed = owed or owed_of(default, default.effective_on)
    if owed.others_were_asked:
        raise Conflict("default.shortfall_stands", "The other partners were asked for it already.")
    most = min(owed.outstanding, owed.amount - owed.fee_part)
    asked = most if amount is None else amount
    if most <= 0 or asked > most:
        raise Conflict(
            "default.shortfall_exceeds",
            "No more is asked of the others than is owed, without its part for the fee.",
            field="amount",
        )
    others = asked_in_its_place(other_partners(default)) if others is None else others
    if not any(one.remaining for one in others):
        raise Conflict("default.nobody", "None of the other partners has anything left that could be called.")
    return call_shortfall(
        Item(owed.amount, default.due_on, owed.fee_part),
        others,
        amount=asked,
        cap=default.cap_share,
        cap_base=CapBase(default.cap_base),
        unit=unit_of(default.fund.currency),
    )

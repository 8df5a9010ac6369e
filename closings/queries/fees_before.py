"""The fees that later partners owe the manager for the time before: worked out until a closing is settled, and as they
were written with it from then on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.db.models.expressions import Combinable

from capital.models import CapitalCallLine
from closings.calc.terms import Beside, FeeInstalment
from closings.models import Closing, ClosingTranche
from closings.states import CLOSING_POSTED
from fees.models import FeeBill, FeeCatchUp
from fees.queries.catching_up import Coming, Said, catch_ups_of, owed_by_day
from funds.models import Commitment

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class FeesBefore:
    """What each later partner owes, by its investor: instalments and tax for the notice. `rows` are how that was worked
    out, where the fund has a fee schedule; `of_investments`: those of some days are no part of it, see `CatchUps`."""

    instalments: Mapping[int, tuple[FeeInstalment, ...]]
    rows: Mapping[int, FeeCatchUp]
    of_investments: bool = False

    def beside(self, key: int, unfunded: Decimal) -> Beside:
        row = self.rows.get(key)
        return Beside(self.instalments.get(key, ()), unfunded=unfunded, tax=row.tax if row else ZERO)

    def frozen(self) -> list[list]:
        """As JSON, amounts and dates as text; nothing where the fund has no schedule."""
        return [
            [
                key,
                *(f"{amount:f}" for amount in (row.charged, row.let_off, row.net, row.tax)),
                [[f"{one.amount:f}", str(one.due_on)] for one in self.instalments.get(key, ())],
            ]
            for key, row in sorted(self.rows.items())
        ]


def fees_before(closing: Closing, parties: Sequence) -> FeesBefore:
    """Raises as `catch_ups_of`, while it is not settled."""
    if closing.status in CLOSING_POSTED:
        return fees_written(closing)
    tranches = {one.investor_id: one for one in closing.tranches.all()}
    typed = _typed(closing)
    said = {
        key: Said(sum((fee.amount for fee in typed.get(key, ())), ZERO), one.fee_reason)
        for key, one in tranches.items()
        if key in typed or one.fee_reason
    }
    coming = {
        one.investor_id: _coming(one, tranches[one.investor_id])
        for one in parties
        if one.investor_id in tranches
    }
    days = {"held_on": closing.held_on, "pay_on": closing.pay_on}
    owed = catch_ups_of(closing.fund, coming, said=said, **days)
    return replace(_together(typed, owed.rows), of_investments=owed.of_investments)


def fees_written(closing: Closing, *, worked_out_alone: bool = False) -> FeesBefore:
    """Of a closing that was settled; or only where they were worked out, else nothing."""
    rows = FeeCatchUp.objects.filter(call=closing.call_id) if closing.call_id else FeeCatchUp.objects.none()
    written = {one.commitment.investor_id: one for one in rows.select_related("commitment")}
    return _together({} if worked_out_alone and not written else _typed(closing), written)


def _together(typed: Mapping[int, tuple[FeeInstalment, ...]], rows: Mapping[int, FeeCatchUp]) -> FeesBefore:
    """What was worked out stands since the days on which the others were billed, unless a person said otherwise."""
    worked_out = {
        key: tuple(FeeInstalment(*one) for one in owed_by_day(row))
        for key, row in rows.items()
        if key not in typed and not row.reason
    }
    return FeesBefore({**typed, **worked_out}, rows)


def _typed(closing: Closing) -> dict[int, tuple[FeeInstalment, ...]]:
    """By investor, what a person said that it owes."""
    found: dict[int, tuple[FeeInstalment, ...]] = {}
    fees = closing.fees.order_by("pk").values_list("tranche__investor", "amount", "due_on")
    for key, amount, due_on in fees:
        found[key] = (*found.get(key, ()), FeeInstalment(amount, due_on))
    return found


def _coming(party, tranche: ClosingTranche) -> Coming:
    return Coming(
        tranche.amount,
        party.commitment_id,
        party.kind == Commitment.Kind.GP,
        tranche.fee_rate,
        tranche.fee_discount,
    )


def is_tax_on_a_fee() -> Combinable:
    """Whether a line that was called first asks for tax on a fee: like the fee, each partner's own."""
    bills = FeeBill.objects.filter(call=OuterRef("call"))
    caught_up = FeeCatchUp.objects.filter(call=OuterRef("call"))
    of_expenses = Q(kind=CapitalCallLine.Kind.PARTNERSHIP_EXPENSES)
    return Case(When(of_expenses, then=Exists(bills) | Exists(caught_up)), default=Value(False))

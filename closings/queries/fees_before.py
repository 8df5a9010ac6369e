"""The fees that later partners owe the manager for the time before: worked out until a closing is settled, and as they
were written with it from then on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet

from capital.models import CapitalCallLine
from closings.calc.terms import Beside, FeeInstalment
from closings.models import Closing, ClosingTranche
from closings.states import CLOSING_POSTED
from fees.models import FeeCatchUp
from fees.queries.catching_up import Coming, Said, catch_ups_of, owed_by_day
from funds.models import Commitment, Fund

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class FeesBefore:
    """What each later partner owes, by its investor: instalments and tax for the notice. `rows` are how that was worked
    out, where the fund has a fee schedule."""

    instalments: Mapping[int, tuple[FeeInstalment, ...]]
    rows: Mapping[int, FeeCatchUp]

    def beside(self, key: int, unfunded: Decimal) -> Beside:
        row = self.rows.get(key)
        return Beside(self.instalments.get(key, ()), unfunded=unfunded, tax=row.tax if row else ZERO)

    def frozen(self) -> list[list]:
        """As JSON, amounts and dates as text; nothing where the fund has no schedule."""
        return [
            [
                key,
                *(f"{amount:f}" for amount in (row.charged, row.let_off, row.net, row.tax)),
                [[f"{one.amount:f}", str(one.due_on)] for one in self.instalments[key]],
            ]
            for key, row in sorted(self.rows.items())
        ]


def fees_before(closing: Closing, parties: Sequence) -> FeesBefore:
    """Raises as `catch_ups_of`, while it is not settled."""
    tranches = {one.investor_id: one for one in closing.tranches.prefetch_related("fees")}
    typed = {key: _typed(one) for key, one in tranches.items()}
    if closing.status in CLOSING_POSTED:
        rows = _written(closing)
    else:
        said = {
            key: Said(sum((fee.amount for fee in typed[key]), ZERO), one.fee_reason)
            for key, one in tranches.items()
            if typed[key] or one.fee_reason
        }
        coming = {
            one.investor_id: _coming(one, tranches[one.investor_id])
            for one in parties
            if one.investor_id in tranches
        }
        days = {"held_on": closing.held_on, "pay_on": closing.pay_on}
        rows = catch_ups_of(closing.fund, coming, said=said, **days)
    worked_out = {
        key: tuple(FeeInstalment(*one) for one in owed_by_day(row))
        for key, row in rows.items()
        if key in tranches and not typed[key] and not tranches[key].fee_reason
    }
    return FeesBefore(typed | worked_out, rows)


def _typed(tranche: ClosingTranche) -> tuple[FeeInstalment, ...]:
    fees = sorted(tranche.fees.all(), key=lambda one: one.pk)
    return tuple(FeeInstalment(one.amount, one.due_on) for one in fees)


def _coming(party, tranche: ClosingTranche) -> Coming:
    return Coming(
        tranche.amount,
        party.commitment_id,
        party.kind == Commitment.Kind.GP,
        tranche.fee_rate,
        tranche.fee_discount,
    )


def _written(closing: Closing) -> dict[int, FeeCatchUp]:
    if closing.call_id is None:
        return {}
    rows = FeeCatchUp.objects.filter(call=closing.call_id).select_related("commitment")
    return {one.commitment.investor_id: one for one in rows}


def taxes_on_fees(fund: Fund) -> QuerySet[CapitalCallLine]:
    """The lines of calls that ask for tax on a fee: like the fee, each partner's own, and shared with nobody."""
    of_fee = Q(call__fee_bill__isnull=False) | Q(call__fee_catch_ups__isnull=False)
    kind = CapitalCallLine.Kind.PARTNERSHIP_EXPENSES
    return CapitalCallLine.objects.filter(of_fee, fund=fund, kind=kind, equalises=None)

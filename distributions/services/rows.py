"""A plan through the waterfall: what each tier takes, what each partner gets, what is withheld. Reads nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from blackgem.lib.errors import Conflict
from blackgem.lib.money import round_to_unit
from distributions.calc.facts import Key, Parts
from distributions.calc.openings import Opening, Role
from distributions.calc.partners import FundEvent, PartnerShare, distribute_from, split_excess
from distributions.calc.recall import LineGivenBack
from distributions.calc.tiers import Step
from distributions.models import DistributionTier
from distributions.services.facts import Holder
from distributions.services.plan import DistributionPlan

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class TierRow:
    """One step over all partners, with its working as text."""

    kind: str
    tier: int
    owed_before: Decimal | None
    lp_amount: Decimal
    gp_amount: Decimal
    owed_after: Decimal | None
    inputs: dict


@dataclass(frozen=True)
class Row:
    """One partner in a worked-out distribution. The four parts add up to `gross`; `share` is of all weights."""

    commitment_id: int
    investor_name: str
    reference: str
    kind: str
    weight: Decimal
    share: Decimal
    return_of_capital: Decimal
    preferred_return: Decimal = ZERO
    profit_share: Decimal = ZERO
    carried_interest: Decimal = ZERO
    recallable: Decimal = ZERO
    given_back: tuple[LineGivenBack, ...] = ()
    withheld: Decimal = ZERO
    carry_borne: Decimal = ZERO
    tiers: tuple[tuple[str, ...], ...] = ()
    working: tuple[TierRow, ...] = ()

    @property
    def gross(self) -> Decimal:
        return self.return_of_capital + self.preferred_return + self.profit_share + self.carried_interest

    @property
    def net(self) -> Decimal:
        return self.gross - self.withheld


# ---------------------------------------------------------------- through the waterfall


def rows_through(
    plan: DistributionPlan, holders: tuple[Holder, ...], opening: Opening
) -> tuple[tuple[Row, ...], tuple[TierRow, ...]]:
    """The rows of a plan, and the steps over all of them: holders stand as `opening` says, in its order.

    The GP gets its own share and the carry of everybody else. Raises Conflict, and as `distribute_from`.
    """
    event = distribute_from(opening, plan.total_amount)
    carry = sum((share.parts.gp_carry for share in event.shares), ZERO)
    gp = next((one.pk for one in holders if one.kind == Role.GP), None)
    if carry and gp is None:
        raise Conflict("fund.no_gp", "The fund has no general partner to pay the carried interest to.")
    whole = sum((one.weight for one in opening.partners), ZERO)
    rows = []
    for holder, before, share in zip(holders, opening.partners, event.shares, strict=True):
        row = _limited(holder, before, share) if share.role == Role.LP else _general(holder, before, share)
        row = replace(
            row,
            share=before.weight / whole if whole else Decimal(0),
            carried_interest=carry if holder.pk == gp else ZERO,
        )
        by_hand = plan.withholding.get(holder.pk)
        rows.append(_less_tax(row, holder.withholding_rate, by_hand, opening.terms.unit))
    return tuple(rows), _tier_rows(event)


def _limited(holder, before, share: PartnerShare) -> Row:
    parts = share.parts
    return Row(
        **_named(holder, before.weight),
        return_of_capital=parts.return_of_capital,
        preferred_return=parts.preferred_return,
        profit_share=parts.lp_profit_share,
        carry_borne=parts.gp_carry,
        tiers=_tiers_as_text(parts),
        working=tuple(_tier_row(step) for step in share.event.steps) if share.event else (),
    )


def _general(holder, before, share: PartnerShare) -> Row:
    """The GP's own commitment: its capital first, then profit."""
    capital = min(share.gp_own, max(ZERO, before.paid_in - before.capital_returned))
    return Row(
        **_named(holder, before.weight), return_of_capital=capital, profit_share=share.gp_own - capital
    )


def _named(holder: Holder, weight: Decimal) -> dict:
    return {
        "commitment_id": holder.pk,
        "investor_name": holder.name,
        "reference": holder.reference,
        "kind": holder.kind,
        "weight": weight,
        "share": Decimal(0),
    }


def _less_tax(row: Row, rate: Decimal, by_hand: Decimal | None, unit: Decimal) -> Row:
    """Withholding at the investor's rate on all that is not return of capital, unless set by hand."""
    tax = by_hand if by_hand is not None else round_to_unit(rate * (row.gross - row.return_of_capital), unit)
    if tax > row.gross:
        raise Conflict("withholding.over_gross", f"More is withheld from {row.investor_name} than it gets.")
    return replace(row, withheld=tax) if tax else row


def _tiers_as_text(parts: Parts):
    return tuple(
        (f"{tier.catch_up_lp:f}", f"{tier.catch_up_gp:f}", f"{tier.split_lp:f}", f"{tier.split_gp:f}")
        for tier in parts.tiers
    )


def _tier_rows(event: FundEvent) -> tuple[TierRow, ...]:
    rows = [_tier_row(step) for step in event.steps]
    if event.gp_own:
        rows.append(TierRow(DistributionTier.Kind.GP_OWN, 1, None, ZERO, event.gp_own, None, {}))
    return tuple(rows)


def _tier_row(step: Step) -> TierRow:
    inputs = {name: _as_text(value) for name, value in step.inputs.items()}
    return TierRow(str(step.kind), step.tier, step.owed_before, step.lp, step.gp, step.owed_after, inputs)


def _as_text(value):
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value if isinstance(value, bool | int) or value is None else str(value)


# ---------------------------------------------------------------- outside the waterfall


def rows_outside(
    plan: DistributionPlan,
    holders: tuple[Holder, ...],
    paid_in: Mapping[Key, Decimal],
    unreturned: Mapping[Key, Decimal],
    unit: Decimal,
) -> tuple[tuple[Row, ...], tuple[TierRow, ...]]:
    """Unused money of calls goes back to those who paid it, in proportion: no profit.

    Raises Conflict where somebody would get more than is `unreturned` of what was paid in.
    """
    total = sum(paid_in.values(), ZERO)
    parts = split_excess(plan.total_amount, paid_in, unit) if plan.total_amount <= total else {}
    if not parts or any(part > unreturned[key] for key, part in parts.items()):
        raise Conflict(
            "distribution.more_than_paid_in",
            "More than was paid in and not yet returned cannot be given back.",
        )
    rows = [
        replace(
            Row(**_named(one, paid_in[one.pk]), return_of_capital=parts[one.pk]),
            share=paid_in[one.pk] / total,
        )
        for one in holders
    ]
    gp = sum((row.gross for row in rows if row.kind == Role.GP), ZERO)
    left = total - plan.total_amount
    tier = TierRow(DistributionTier.Kind.EXCESS, 1, total, plan.total_amount - gp, gp, left, {})
    return tuple(rows), (tier,)

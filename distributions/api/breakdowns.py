"""A waterfall on the wire: just worked out, or as a distribution was frozen with it."""

from collections.abc import Iterable
from decimal import Decimal
from types import SimpleNamespace

from pydantic.alias_generators import to_camel

from distributions.models import DistributionTier
from distributions.services.planning import WorkedOutDistribution
from funds.api.schemas import TermsAnswer
from funds.models import Commitment

from .answers import AmountFigure, BreakdownAnswer, ShareAnswer, TierAnswer

ZERO = Decimal("0.00")
Kind = DistributionTier.Kind
_RATES = {"rate", "catch_up", "carry"}
_AMOUNTS = {
    "contributed",
    "returned_before",
    "capital",
    "paid_before",
    "profit",
    "carry_paid",
    "to_next_hurdle",
}
_OWED = ("owed_before", "lp_amount", "gp_amount", "owed_after")
_PARTS = ("return_of_capital", "preferred_return", "profit_share", "carried_interest")


def breakdown_of_plan(worked_out: WorkedOutDistribution) -> BreakdownAnswer:
    """Of a distribution that might be."""
    partners = Commitment.objects.filter(fund=worked_out.fund)
    investors = dict(partners.values_list("pk", "investor_id"))
    shares = [
        ShareAnswer.of(
            row,
            investor_id=investors[row.commitment_id],
            gross_amount=row.gross,
            recallable_amount=row.recallable,
            withholding_tax=row.withheld,
            net_amount=row.net,
            tiers=show_tiers(row.working),
        )
        for row in worked_out.rows
    ]
    return _breakdown(worked_out.terms, worked_out.tiers, shares).in_currency(worked_out.fund.currency)


def breakdown_of(distribution, tiers: Iterable[DistributionTier], items) -> BreakdownAnswer:
    """Of a distribution as it is kept."""
    return _breakdown(distribution.terms, tiers, [_share(item) for item in items])


def _share(item) -> ShareAnswer:
    commitment = item.commitment
    return ShareAnswer.of(
        item,
        investor_id=commitment.investor_id,
        investor_name=commitment.investor.name,
        reference=commitment.reference,
        kind=commitment.kind,
        carry_borne=sum((Decimal(catch_up) + Decimal(split) for _, catch_up, _, split in item.tiers), ZERO),
        tiers=show_tiers(_kept(step) for step in item.working),
    )


def _kept(step: dict) -> SimpleNamespace:
    """A step of one partner's own account, out of the text in which it is kept."""
    amounts = {name: None if step[name] is None else Decimal(step[name]) for name in _OWED}
    return SimpleNamespace(kind=step["kind"], tier=step["tier"], inputs=step["inputs"], **amounts)


def _breakdown(terms, tiers, shares) -> BreakdownAnswer:
    tiers = list(tiers)

    def sum_of(column: str, *kinds) -> Decimal:
        return sum((getattr(tier, column) for tier in tiers if not kinds or tier.kind in kinds), ZERO)

    return BreakdownAnswer(
        return_of_capital=sum_of("lp_amount", Kind.RETURN_OF_CAPITAL, Kind.EXCESS),
        preferred_return=sum_of("lp_amount", Kind.PREFERRED_RETURN),
        gp_catch_up=sum_of("gp_amount", Kind.CATCH_UP),
        lp_profit_share=sum_of("lp_amount", Kind.CATCH_UP, Kind.SPLIT),
        gp_carried_interest=sum_of("gp_amount", Kind.SPLIT),
        gp_own_share=sum_of("gp_amount", Kind.GP_OWN, Kind.EXCESS),
        total_to_lps=sum_of("lp_amount"),
        total_to_gp=sum_of("gp_amount"),
        terms=TermsAnswer.of(terms),
        tiers=show_tiers(tiers),
        items=shares,
    )


def show_tiers(rows) -> list[TierAnswer]:
    """Steps of a waterfall in their order."""
    return [TierAnswer.of(row, name=Kind(row.kind).label, terms=_figures(row.inputs)) for row in rows]


def _figures(inputs: dict) -> dict:
    """What a step used: rates as plain fractions, amounts in their currency, the rest as it was kept."""
    return {to_camel(name): _figure(name, value) for name, value in inputs.items()}


def _figure(name: str, value):
    if value is None:
        return None
    if name in _RATES:
        return Decimal(value).normalize()
    if name in _AMOUNTS:
        return AmountFigure(value)
    return Decimal(value) if name == "accrued" else value

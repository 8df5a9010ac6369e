"""Working out a distribution: what each tier takes, what each partner gets, what is withheld. Writes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from blackgem.lib.errors import Conflict, InvalidInput, Problem
from blackgem.lib.money import ZeroWeights, parse_amount, round_cent
from distributions.calc.accounts import OutOfOrder
from distributions.calc.facts import Parts
from distributions.calc.partners import FundEvent, Role, distribute_to_partners, funded, split_excess
from distributions.calc.terms import TermsRefused
from distributions.calc.tiers import Step
from distributions.models import Distribution, DistributionTier
from distributions.services.facts import Facts, facts_on, fingerprint, terms_on
from distributions.states import DistributionType
from funds.models import Deal, Fund, FundTerms
from funds.services.inputs import problems_of

ZERO = Decimal("0.00")
_NEVER = {
    "amount.min_value",
    "distribution.type",
    "deal.unknown",
    "withholding.invalid",
    "commitment.unknown",
    "catch_up_below_carry",
    "rate_out_of_range",
    "fund.no_gp",
}


@dataclass(frozen=True)
class DistributionPlan:
    """Everything a person decides about a distribution, in the fund's currency.

    `withholding` overrides, per commitment, what would be withheld by the investor's rate.
    """

    fund_id: int
    total_amount: Decimal
    date: date
    type: str = DistributionType.EXIT_PROCEEDS
    source: str = ""
    deal_id: int | None = None
    recallable: bool = False
    withholding: Mapping[int, Decimal] = field(default_factory=dict)


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
    gross: Decimal
    return_of_capital: Decimal
    preferred_return: Decimal
    profit_share: Decimal
    carried_interest: Decimal
    recallable: Decimal
    withheld: Decimal
    net: Decimal
    carry_borne: Decimal
    tiers: tuple[tuple[str, ...], ...] = ()
    working: tuple[TierRow, ...] = ()


@dataclass(frozen=True)
class WorkedOutDistribution:
    """A distribution as it would be, with the facts it follows from. With problems there are no rows."""

    fund: Fund
    plan: DistributionPlan
    terms: FundTerms | None
    rows: tuple[Row, ...]
    tiers: tuple[TierRow, ...]
    facts: Facts | None
    problems: tuple[Problem, ...]

    @cached_property
    def inputs(self) -> dict:
        """Its facts, frozen. A long history takes longer to freeze than to work out: a preview never asks."""
        return self.facts.frozen() if self.facts else {}

    @property
    def inputs_sha256(self) -> str:
        return fingerprint(self.inputs) if self.facts else ""

    def total_of(self, name: str) -> Decimal:
        """A column of the rows, summed."""
        return sum((getattr(row, name) for row in self.rows), ZERO)

    @property
    def to_gp(self) -> Decimal:
        """Carried interest and what the GP's own commitment gets."""
        return sum((row.gross for row in self.rows if row.kind == Role.GP), ZERO)

    @property
    def to_lps(self) -> Decimal:
        return self.total_of("gross") - self.to_gp


def work_out(
    plan: DistributionPlan, *, before: Distribution | None = None, fund: Fund | None = None
) -> WorkedOutDistribution:
    """Run a plan through the fund's waterfall and name every reason why it cannot be distributed.

    `before` is the distribution itself, where it exists already: it does not count among its own inputs. `fund` is the
    plan's, where it has been read already.
    """
    fund = fund or Fund.objects.get(pk=plan.fund_id)
    problems = list(_shape_problems(fund, plan))
    if problems:
        return WorkedOutDistribution(fund, plan, None, (), (), None, tuple(problems))
    try:
        terms = before.terms if before is not None and before.status != "draft" else terms_on(fund, plan.date)
        facts = facts_on(fund, terms, plan.date, before=before)
        rows, tiers = _outside(plan, facts) if _is_excess(plan) else _through(plan, facts)
    except (ZeroWeights, OutOfOrder, TermsRefused, Conflict) as error:
        return WorkedOutDistribution(fund, plan, None, (), (), None, tuple(_explained(error)))
    return WorkedOutDistribution(fund, plan, terms, rows, tiers, facts, ())


def raise_problems(worked_out: WorkedOutDistribution) -> None:
    """Refuse a plan that has problems: InvalidInput where it could never be right, else Conflict."""
    if worked_out.problems:
        never = any(problem.code in _NEVER for problem in worked_out.problems)
        raise (InvalidInput if never else Conflict).from_problems(worked_out.problems)


def _is_excess(plan) -> bool:
    return plan.type == DistributionType.RETURN_OF_EXCESS_CAPITAL


def _through(plan, facts: Facts):
    """Through the waterfall: the GP gets its own share and the carry of everybody else."""
    event = distribute_to_partners(
        facts.partners, facts.terms, on=plan.date, amount=plan.total_amount, deal=plan.deal_id
    )
    carry = sum((share.parts.gp_carry for share in event.shares), ZERO)
    gp = next((one.pk for one in facts.commitments if one.kind == Role.GP), None)
    if carry and gp is None:
        raise Conflict("fund.no_gp", "The fund has no general partner to pay the carried interest to.")
    weights = _weights(plan, facts)
    whole = sum(weights.values(), ZERO)
    commitments = {one.pk: one for one in facts.commitments}
    rows = [
        _row(
            plan,
            commitments[share.key],
            share,
            _character(facts, share),
            weights[share.key],
            whole,
            carry if share.key == gp else ZERO,
        )
        for share in event.shares
    ]
    return _withheld(plan, facts, rows), _tier_rows(event)


def _weights(plan, facts: Facts) -> dict:
    """What shares are measured by: fixed weights where the terms give them, else what was paid in (for the deal)."""
    return {
        one.key: funded(one.history, plan.date, plan.deal_id) if one.weight is None else one.weight
        for one in facts.partners
    }


def _row(plan, commitment, share, character, weight, whole, carry) -> Row:
    capital, pref, profit = character
    gross = capital + pref + profit + carry
    return Row(
        commitment_id=commitment.pk,
        investor_name=commitment.investor.name,
        reference=commitment.reference,
        kind=commitment.kind,
        weight=weight,
        share=weight / whole if whole else Decimal(0),
        gross=gross,
        return_of_capital=capital,
        preferred_return=pref,
        profit_share=profit,
        carried_interest=carry,
        recallable=capital if plan.recallable else ZERO,
        withheld=ZERO,
        net=gross,
        carry_borne=share.parts.gp_carry,
        tiers=_tiers_as_text(share.parts) if share.role == Role.LP else (),
        working=tuple(_tier_row(step) for step in share.event.steps) if share.event else (),
    )


def _character(facts, share):
    """What kind of money a partner's share is. The GP's own is capital first, then profit."""
    if share.role == Role.LP:
        return share.parts.return_of_capital, share.parts.preferred_return, share.parts.lp_profit_share
    history = next(partner.history for partner in facts.partners if partner.key == share.key)
    paid_in = sum((one.amount for one in history.contributions), ZERO)
    returned = sum((one.parts.return_of_capital for one in history.paid), ZERO)
    capital = min(share.gp_own, max(ZERO, paid_in - returned))
    return capital, ZERO, share.gp_own - capital


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
    inputs = {
        name: f"{value:f}"
        if isinstance(value, Decimal)
        else value
        if isinstance(value, bool | int) or value is None
        else str(value)
        for name, value in step.inputs.items()
    }
    return TierRow(str(step.kind), step.tier, step.owed_before, step.lp, step.gp, step.owed_after, inputs)


def _outside(plan, facts: Facts):
    """Unused money of calls goes back to those who paid it, in proportion: no waterfall, no profit."""
    paid_by = {partner.key: funded(partner.history, plan.date) for partner in facts.partners}
    total = sum(paid_by.values(), ZERO)
    if plan.total_amount > total:
        raise Conflict("distribution.more_than_paid_in", "More than was paid in cannot be given back.")
    parts = split_excess(plan.total_amount, paid_by)
    rows = [
        Row(
            one.pk,
            one.investor.name,
            one.reference,
            one.kind,
            paid_by[one.pk],
            paid_by[one.pk] / total,
            gross=parts[one.pk],
            return_of_capital=parts[one.pk],
            preferred_return=ZERO,
            profit_share=ZERO,
            carried_interest=ZERO,
            recallable=parts[one.pk],
            withheld=ZERO,
            net=parts[one.pk],
            carry_borne=ZERO,
        )
        for one in facts.commitments
    ]
    kind = DistributionTier.Kind.EXCESS
    gp = sum((row.gross for row in rows if row.kind == Role.GP), ZERO)
    tier = TierRow(kind, 1, total, plan.total_amount - gp, gp, total - plan.total_amount, {})
    return tuple(rows), (tier,)


def _withheld(plan, facts, rows) -> tuple[Row, ...]:
    """Withholding at the investor's rate on all that is not return of capital, unless set by hand."""
    rates = {one.pk: one.investor.withholding_rate for one in facts.commitments}
    return tuple(
        _less_tax(row, rates[row.commitment_id], plan.withholding.get(row.commitment_id)) for row in rows
    )


def _less_tax(row: Row, rate: Decimal, by_hand: Decimal | None) -> Row:
    tax = by_hand if by_hand is not None else round_cent(rate * (row.gross - row.return_of_capital))
    if tax > row.gross:
        raise Conflict("withholding.over_gross", f"More is withheld from {row.investor_name} than it gets.")
    fields = {name: getattr(row, name) for name in row.__dataclass_fields__}
    return Row(**fields | {"withheld": tax, "net": row.gross - tax})


def _shape_problems(fund, plan):
    if plan.total_amount <= 0:
        yield Problem("amount.min_value", "The total must be more than zero.", "total_amount")
    if plan.type not in DistributionType.values:
        yield Problem("distribution.type", "There is no such type of distribution.", "type")
    yield from problems_of(Distribution(source=plan.source, date=plan.date), ["source", "date"])
    if plan.deal_id is not None and not Deal.objects.filter(pk=plan.deal_id, allocations__fund=fund).exists():
        yield Problem("deal.unknown", "The fund has no allocation to such a deal.", "deal_id")
    known = fund.commitments.filter(pk__in=plan.withholding)
    if plan.withholding and known.count() < len(plan.withholding):
        yield Problem(
            "commitment.unknown", "An investor named here has no commitment to this fund.", "withholding"
        )
    for amount in plan.withholding.values():
        try:
            parse_amount(amount, currency=fund.currency, allow_zero=True)
        except InvalidInput as error:
            yield Problem("withholding.invalid", error.message, "withholding")


def _explained(error):
    if isinstance(error, ZeroWeights):
        return [
            Problem(
                "distribution.nobody_paid",
                "Nobody has paid in anything that this could go back to.",
                "deal_id",
            )
        ]
    return list(error.problems)

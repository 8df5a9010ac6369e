"""Working out a distribution: what each tier takes, what each partner gets, what is withheld. Writes nothing."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from blackgem.lib.errors import Conflict, InvalidInput
from blackgem.lib.frozen import fingerprint
from blackgem.lib.money import ZeroWeights, parse_amount
from blackgem.lib.problems import Kind, Problem, raise_if
from distributions.calc.accounts import Accrual
from distributions.calc.openings import Role
from distributions.calc.terms import TermsRefused
from distributions.models import Distribution
from distributions.services.facts import Facts, facts_on, terms_on, those_before
from distributions.services.openings import opened, remembered
from distributions.services.paid_out_of import paid_out_of
from distributions.services.plan import DistributionPlan
from distributions.services.recall import with_given_back
from distributions.services.rows import Row, TierRow
from distributions.states import DistributionStatus, DistributionType
from funds.models import Deal, Fund, FundTerms
from funds.services.inputs import problems_of

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class WorkedOutDistribution:
    """A distribution as it would be. With problems there are no rows.

    `stretches` are those of time that the one account of aggregate scope grew over. `facts` are what all of it follows
    from; a preview goes without them.
    """

    fund: Fund
    plan: DistributionPlan
    terms: FundTerms | None = None
    rows: tuple[Row, ...] = ()
    tiers: tuple[TierRow, ...] = ()
    stretches: tuple[Accrual, ...] = ()
    facts: Facts | None = None
    problems: tuple[Problem, ...] = ()

    @cached_property
    def inputs(self) -> dict:
        """Its facts, frozen."""
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

    Distributions that are approved and not yet issued count as facts: they are issued first. `before` is the
    distribution itself, where it exists already: neither it nor what was paid out of it to the fund counts among its
    own inputs. `fund` is the plan's, where it has been read already.
    """
    return _work_out(plan, before, fund, _from_facts)


def preview(
    plan: DistributionPlan, *, before: Distribution | None = None, fund: Fund | None = None
) -> WorkedOutDistribution:
    """The same without its facts, fast enough to type against: the first look takes as long as `work_out`."""
    return _work_out(plan, before, fund, _from_memory)


def _work_out(plan, before, fund, source) -> WorkedOutDistribution:
    fund = fund or Fund.objects.get(pk=plan.fund_id)
    problems = tuple(_shape_problems(fund, plan))
    if problems:
        return WorkedOutDistribution(fund, plan, problems=problems)
    try:
        terms = _terms_for(plan, before, fund)
        facts, found = source(fund, terms, plan, before)
        rows, tiers = found.rows(plan)
        rows = with_given_back(fund, terms, plan, rows, before)
    except (ZeroWeights, TermsRefused, Conflict) as error:
        return WorkedOutDistribution(fund, plan, problems=tuple(_explained(error)))
    stretches = found.opening.stretches if found.opening else ()
    return WorkedOutDistribution(fund, plan, terms, rows, tiers, stretches, facts)


def _terms_for(plan, before, fund) -> FundTerms:
    """Once it is submitted, a distribution keeps the terms that it was computed with."""
    if before is not None and before.status != DistributionStatus.DRAFT:
        return before.terms
    return terms_on(fund, plan.date)


def _from_facts(fund, terms, plan, before):
    facts = facts_on(fund, terms, plan.date, earlier=those_before(fund, before), without=paid_out_of(before))
    return facts, opened(facts, plan)


def _from_memory(fund, terms, plan, before):
    return None, remembered(fund, terms, plan, before)


def raise_problems(worked_out: WorkedOutDistribution) -> None:
    """Refuse a plan that has problems: InvalidInput where it could never be right, else Conflict."""
    raise_if(worked_out.problems)


def _shape_problems(fund, plan):
    if plan.total_amount <= 0:
        yield Problem("amount.min_value", "The total must be more than zero.", "total_amount")
    else:
        yield from _finer(plan.total_amount, fund.currency)
    if plan.date < fund.began_on:
        yield Problem(
            "distribution.before_fund", "The date lies before the fund began.", "date", Kind.CONFLICT
        )
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


def _finer(total: Decimal, currency: str):
    try:
        parse_amount(total, currency=currency)
    except InvalidInput as error:
        yield Problem(error.code, error.message, "total_amount")


def _explained(error):
    if isinstance(error, ZeroWeights):
        return [
            Problem(
                "distribution.nobody_paid",
                "Nobody has paid in anything that this could go back to.",
                "deal_id",
                Kind.CONFLICT,
            )
        ]
    return list(error.problems)

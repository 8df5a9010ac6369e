"""Everything a person decides about a closing, and what of it could never be right."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from blackgem.lib.errors import DomainError
from blackgem.lib.money import parse_amount
from blackgem.lib.problems import Kind, Problem
from capital.models import CapitalCallLine
from closings.models import Closing
from fees.queries.catching_up import has_schedule
from funds.models import Commitment, Deal, Fund, Investor
from funds.queries.periods import closed_days


@dataclass(frozen=True)
class FeePlan:
    """An instalment of fees for the time before, and the day on which others paid it. In the fund's currency."""

    amount: Decimal
    due_on: date


@dataclass(frozen=True)
class ExcusePlan:
    """A deal of which who comes in takes over nothing, and why."""

    deal_id: int
    reason: str


@dataclass(frozen=True)
class TranchePlan:
    """What an investor promises: as a new partner, or more than it did. In the fund's currency. Its fees for the time
    before are worked out, unless `fees` or a `fee_reason` say otherwise. A new one may have agreed on a rate of its own
    (`fee_rate`), or on a share off its fee (`fee_discount`)."""

    investor_id: int
    amount: Decimal
    kind: str = Commitment.Kind.LP
    reference: str = ""
    fees: tuple[FeePlan, ...] = ()
    fee_reason: str = ""
    fee_rate: Decimal | None = None
    fee_discount: Decimal | None = None
    excuses: tuple[ExcusePlan, ...] = ()


@dataclass(frozen=True)
class ClosingPlan:
    """A closing with its terms. Rates are shares of one a year: one `rate`, or `rates` from days on."""

    fund_id: int
    held_on: date
    pay_on: date
    tranches: tuple[TranchePlan, ...]
    fee_interest: str
    rate: Decimal | None = None
    rates: tuple[tuple[date, Decimal], ...] = ()
    spread: Decimal = Decimal(0)
    compounding: str = Closing.Compounding.SIMPLE
    day_count: str = Closing.DayCount.ACT_365
    count_both_ends: bool = False
    interest_end: str = Closing.InterestEnd.DUE_DATE
    general_partner_bears_interest: bool = False
    fees_inside: bool = True
    distributions: str | None = None
    excluded_deals: tuple[int, ...] = ()
    values: Mapping[int, Decimal] = field(default_factory=dict)


#: What of a plan is a column of the closing.
TERMS = (
    "held_on",
    "pay_on",
    "rate",
    "spread",
    "compounding",
    "day_count",
    "count_both_ends",
    "interest_end",
    "general_partner_bears_interest",
    "fees_inside",
    "fee_interest",
    "distributions",
)


def problems_of_plan(plan: ClosingPlan, fund: Fund, by) -> Iterator[Problem]:
    """Every reason why a closing could not be written down, whatever was called."""
    if plan.pay_on <= plan.held_on:
        yield Problem("closing_order", "Later partners pay after the day of the closing.", "pay_on")
    if plan.held_on < fund.began_on:
        yield Problem("closing_order", "A closing is not held before the fund began.", "held_on")
    yield from closed_days(fund, held_on=plan.held_on)
    for name in ("compounding", "day_count", "interest_end", "fee_interest"):
        if getattr(plan, name) not in dict(Closing._meta.get_field(name).flatchoices):
            yield Problem("field.invalid_choice", "There is no such choice.", name)
    if plan.distributions not in (None, *Closing.Distributions.values):
        yield Problem("field.invalid_choice", "There is no such choice.", "distributions")
    yield from _rate_problems(plan)
    yield from _tranche_problems(plan, fund, by)
    yield from _line_problems(plan, fund)


def _rate_problems(plan: ClosingPlan) -> Iterator[Problem]:
    if (plan.rate is None) == (not plan.rates):
        yield Problem("rate_missing", "Say one rate of interest, or a table of rates.", "rate")
    stated = [rate for rate in (plan.rate, *(rate for _, rate in plan.rates)) if rate is not None]
    if any(not 0 <= rate <= 1 or rate != round(rate, 6) for rate in (plan.spread, *stated)):
        said = "A rate lies between 0 % and 100 %, with four decimals at most."
        yield Problem("rate_out_of_range", said, "rate")
    if plan.rates and plan.compounding != Closing.Compounding.SIMPLE:
        yield Problem("rate_table_needs_simple", "Interest by a table of rates is simple.", "compounding")
    if len({day for day, _ in plan.rates}) < len(plan.rates):
        yield Problem("period_overlap", "A table of rates has one rate for each day.", "rates")


def _line_problems(plan: ClosingPlan, fund: Fund) -> Iterator[Problem]:
    deals = Deal.objects.filter(allocations__fund=fund, pk__in=plan.excluded_deals)
    if deals.count() < len(set(plan.excluded_deals)):
        yield Problem("deal.unknown", "A deal that is left out is none of this fund.", "excluded_deals")
    excused = [one for tranche in plan.tranches for one in tranche.excuses]
    if Deal.objects.filter(allocations__fund=fund, pk__in=[one.deal_id for one in excused]).count() < len(
        {one.deal_id for one in excused}
    ):
        yield Problem(
            "deal.unknown", "A deal that a partner is excused from is none of this fund.", "tranches"
        )
    if any(not one.reason.strip() for one in excused):
        yield Problem("reason.required", "Say why the partner is excused.", "tranches")
    if any(len({one.deal_id for one in tranche.excuses}) < len(tranche.excuses) for tranche in plan.tranches):
        yield Problem("deal.repeated", "A partner is excused from a deal twice.", "tranches")
    lines = dict(CapitalCallLine.objects.filter(fund=fund, pk__in=plan.values).values_list("pk", "amount"))
    for line, value in plan.values.items():
        if line not in lines:
            yield Problem("line.unknown", "A line that is valued is none of this fund.", "values")
        elif value < lines[line]:
            said = "A line is bought in at its cost or above; below it, leave it out."
            yield Problem("value_below_cost", said, "values")


def _fee_problems(plan: ClosingPlan, fund: Fund) -> Iterator[Problem]:
    rates = [rate for one in plan.tranches for rate in (one.fee_rate, one.fee_discount) if rate is not None]
    if any(not 0 <= rate <= 1 or rate != round(rate, 8) for rate in rates):
        yield Problem("rate_out_of_range", "A rate or a share lies between 0 % and 100 %.", "tranches")
    if any(None not in (one.fee_rate, one.fee_discount) for one in plan.tranches):
        said = "A partner has a rate of its own or a share off its fee, not both."
        yield Problem("discount_given_twice", said, "tranches")
    agreed = [one for one in plan.tranches if (one.fee_rate, one.fee_discount) != (None, None)]
    if fund.commitments.filter(investor__in=[one.investor_id for one in agreed]).exists():
        said = "What a partner of the fund agreed on its fee is entered as a side letter of the fee."
        yield Problem("closing.fee_of_a_partner", said, "tranches")
    if any(one.fees and not one.fee_reason.strip() for one in plan.tranches) and has_schedule(fund):
        said = "The fees for the time before are worked out: say why others are charged."
        yield Problem("closing.fee_without_reason", said, "tranches")


def _tranche_problems(plan: ClosingPlan, fund: Fund, by) -> Iterator[Problem]:
    if not plan.tranches:
        yield Problem("closing_admits_nobody", "Name who comes in, or promises more.", "tranches")
    ids = [one.investor_id for one in plan.tranches]
    if len(set(ids)) < len(ids):
        yield Problem("investor.repeated", "An investor is named twice.", "tranches")
    if Investor.objects.visible_to(by).filter(pk__in=ids).count() < len(set(ids)):
        yield Problem("investor.unknown", "There is no such investor.", "tranches")
    yield from _fee_problems(plan, fund)
    amounts = [one.amount for one in plan.tranches]
    fees = [fee.amount for one in plan.tranches for fee in one.fees]
    for amount in [*amounts, *fees, *plan.values.values()]:
        try:
            parse_amount(amount, currency=fund.currency, field="tranches")
        except DomainError as error:
            yield Problem(error.code, error.message, "tranches")
    references = [one.reference.lower() for one in plan.tranches if one.reference]
    standing = dict(fund.commitments.values_list("investor", "reference"))
    taken = {reference.lower() for investor, reference in standing.items() if investor not in ids}
    if len(set(references)) < len(references) or taken & set(references):
        yield Problem(
            "commitment.reference_taken", "Another partner has this reference.", "tranches", Kind.CONFLICT
        )

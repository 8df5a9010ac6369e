"""The sheets that are given, terms and register, and the formulas of interest that read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from blackgem.lib.money import CENT
from capital.calc.prorata import Key
from closings.calc.equalise import Equalisation
from closings.calc.terms import Beside, ClosingDays, EqualisationTerms, HeldLine
from distributions.workbook.cells import (
    DAY,
    EXACT,
    NUMBER,
    RATE,
    TERMS,
    Columns,
    Formula,
    head,
    note,
    put,
    title,
)

REGISTER = "Register"
ON, PAY_ON, FIRST_ON, ENDS, UNTIL, FLAT, SPREAD, COMPOUNDING = (f"'{TERMS}'!$B${row}" for row in range(4, 12))
BOTH_ENDS, FEE_INTEREST, YEAR_DAYS = (f"'{TERMS}'!$B${row}" for row in (14, 15, 16))
YES = "yes"
_TABLE = 19  # the heading of the rates
_FIRST_ROW = 4
PARTNERS = Columns(REGISTER, ("number", "partner", "before", "after", "no_interest", "newcomer"))


@dataclass(frozen=True)
class ProofFacts:
    """A closing: what went into `equalise`, what came out of it, and what partners and lines are called."""

    lines: Sequence[HeldLine]
    before: Mapping[Key, Decimal]
    after: Mapping[Key, Decimal]
    terms: EqualisationTerms
    days: ClosingDays
    found: Equalisation
    beside: Mapping[Key, Beside] = field(default_factory=dict)
    unit: Decimal = CENT
    partner_names: Mapping[Key, str] = field(default_factory=dict)
    line_names: Mapping[Key, str] = field(default_factory=dict)

    @property
    def partners(self) -> list[Key]:
        return list(self.after)

    def name_of(self, partner: Key) -> str:
        return self.partner_names.get(partner, str(partner))


def write_terms(sheet, facts: ProofFacts) -> None:
    terms, interest, days = facts.terms, facts.terms.interest, facts.days
    title(sheet, 1, "Terms of the closing")
    note(sheet, 2, "Blue cells are given; change one, and everything is worked out anew.")
    rows = (
        ("Closing on", days.on, DAY),
        ("Notices are due on", days.pay_on, DAY),
        ("First closing on", days.first_on, DAY),
        ("Interest ends on (due_date, closing)", str(terms.interest_end), "General"),
        ("Interest until", Formula('IF(B7="closing",B4,B5)'), DAY),
        ("Rate a year, where there is no table", interest.rate or Decimal(0), RATE),
        ("Spread on top of the rate", interest.spread, RATE),
        ("Compounding (simple, annual, annual_exponent)", str(interest.compounding), "General"),
        ("Day count (act/365, act/360)", str(interest.day_count), "General"),
        ("Smallest amount", facts.unit, "General"),
        ("Days more, where both ends count", int(interest.count_both_ends), NUMBER),
        ("Interest on fees (none, per_instalment, first_closing)", str(terms.fee_interest), "General"),
        ("Days of a year", Formula('IF(B12="act/365",365,360)'), NUMBER),
        ("Distributions of before (resplit, keep)", str(terms.distributions_rule), "General"),
    )
    for row, (text, value, style) in enumerate(rows, start=4):
        put(sheet, row, 1, text)
        put(sheet, row, 2, value, style, given=not isinstance(value, Formula))
    if interest.rates:
        head(sheet, _TABLE, ("Rate from", "Rate a year", "Rates × days before"))
    for row, rate in enumerate(interest.rates, start=_TABLE + 1):
        before = f"C{row - 1}+(B{row - 1}+$B$10)*(A{row}-A{row - 1})" if row > _TABLE + 1 else "0"
        put(sheet, row, 1, rate.starts_on, DAY, given=True)
        put(sheet, row, 2, rate.rate, RATE, given=True)
        put(sheet, row, 3, Formula(before), EXACT)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 52, 16


def interest_cells(facts: ProofFacts, start: str, at, bears: bool = True) -> dict[str, Formula]:
    """Days, end, whole years and interest on one, from the day in `start`; `at` gives the addresses of these cells."""
    days, stop, years = at("days"), at("stop"), at("years")
    counted = f"IF({start}<={UNTIL},{UNTIL}-{start}+{BOTH_ENDS},0)" if bears else "0"
    whole = f"(YEAR({stop})-YEAR({start}))"
    rate = f"({FLAT}+{SPREAD})"
    rest = f"({stop}-EDATE({start},12*{years}))"
    simple = f"{_by_table(facts, start, stop) or f'{rate}*{days}'}/{YEAR_DAYS}"
    annual = f"(1+{rate})^{years}*(1+{rate}*{rest}/{YEAR_DAYS})-1"
    exponent = f"(1+{rate})^({days}/{YEAR_DAYS})-1"
    return {
        "days": Formula(counted),
        "stop": Formula(f"{start}+{days}"),
        "years": Formula(f"{whole}-IF(EDATE({start},12*{whole})>{stop},1,0)"),
        "factor": Formula(
            f'IF({days}=0,0,IF({COMPOUNDING}="annual",{annual},IF({COMPOUNDING}="annual_exponent",{exponent},{simple})))'
        ),
    }


def _by_table(facts: ProofFacts, start: str, stop: str) -> str:
    """Rates times days by the table: what there is until the end, less what there is until the start."""
    first, last = _TABLE + 1, _TABLE + len(facts.terms.interest.rates)
    if last < first:
        return ""
    froms, rates, sums = (f"'{TERMS}'!${column}${first}:${column}${last}" for column in "ABC")

    def until(day: str) -> str:
        since, rate = f"LOOKUP({day},{froms})", f"(LOOKUP({day},{froms},{rates})+{SPREAD})"
        return f"(LOOKUP({day},{froms},{sums})+{rate}*({day}-{since}))"

    return f"IF({start}<'{TERMS}'!$A${first},0,{until(stop)}-{until(start)})"


def write_register(sheet, facts: ProofFacts) -> None:
    title(sheet, 1, "Register: commitments before and after the closing")
    head(sheet, _FIRST_ROW - 1, ("No.", "Partner", "Before", "After", "Pays no interest", "Comes in"), 20)
    for number, key in enumerate(facts.partners, start=1):
        row = partner_row(number)
        put(sheet, row, 1, number, NUMBER)
        put(sheet, row, 2, facts.name_of(key))
        put(sheet, row, 3, facts.before.get(key, Decimal(0)), given=True)
        put(sheet, row, 4, facts.after[key], given=True)
        put(sheet, row, 5, YES if key in facts.terms.no_interest else "no", given=True)
        put(sheet, row, 6, YES if key not in facts.before else "no", given=True)


def partner_row(number: int) -> int:
    """Where a partner stands, counted from 1."""
    return _FIRST_ROW - 1 + number


def of_partner(column: str, number: int) -> str:
    """A cell of the register, from any sheet."""
    return PARTNERS.far(column, partner_row(number))

"""The fee of a fund over its life: every instalment and every late closing in turn, each with what was known then."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from capital.calc.prorata import Key
from fees.calc.checks import check_fee
from fees.calc.instalments import Instalment, bill
from fees.calc.late import CatchUp, catch_up
from fees.calc.periods import periods_of
from fees.calc.standing import Standing, State
from fees.calc.terms import ZERO, FeeIncome, FeeRefused, FeeTerms, Partner, Waiver


@dataclass(frozen=True, slots=True)
class Course:
    """What was billed and caught up with, and where everybody stands in the end."""

    instalments: tuple[Instalment, ...]
    catch_ups: tuple[CatchUp, ...]
    state: State

    def fee_of(self, key: Key) -> Decimal:
        """What a partner was billed and what it caught up with, interest and tax apart."""
        billed = sum((one.lines[key].net for one in self.instalments if key in one.lines), ZERO)
        return billed + sum((one.net for one in self.catch_ups if one.key == key), ZERO)


def run(
    terms: FeeTerms,
    partners: Sequence[Partner],
    *,
    income: Sequence[FeeIncome] = (),
    waivers: Sequence[Waiver] = (),
) -> Course:
    """Work out the fee of a fund from the first day with one to the last.

    Raises FeeRefused (as `check_fee` and `bill`; `waiver_without_instalment`), and ZeroWeights where there is fee
    income and nobody to share it.
    """
    check_fee(terms, partners, income, waivers)
    periods = periods_of(terms)
    if any(waiver.on not in {period.on for period in periods} for waiver in waivers):
        raise FeeRefused("waiver_without_instalment", "A fee is waived on the day of an instalment.")
    state = State({one.key: Standing(brought_forward=one.brought_forward) for one in partners})
    instalments, catch_ups = [], []
    admissions = {tranche.admitted_on for one in partners for tranche in one.tranches}
    for day in sorted(admissions | {period.on for period in periods}):
        stand = dict(state.partners)
        for partner in partners:
            if not partner.fee_free and any(tranche.admitted_on == day for tranche in partner.tranches):
                late, stand[partner.key] = catch_up(terms, partner, periods, day, stand[partner.key])
                catch_ups += [late] if late else []
        state = State(stand, state.recognised)
        waived = sum((waiver.amount for waiver in waivers if waiver.on == day), ZERO)
        for number in [number for number, period in enumerate(periods) if period.on == day]:
            billed, state = bill(terms, partners, periods, number, state, income=income, waived=waived)
            instalments.append(billed)
            waived = ZERO
    return Course(tuple(instalments), tuple(catch_ups), state)

"""The periods of a fee, their instalment dates, and what part of a year each is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from blackgem.lib.rates import year_fraction
from fees.calc.terms import FeeTerms, Frequency, Schedule, TimeRule


@dataclass(frozen=True, slots=True)
class Period:
    """[start, end) of one instalment, within the calendar period [whole_start, whole_end). `on`: when it falls due."""

    start: date
    end: date
    on: date
    whole_start: date
    whole_end: date
    frequency: Frequency
    time_rule: TimeRule

    @property
    def of_days(self) -> int:
        return (self.whole_end - self.whole_start).days

    def up_to(self, day: date) -> "Period":
        """The part of it before a day."""
        return replace(self, end=min(day, self.end))

    def time(self, start: date, end: date) -> Fraction:
        """The years that a part of it counts for, exactly."""
        if self.time_rule == TimeRule.BY_PERIOD:
            return Fraction(self.frequency.months, 12) * Fraction((end - start).days, self.of_days)
        return year_fraction(start, end, self.time_rule.value)


def periods_of(terms: FeeTerms) -> tuple[Period, ...]:
    """Every period from the first day with a fee to the last, in their order. A change of the schedule cuts them."""
    ends = [*(later.starts_on or terms.start for later in terms.schedules[1:]), terms.until]
    found: list[Period] = []
    for schedule, end in zip(terms.schedules, ends, strict=True):
        found += _periods(
            schedule, max(schedule.starts_on or terms.start, terms.start), min(end, terms.until)
        )
    return tuple(found)


def _periods(schedule: Schedule, start: date, until: date) -> Sequence[Period]:
    found, day, months = [], start, schedule.frequency.months
    while day < until:
        whole_start = date(day.year, (day.month - 1) // months * months + 1, 1)
        whole_end = _months_later(whole_start, months)
        end = min(whole_end, until)
        on = day if schedule.in_advance else end
        found.append(Period(day, end, on, whole_start, whole_end, schedule.frequency, schedule.time_rule))
        day = end
    return found


def _months_later(first: date, months: int) -> date:
    month = first.month - 1 + months
    return date(first.year + month // 12, month % 12 + 1, 1)

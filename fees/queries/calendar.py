"""What falls due next of a fund's fee, by its schedule and what was run."""

from dataclasses import dataclass
from datetime import date, timedelta

from blackgem.lib.errors import DomainError
from fees.calc.periods import Period
from fees.models import FeeRun
from fees.queries.working import schedules_of, terms_of
from funds.models import Fund


@dataclass(frozen=True, slots=True)
class NextFee:
    """The period after those that were run and whether its day has come; or the `problem` for which none is known."""

    period: Period | None = None
    is_due: bool = False
    problem: str = ""

    @property
    def days(self) -> int:
        return (self.period.end - self.period.start).days

    @property
    def last_day(self) -> date:
        return self.period.end - timedelta(1)


def next_fee(fund: Fund, *, today: date) -> NextFee:
    """What falls due next. A fund without a schedule has neither a period nor a problem."""
    schedules = schedules_of(fund)
    if not schedules:
        return NextFee()
    runs = list(FeeRun.objects.counting().filter(fund=fund).defer("inputs").order_by("starts_on"))
    try:
        _, periods = terms_of(fund, schedules, runs)
    except DomainError as error:
        return NextFee(problem=error.message)
    period = periods[len(runs)]
    return NextFee(period, period.on <= today)

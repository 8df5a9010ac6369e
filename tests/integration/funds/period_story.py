"""A fund whose first quarter is over, for stories about closing the books."""

from datetime import UTC, date, datetime, timedelta

from blackgem.lib.context import WriteContext
from dashboard.queries.positions import position_of
from funds.queries.period_checks import checks_of
from funds.queries.periods import next_span
from funds.services import periods
from funds.services.nav import enter_nav
from tests.integration.capital.story import Story

Q1 = date(2026, 3, 31)
CLOSED = datetime(2026, 4, 5, 9, tzinfo=UTC)


class PeriodStory(Story):
    """A fund whose first quarter of 2026 is over, with a call of 100,000.00 of which one partner paid in March."""

    def __init__(self, *, called="100000.00", paid="60000.00", **more):
        super().__init__(**more)
        self.called = self.issued(called)
        self.items = list(self.called.items.order_by("commitment__reference"))
        self.paid = self.pay_item(self.items[0], paid)

    def at(self, when=CLOSED, by=None) -> WriteContext:
        return WriteContext(by or self.manager, when)

    def value(self, day=Q1, when=CLOSED, amount="90000.00"):
        return enter_nav(fund_id=self.fund.pk, as_of=day, amount=amount, ctx=self.at(when))

    def ask(self, when=CLOSED, last_day=Q1):
        return periods.request_close(fund_id=self.fund.pk, last_day=last_day, ctx=self.at(when))

    def close(self, when=CLOSED, last_day=Q1):
        row = self.ask(when, last_day)
        return periods.approve_close(close_id=row.pk, ctx=self.at(when, self.second))

    def position(self, day=Q1, at=CLOSED + timedelta(days=200)):
        shown = position_of(self.fund, day, at=at)
        return [(row.paid, row.outstanding, row.unfunded) for _, row in shown.partners]

    def states(self, span=None) -> dict:
        return {
            one.key: str(one.state) for one in checks_of(self.fund, span or next_span(self.fund, up_to=Q1))
        }

"""Random terms and histories for the waterfall, as Hypothesis strategies."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from distributions.calc.facts import Contribution, History, Paid
from distributions.calc.terms import Compounding, DayCount, Order, Terms, Tier
from distributions.calc.waterfall import Event, distribute

START = date(2018, 1, 1)


def cents(low: int, high: int) -> st.SearchStrategy[Decimal]:
    return st.integers(low, high).map(lambda count: Decimal(count).scaleb(-2))


def rates(low: str, high: str, places: int = 2) -> st.SearchStrategy[Decimal]:
    scale = 10**places
    bounds = int(Decimal(low) * scale), int(Decimal(high) * scale)
    return st.integers(*bounds).map(lambda count: Decimal(count).scaleb(-places))


amounts = st.one_of(cents(0, 200), cents(1, 10**6), cents(1, 10**11))
days = st.integers(0, 3650).map(lambda count: START + timedelta(count))


carries = st.one_of(st.sampled_from([Decimal("0.20"), Decimal(0)]), rates("0", "0.6", 3))


@st.composite
def tiers(draw, *, hurdle: Decimal | None = None, carry: Decimal | None = None) -> Tier:
    carry = draw(carries) if carry is None else carry
    full = st.sampled_from([Decimal(1), Decimal(0), carry])
    near = rates("0", "0.02", 3).map(lambda more: min(carry + more, Decimal(1)))
    catch_up = draw(st.one_of(full, near, rates(str(carry), "1", 3)))
    return Tier(draw(rates("0", "0.3")) if hurdle is None else hurdle, catch_up, carry)


@st.composite
def terms(draw, *, most_tiers: int = 3) -> Terms:
    hurdles = sorted(draw(st.lists(rates("0", "0.3"), min_size=1, max_size=most_tiers, unique=True)))
    carried = sorted(draw(st.lists(carries, min_size=len(hurdles), max_size=len(hurdles))))
    return Terms(
        tuple(
            draw(tiers(hurdle=hurdle, carry=carry)) for hurdle, carry in zip(hurdles, carried, strict=True)
        ),
        compounding=draw(st.sampled_from(Compounding)),
        day_count=draw(st.sampled_from(DayCount)),
        order=draw(st.sampled_from(Order)),
    )


@dataclass(frozen=True)
class Payment:
    """A distribution to be made."""

    on: date
    amount: Decimal


@dataclass(frozen=True)
class Story:
    """Contributions and distributions of one account, in order of their dates."""

    contributions: tuple[Contribution, ...]
    payments: tuple[Payment, ...]

    @property
    def last_day(self) -> date:
        return max(flow.on for flow in self.contributions + self.payments)


@st.composite
def stories(draw, *, amounts=amounts, most: int = 5) -> Story:
    paid_in = draw(st.lists(st.tuples(days, amounts), min_size=1, max_size=most))
    paid_out = draw(st.lists(st.tuples(days, amounts), max_size=most))
    return Story(
        tuple(Contribution(*flow) for flow in sorted(paid_in)),
        tuple(Payment(*flow) for flow in sorted(paid_out)),
    )


def play(story: Story, terms: Terms) -> tuple[History, list[Event]]:
    """Make every distribution of a story in its turn."""
    paid: tuple[Paid, ...] = ()
    events = []
    for payment in story.payments:
        history = History(story.contributions, paid)
        events.append(distribute(history, terms, on=payment.on, amount=payment.amount))
        paid = (*paid, events[-1].as_paid())
    return History(story.contributions, paid), events

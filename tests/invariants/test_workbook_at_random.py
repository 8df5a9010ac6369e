"""Random terms, partners, histories: the workbook of the last distribution, recalculated by another engine, agrees."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from distributions.calc.accounts import check_history
from distributions.calc.facts import Contribution, History
from distributions.calc.openings import Partner, Role
from distributions.calc.partners import FundEvent, distribute_to_partners
from distributions.calc.terms import Scope, Terms
from distributions.workbook.build import build_workbook
from distributions.workbook.facts import lay_out
from distributions.workbook.partners import ByApp
from distributions.workbook.result import TierByApp
from tests.support.examples import examples
from tests.support.random_waterfalls import START, cents, terms
from tests.support.recalculated import Recalculated

ZERO = Decimal("0.00")
AT = datetime(2026, 1, 1, tzinfo=UTC)
amounts = st.one_of(cents(1, 10**4), cents(10**6, 10**9))


@st.composite
def contributions(draw) -> tuple[Contribution, ...]:
    """Up to four, some of which earn from another day than the one on which they were paid."""
    found = []
    for day in sorted(draw(st.lists(st.integers(0, 1500), min_size=1, max_size=4))):
        on = START + timedelta(day)
        shift = draw(st.sampled_from([0, 0, -20, 30]))
        found.append(Contribution(on, draw(amounts), None, on + timedelta(shift)))
    return tuple(found)


@st.composite
def funds(draw):
    """Terms, partners with side letters where they may have some, and the distributions: (day, amount)."""
    agreed = replace(draw(terms()), scope=draw(st.sampled_from(Scope)))
    partners = [
        Partner(
            f"{number}",
            History(draw(contributions()), commitment=draw(amounts)),
            terms=draw(st.none() | terms_like(agreed)) if agreed.scope == Scope.PER_INVESTOR else None,
        )
        for number in range(draw(st.integers(1, 4)))
    ]
    partners.append(Partner("GP", History(commitment=ZERO), Role.GP))
    if agreed.scope == Scope.AGGREGATE:
        partners = [replace(one, weight=one.history.commitment) for one in partners]
    days = sorted(draw(st.lists(st.integers(1500, 4000), min_size=1, max_size=4)))
    return agreed, partners, [(START + timedelta(day), draw(amounts)) for day in days]


@st.composite
def terms_like(draw, agreed: Terms) -> Terms:
    """A side letter: other rates in as many tiers."""
    other = draw(terms(most_tiers=1)).tiers[0]
    # No letter lifts the first tier above the next: its hurdle and carry only fall.
    lower = {name: min(getattr(other, name), getattr(agreed.tiers[0], name)) for name in ("hurdle", "carry")}
    first = replace(agreed.tiers[0], catch_up=other.catch_up, **lower)
    return replace(agreed, tiers=(first, *agreed.tiers[1:]))


def play(agreed, partners, distributions) -> tuple[list[Partner], FundEvent]:
    """Make every distribution in its turn: the partners as the last one met them, and the last one."""
    for number, (on, amount) in enumerate(distributions):
        event = distribute_to_partners(partners, agreed, on=on, amount=amount)
        if number + 1 < len(distributions):
            paid = event.as_paid(number)
            partners = [
                replace(one, history=replace(one.history, paid=(*one.history.paid, paid[one.key])))
                for one in partners
            ]
    return partners, event


def workbook(agreed, partners, event: FundEvent) -> bytes:
    rows = [
        {"reference": one.key, "investor": f"Partner {one.key}", "role": one.role, "terms": one.terms}
        | {"history": one.history}
        for one in partners
    ]
    facts = lay_out(rows, agreed, on=event.on, amount=event.amount, deal=None, is_excess=False)
    steps = [
        TierByApp(str(one.kind), f"{one.kind} {one.tier}", one.tier, one.lp, one.gp) for one in event.steps
    ]
    return build_workbook(
        facts,
        heading=("A fund", "A distribution"),
        tiers=[*steps, TierByApp("gp_own", "own", 1, ZERO, event.gp_own)],
        by_app=[by_app(share, event) for share in event.shares],
        deals={},
        at=AT,
    )


def by_app(share, event) -> ByApp:
    parts = share.parts
    if share.role == Role.GP:
        carry = event.parts.gp_carry
        return ByApp(ZERO, ZERO, share.gp_own, carry, share.gp_own + carry)
    return ByApp(parts.return_of_capital, parts.preferred_return, parts.lp_profit_share, ZERO, parts.lp_total)


@settings(
    examples(20),
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,
    ],
)
@given(fund=funds())
def test_every_cent_is_the_same(fund, tmp_path):
    agreed, partners, distributions = fund
    partners, event = play(agreed, partners, distributions)
    for one in partners:
        check_history(one.history, event.on)
    path = tmp_path / "check.xlsx"
    path.write_bytes(workbook(agreed, partners, event))
    book = Recalculated(path)
    wrong = {name: row for name, row in book.partners().items() if row["Check"] != "OK"}
    assert book.verdict == "OK", (book.steps(), wrong, book.errors())

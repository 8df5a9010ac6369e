"""A waterfall over a long history: the mathematics alone, with its facts read, and as a preview on the page.

The ledger is laid down as for the roll-ups; the earlier distributions go through the services.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.core.cache import caches
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from blackgem.lib.context import WriteContext
from blackgem.lib.opened import open_import
from blackgem.models import User
from distributions.calc.partners import distribute_to_partners
from distributions.services.distributions import draft_distribution, issue_distribution
from distributions.services.facts import facts_on, terms_on
from distributions.services.planning import DistributionPlan, work_out
from funds.models import Commitment, Fund, Investor
from funds.services.register import admit
from funds.services.terms import set_terms

from .figures import Figure, medians, milliseconds
from .population import FOUNDED, Shape
from .scratch import Scratch, use

HEADINGS = ("waterfall", "measured", "mathematics alone", "ratio", "", "")
FULL, QUICK = (Shape(1, 40, 500), 20), (Shape(1, 6, 40), 3)
LAST_CALL = date(2022, 9, 1)
NEXT = date(2026, 6, 30)
PROCEEDS = Decimal("1234567.89")


def measure(scratch: Scratch, *, quick: bool) -> Iterator[Figure]:
    shape, earlier = QUICK if quick else FULL
    database = scratch.populated("waterfall", shape, paid=True)
    use(database)
    manager, fund = User.objects.get(pk=1), Fund.objects.get(pk=1)
    _found(fund, manager)
    for number in range(earlier):
        _distribute(fund, manager, LAST_CALL + timedelta(days=60 * (number + 1)))
    what = f"{shape.partners} partners, {shape.calls} calls, {earlier} earlier distributions"
    yield from _timed(fund, manager, f"{what}, per investor")
    _terms(fund, manager, "aggregate")
    yield from _timed(fund, manager, f"{what}, aggregate")
    use(scratch.template)
    scratch.drop(database)


@transaction.atomic
def _found(fund, manager) -> None:
    """What the population leaves out: a general partner, and terms."""
    open_import()
    investor = Investor.objects.create(name="General partner", created_by=manager)
    gp = Commitment.objects.create(
        fund=fund,
        investor=investor,
        kind="gp",
        closing_date=FOUNDED,
        reference="GP",
        created_by=manager,
    )
    admit(gp, 0, WriteContext(manager, timezone.now()))
    _terms(fund, manager, "per_investor")


def _terms(fund, manager, scope) -> None:
    fields = {
        "effective_on": FOUNDED,
        "style": "european",
        "scope": scope,
        "hurdle_rate": Decimal("0.08"),
        "catch_up_rate": Decimal(1),
        "carry_rate": Decimal("0.20"),
    }
    set_terms(fund_id=fund.pk, fields=fields, ctx=WriteContext(manager, _noon(FOUNDED)))


def _distribute(fund, manager, day) -> None:
    plan = DistributionPlan(fund.pk, PROCEEDS, day, source="Dividend")
    draft = draft_distribution(plan=plan, ctx=WriteContext(manager, _noon(day)))
    issue_distribution(distribution_id=draft.pk, ctx=WriteContext(manager, _noon(day)))


def _timed(fund, manager, what) -> Iterator[Figure]:
    terms = terms_on(fund, NEXT)
    facts = facts_on(fund, terms, NEXT)
    client = Client()
    client.force_login(manager)
    preview = reverse("distributions:distribution_preview")
    amounts = iter(range(50_000_000, 60_000_000, 7))  # another one each time, as when somebody types
    tasks = {
        "mathematics": lambda: distribute_to_partners(
            facts.partners, facts.terms, on=NEXT, amount=Decimal(next(amounts))
        ),
        "with its facts read": lambda: work_out(DistributionPlan(fund.pk, Decimal(next(amounts)), NEXT)),
        "preview, first look": lambda: (
            caches["process"].clear(),
            client.post(preview, _typed(fund, next(amounts))),
        ),
        "preview, while typing": lambda: client.post(preview, _typed(fund, next(amounts))),
    }
    _check(client.post(preview, _typed(fund, next(amounts))))
    times = medians(tasks, rounds=9, seconds=20)
    alone = times.pop("mathematics")
    yield Figure(what, milliseconds(alone))
    for name, taken in times.items():
        yield Figure(f"  {name}", milliseconds(taken), milliseconds(alone), taken / alone)


def _typed(fund, amount) -> dict:
    return {"fund": fund.pk, "total_amount": f"{amount}.00", "date": f"{NEXT}", "type": "EXIT_PROCEEDS"}


def _check(answer) -> None:
    if answer.status_code != 200 or b"Preferred return" not in answer.content:
        raise RuntimeError("The preview was not worked out.")


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)

"""One investor across the funds that a person sees, whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum, Window

from blackgem.lib import audit
from blackgem.lib.days import LocalDay
from blackgem.lib.timeline import FundNamed, told
from blackgem.lib.together import read_together
from capital.models import CapitalCallItem
from capital.queries.nav import add_nav, with_terms_of_nav
from distributions.models import DistributionItem
from funds.models import (
    Adviser,
    CapitalTransaction,
    Commitment,
    ControlChange,
    Fund,
    Investor,
    InvestorContact,
)
from funds.queries.access import with_role
from funds.queries.advisers import advisers_of_investor
from funds.queries.controls import changes_of_investors, with_words
from funds.queries.invitations import contacts_of
from funds.queries.lists import Shortened, cut

ITEMS_SHOWN = 25
EVENTS_SHOWN = 20


def commitments_of(user, investor, *, at: datetime) -> list[Commitment]:
    """What an investor promised the funds that this person sees, with fund, capital, the person's `role` and what
    `multiples_of` reads."""
    seen = investor.commitments.filter(fund__in=Fund.objects.visible_to(user))
    commitments = with_role(seen.select_related("fund", "capital"), user).order_by("fund__name")
    rows = list(with_terms_of_nav(commitments, as_of=LocalDay(at, "fund__time_zone")))
    add_nav(rows, day_of=lambda fund: fund.day_of(at))
    return rows


@dataclass(frozen=True, slots=True)
class PaymentPosted:
    """A payment, or what took one back, as the ledger has it."""

    commitment: Commitment
    value_date: date
    description: str
    call_id: int
    call_item_id: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class AboutInvestor:
    """What stands about an investor beside its commitments, the newest first: its `items` of issued calls with call and
    capital, its `payments`, its `distributions` (items with distribution, capital and `profit`), what was done with it
    (`events`), by name its `contacts`, the `advisers` that it asked for, and in words the `changes` that wait."""

    contacts: list[InvestorContact]
    advisers: list[Adviser]
    changes: list[ControlChange]
    distributions: Shortened
    items: Shortened
    payments: Shortened
    events: Shortened


def about(
    user, investor: Investor, commitments: Sequence[Commitment], *, at: datetime, whole: str
) -> AboutInvestor:
    """In one statement; all of the list that `whole` names (calls, payments, distributions, story), the first of the
    others."""
    contacts, advisers, changes, distributions, items, payments, events = read_together(
        contacts_of(investor, user, at=at),
        advisers_of_investor(investor, user, at=at),
        changes_of_investors(user, [investor.pk]).select_related("fund", "recorded_by"),
        cut(_distributions(commitments), None if whole == "distributions" else ITEMS_SHOWN),
        cut(_items(commitments), None if whole == "calls" else ITEMS_SHOWN),
        _payments(commitments)[: None if whole == "payments" else ITEMS_SHOWN],
        cut(_events(investor, commitments), None if whole == "story" else EVENTS_SHOWN),
    )
    by_id = {one.pk: one for one in commitments}
    for item in (*distributions, *items):
        item.commitment = by_id[item.commitment_id]
    for item in items:
        item.call.fund = item.commitment.fund
    posted = [PaymentPosted(by_id[partner], *facts, amount) for partner, *facts, _, amount, _ in payments]
    funds = {one.fund_id: FundNamed(one.fund.name, one.fund.currency) for one in commitments}
    return AboutInvestor(
        contacts,
        advisers,
        # What several funds decide is one change.
        with_words(list({change.batch: change for change in changes}.values())),
        Shortened.of(distributions),
        Shortened.of(items),
        Shortened(posted, payments[0][-1] if payments else 0),
        Shortened([entry for _, entry, _ in told(events, funds)], Shortened.of(events).total),
    )


def _items(commitments) -> QuerySet[CapitalCallItem]:
    # A call that is not issued counts nowhere: it has called nothing.
    issued = CapitalCallItem.objects.filter(
        commitment__in=[one.pk for one in commitments], call__approved_at__isnull=False
    )
    shown = issued.exclude(call__cancelled_at__isnull=False).select_related("call", "capital")
    return shown.order_by("-call__due_date", "-pk")


def _distributions(commitments) -> QuerySet[DistributionItem]:
    issued = DistributionItem.objects.filter(
        commitment__in=[one.pk for one in commitments], distribution__sent_at__isnull=False
    )
    shown = (
        issued.exclude(distribution__cancelled_at__isnull=False)
        .select_related("distribution", "capital")
        .defer("tiers", "working", "distribution__inputs")
        .annotate(profit=F("gross_amount") - F("return_of_capital"))
    )
    return shown.order_by("-distribution__date", "-pk")


def _payments(commitments) -> QuerySet:
    """One row for each payment, whatever it was applied to; behind them how many there are."""
    rows = CapitalTransaction.objects.filter(
        commitment__in=[one.pk for one in commitments], payment_id__isnull=False
    )
    payments = rows.values_list(
        "commitment_id", "value_date", "description", "call_id", "call_item_id", "payment_id"
    )
    newest = payments.annotate(sum=Sum("amount"), in_all=Window(Count("payment_id")))
    return newest.order_by("-value_date", "-payment_id")


def _events(investor, commitments) -> QuerySet:
    """What was done with an investor, its contacts and these commitments of it, newest first.

    Events of funds that this person does not see stay unseen.
    """
    funds = {commitment.fund_id for commitment in commitments}
    return audit.timeline(investor).filter(Q(fund_id=None) | Q(fund_id__in=funds))

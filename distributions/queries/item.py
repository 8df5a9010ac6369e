"""One partner's part of a distribution: what it is made of, what was paid out, and the letters about it."""

from decimal import Decimal
from types import SimpleNamespace

from blackgem.lib import audit
from blackgem.lib.pages import found
from blackgem.lib.timeline import TimelineEntry, entries_of
from distributions.access import check_request_payout_reversal
from distributions.models import Distribution, DistributionItem, Payout, PayoutReversal
from distributions.queries.working import TierShown, tiers_shown
from funds.models import Notice, PayeeDetails
from funds.queries.access import with_role
from funds.queries.questions import messages_with
from funds.queries.reversals import BY_CLOSING, MoneyShown, money_shown, with_reversals


def item_of(user, distribution_id, item_id) -> DistributionItem:
    """The item with distribution, fund, terms, commitment, capital and the user's `role`; else 404."""
    visible = Distribution.objects.visible_to(user).values("pk")
    items = DistributionItem.objects.filter(distribution__in=visible).select_related(
        "distribution__fund",
        "distribution__terms",
        "commitment__investor",
        "commitment__distributions",
        "capital",
    )
    items = items.annotate(messages=messages_with(Notice.Kind.DISTRIBUTION))
    return found(with_role(items, user), pk=item_id, distribution=distribution_id)


def item_to_release(user, item_id) -> DistributionItem:
    """The item of a held payout with distribution, fund and partner, and the user's `role`; else 404."""
    visible = Distribution.objects.visible_to(user).values("pk")
    items = DistributionItem.objects.filter(distribution__in=visible)
    related = ("distribution__fund", "commitment__investor")
    return found(with_role(items.select_related(*related), user), pk=item_id)


def accounts_of_item(item: DistributionItem) -> tuple[PayeeDetails | None, PayeeDetails | None]:
    """The newest account of its partner that was not rejected, and the one in force."""
    versions = PayeeDetails.objects.filter(commitment=item.commitment_id, rejected_at=None)
    newest = versions.select_related("created_by", "verified_by").order_by("-version")
    return newest.first(), newest.verified().first()


def payout_of(user, distribution_id, payout_id) -> Payout:
    """The payout with its item, distribution and fund; else 404."""
    visible = Distribution.objects.visible_to(user).values("pk")
    payouts = Payout.objects.filter(distribution__in=visible).select_related(
        "distribution__fund", "item__commitment__investor"
    )
    return found(with_role(payouts, user), pk=payout_id, distribution=distribution_id)


def payouts_of(item, by) -> list[MoneyShown]:
    """Every payout and reversal of an item, newest first, and whether this person may ask to `reverse` it."""
    payouts = item.payouts.select_related("recorded_by", "payee_details")
    read = with_reversals(
        payouts, PayoutReversal.objects.pending(), of="payout", posted_by="payout_id", **BY_CLOSING
    )
    return money_shown(read, item.role, by, check_request_payout_reversal)


def working_of(item) -> list[TierShown]:
    """The tiers on this partner's own account, where it has one."""
    names = ("owed_before", "lp_amount", "gp_amount", "owed_after")
    rows = [
        SimpleNamespace(
            kind=step["kind"],
            tier=step["tier"],
            inputs=step["inputs"],
            **{name: None if step[name] is None else Decimal(step[name]) for name in names},
        )
        for step in item.working
    ]
    return tiers_shown(rows, item.distribution.fund.currency)


def story_of_item(item) -> list[TimelineEntry]:
    """What was done with the item, newest first. A payout to many is told with what went to this one, which is all."""
    events = list(audit.timeline(item))
    for event in events:
        if "paid_out" in event.changes:
            event.changes = {**event.changes, "paid_out": [None, f"{item.gross_amount:f}"]}
    return entries_of(events, item.distribution.fund.currency)

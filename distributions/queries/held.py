"""The queue of payouts that are held, for a second person to release."""

from datetime import datetime

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from blackgem.lib import approvals
from blackgem.lib.approvals import Queue, Verb
from blackgem.lib.checks import offer
from distributions.access import check_release_payout
from distributions.models import DistributionItem, Payout
from distributions.queries.holds import WORDS, hold_of
from distributions.states import DISTRIBUTION_ISSUED
from funds.models import PayeeDetails
from funds.queries.access import with_role
from funds.queries.approvals import managed_by


def unpaid_held(user) -> QuerySet[DistributionItem]:
    """Held for everybody, of issued distributions in funds that this person manages."""
    paid = Payout.objects.filter(item=OuterRef("pk"), reverses=None, reversed_by_payout=None)
    known = PayeeDetails.objects.filter(commitment=OuterRef("commitment"))
    items = DistributionItem.objects.filter(
        Exists(known),
        ~Exists(paid),
        gross_amount__gt=0,
        distribution__status__in=DISTRIBUTION_ISSUED,
        fund__in=managed_by(user).values("pk"),
    )
    return items.annotate(hold=hold_of()).filter(hold__isnull=False)


def _rows(user) -> QuerySet[DistributionItem]:
    newest = PayeeDetails.objects.filter(commitment=OuterRef("commitment"), rejected_at=None).order_by(
        "-version"
    )
    facts = {"by": F("created_by"), "name": F("created_by__full_name"), "at": F("created_at")}
    rows = with_role(unpaid_held(user), user).annotate(
        newest=Subquery(newest.values(facts=JSONObject(**facts))[:1])
    )
    related = ("fund", "commitment__investor", "distribution")
    shown = rows.select_related(*related).defer("tiers", "working", "distribution__inputs")
    return shown.order_by("distribution_id", "pk")


def _marked(rows: list[DistributionItem], user, at: datetime) -> list[DistributionItem]:
    for item in rows:
        item.subject = f"the payout to {item.commitment.investor.name}"
        item.asked_by = item.newest["name"]
        item.asked_at = datetime.fromisoformat(item.newest["at"])
        item.why = WORDS[item.hold]
        item.approve = offer(check_release_payout, item, user, entered_by=item.newest["by"])
    return rows


approvals.register(
    Queue(
        rows=_rows,
        marked=_marked,
        seen=unpaid_held,
        waiting=unpaid_held,
        key="held_payouts",
        place=53,
        noun="payout that is held",
        plural="payouts that are held",
        title="Payouts that are held",
        headings=("Partner", "Distribution", "Net", "Why"),
        numeric=("Net",),
        template="distributions/approvals_held.html",
        approve=Verb("distributions:payout_release", "Release", "Release"),
        foot="A released payout goes to the account in force. Whoever entered the new account releases none, and who "
        "releases one does not record it.",
    )
)

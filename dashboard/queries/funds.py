"""Funds with their figures: the list, and one fund, whole."""

from django.core.paginator import Page
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from blackgem.lib.pages import found
from capital.models import CapitalCall
from funds.models import Commitment, Fund
from funds.queries.access import with_role
from funds.queries.lists import nearest_page_of, order_of, page_of

FUNDS_PER_PAGE = 50
COMMITMENTS_PER_PAGE = 100
FUND_SORTS = {
    "name": "name",
    "committed": "partners__committed",
    "called": "partners__called",
    "paid": "partners__paid",
    "outstanding": "partners__outstanding",
    "unfunded": "partners__unfunded",
}
COMMITMENT_SORTS = {
    "investor": "investor__name",
    "reference": "reference",
    "committed": "amount",
    "called": "capital__called",
    "paid": "capital__paid",
    "outstanding": "capital__outstanding",
    "unfunded": "capital__unfunded",
}


def funds_page(user, *, sort: str, number) -> Page:
    """The funds a person sees, with their roll-ups."""
    funds = with_role(Fund.objects.visible_to(user), user, fund="pk")
    return page_of(
        funds.select_related("capital", "partners", "cash").order_by(*order_of(sort, FUND_SORTS)),
        FUNDS_PER_PAGE,
        number,
    )


def fund_with_figures(user, fund_id) -> Fund:
    """A fund with roll-ups, `role`, `partner_count`, `lp_count`, `has_calls`, and what its calls draw on no deal:
    `no_deal_called`, `no_deal_paid`, `no_deal_outstanding` bridge the deals to the calls' totals."""
    funds = with_role(Fund.objects.visible_to(user), user, fund="pk").select_related(
        "capital", "partners", "cash", "distributed"
    )
    return found(
        funds.annotate(
            partner_count=_count_commitments(),
            lp_count=_count_commitments(Q(kind=Commitment.Kind.LP)),
            has_calls=Exists(CapitalCall.objects.filter(fund=OuterRef("pk"))),
            no_deal_called=F("partners__called") - F("capital__total_called"),
            no_deal_paid=F("partners__paid") - F("capital__total_funded"),
            no_deal_outstanding=F("partners__outstanding") - F("capital__outstanding_calls"),
        ),
        pk=fund_id,
    )


def _count_commitments(condition=None):
    commitments = Commitment.objects.filter(condition or Q(), fund=OuterRef("pk")).order_by().values("fund")
    return Coalesce(Subquery(commitments.annotate(count=Count("pk")).values("count")), 0)


def allocations_of(fund):
    """What the fund set aside for deals, by name of the deal, with capital."""
    return fund.allocations.select_related("deal", "capital").order_by("deal__name", "pk")


def commitments_page(fund, *, sort: str, number) -> Page:
    """The fund's partners with what each has promised, been called for and paid."""
    # The roll-up's own fund keeps PostgreSQL from adding up every other fund's partners too.
    commitments = fund.commitments.filter(capital__fund=fund).select_related("investor", "capital")
    ordered = commitments.order_by(*order_of(sort, COMMITMENT_SORTS))
    return nearest_page_of(ordered, COMMITMENTS_PER_PAGE, number, count=fund.partner_count)

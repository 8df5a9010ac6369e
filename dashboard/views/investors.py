"""The list of investors, and one investor, whole."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.downloads import stream_table
from blackgem.lib.lists import Listing, as_file, sort_of
from blackgem.lib.pages import narrowed
from capital.queries.nav import gross_multiples_of, multiples_of
from dashboard.forms.filters import InvestorListForm
from dashboard.queries import investors as queries
from dashboard.queries.investor import about, commitments_of
from funds.access import (
    MANAGE,
    check_change_shared,
    check_enter_shared,
    check_invite_contact,
    check_open_portal,
    check_role,
)
from funds.models import Adviser, InvestorContact
from funds.queries.files import export_name
from funds.queries.partners import investor_of
from funds.services.portal_access import check_grant_access
from funds.views.revealing import is_revealed


@manager_page
@require_safe
def investor_list(request):
    funds = queries.funds_to_choose(request.user)
    form = InvestorListForm(request.GET, funds=funds)
    chosen, sort = _filter(narrowed(form), funds), sort_of(request, queries.INVESTORS)
    page = queries.investors_page(request.user, chosen, sort=sort, number=request.GET.get("page"))
    totals = queries.totals(request.user, chosen)
    beneath = [{"currency": chosen.currency, **totals}] if funds and not chosen.text else []
    context = {
        "listing": Listing(queries.INVESTORS, request, form, page, beneath),
        "chosen": chosen,
        "totals": totals,
        "currencies": sorted({fund.currency for fund in funds}),
        "enter": offer(check_enter_shared, request.user),
    }
    return render(request, "dashboard/investor_list.html", context)


@require_GET
@manager_page
def export_investors(request, form):
    """The whole filter as CSV or XLSX, in the order of the list."""
    funds = queries.funds_to_choose(request.user)
    chosen = _filter(narrowed(InvestorListForm(request.GET, funds=funds)), funds)
    rows = queries.export_rows(request.user, chosen, sort=sort_of(request, queries.INVESTORS))
    return stream_table(
        form,
        *as_file(request, queries.INVESTORS, queries.EXPORT_COLUMNS, rows),
        name=export_name("investors", chosen.fund and chosen.fund.pk),
        sheet="Investors",
        ctx=context_of(request),
    )


def _filter(cleaned, funds) -> queries.InvestorFilter:
    """Figures are in the chosen fund's currency, else in the chosen one, else in that of most funds."""
    fund = next((fund for fund in funds if fund.pk == cleaned["fund"]), None)
    currencies = [one.currency for one in funds]
    usual = max(sorted(set(currencies)), key=currencies.count, default="USD")
    return queries.InvestorFilter(
        text=cleaned["q"], fund=fund, currency=fund.currency if fund else cleaned["currency"] or usual
    )


@manager_page
@require_safe
def investor(request, investor_id):
    """One investor across the funds that this person sees, with what it was called for, paid and got."""
    investor = investor_of(request.user, investor_id)
    at = timezone.now()
    commitments = commitments_of(request.user, investor, at=at)
    for commitment in commitments:
        commitment.manage = offer(check_role, commitment.role, MANAGE)
        commitment.multiples, commitment.gross = multiples_of(commitment), gross_multiples_of(commitment)
    found = about(request.user, investor, commitments, at=at, whole=request.GET.get("all", ""))
    change = offer(check_change_shared, investor, request.user)
    context = {
        "investor": investor,
        "at": at,
        "commitments": commitments,
        "advisers": _with_decisions(found.advisers, commitments),
        "contacts": _with_offers(found.contacts, investor, request.user),
        "items": found.items,
        "payments": found.payments,
        "distributions": found.distributions,
        "has_nav": any(commitment.nav is not None for commitment in commitments),
        "events": found.events,
        "change": change,
        "changes": found.changes,
        "revealed": bool(change) and is_revealed(request, investor, at),
    }
    return render(request, "dashboard/investor_detail.html", context)


def _with_offers(contacts: list[InvestorContact], investor, user) -> list[InvestorContact]:
    """The contacts, each with the offers to `invite` it, and to `grant` it more where it signs in already."""
    for one in contacts:
        one.investor = investor
        one.invite = offer(check_invite_contact, one, user, waits=one.waits)
        one.grant = offer(check_grant_access, one, user, is_more=one.more) if one.user_id else None
        one.rights = offer(check_open_portal, investor, user)
    return contacts


def _with_decisions(advisers: list[Adviser], commitments) -> list[Adviser]:
    """Whom the investor asked for, each with whether this person `decides` it."""
    managed = {one.pk for one in commitments if one.manage}
    for one in advisers:
        one.decides = one.commitment_id in managed
    return advisers

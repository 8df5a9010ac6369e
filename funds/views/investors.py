"""Investors and the people who speak for them."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.downloads import stream_table
from blackgem.lib.pages import found, save_form
from funds.forms.partners import ContactForm, InvestorForm, InvestorListForm, NewInvestorForm
from funds.models import InvestorContact
from funds.queries import partners as queries
from funds.queries.files import export_name
from funds.queries.invitations import contacts_of
from funds.queries.nav import gross_multiples_of, multiples_of
from funds.services.partners import (
    INVESTOR_TIE,
    add_contact,
    change_contact,
    change_investor,
    create_investor,
    remove_contact,
)
from funds.staff import (
    check_may_change,
    check_may_enter_partners,
    may_enter_partners,
    may_open_portal,
)

from .asking import fund_to_go_on_with, narrowed, warn_of_look_alike, warn_of_namesakes


@manager_page
@require_safe
def investor_list(request):
    funds = queries.funds_to_choose(request.user)
    form = InvestorListForm(request.GET, funds=funds)
    chosen, sort = _filter(narrowed(form), funds), request.GET.get("sort", "name")
    context = {
        "form": form,
        "chosen": chosen,
        "sort": sort,
        "page": queries.investors_page(request.user, chosen, sort=sort, number=request.GET.get("page")),
        "totals": queries.totals(request.user, chosen),
        "currencies": sorted({fund.currency for fund in funds}),
        "may_enter": may_enter_partners(request.user),
    }
    return render(request, "funds/investor_list.html", context)


@require_GET
@manager_page
def export_investors(request, form):
    """The whole filter as CSV or XLSX, in the order of the list."""
    funds = queries.funds_to_choose(request.user)
    chosen = _filter(narrowed(InvestorListForm(request.GET, funds=funds)), funds)
    return stream_table(
        form,
        queries.EXPORT_COLUMNS,
        queries.export_rows(request.user, chosen, sort=request.GET.get("sort", "name")),
        name=export_name("investors", chosen.fund and chosen.fund.pk),
        sheet="Investors",
        by=request.user,
        at=timezone.now(),
    )


def _filter(typed, funds) -> queries.InvestorFilter:
    """Figures are in the chosen fund's currency, else in the chosen one, else in that of most funds."""
    fund = next((fund for fund in funds if fund.pk == typed["fund"]), None)
    currencies = [one.currency for one in funds]
    usual = max(sorted(set(currencies)), key=currencies.count, default="USD")
    return queries.InvestorFilter(
        text=typed["q"], fund=fund, currency=fund.currency if fund else typed["currency"] or usual
    )


@manager_page
@require_safe
def investor(request, investor_id):
    """One investor across the funds that this person sees, with what it was called for, paid and got."""
    investor = queries.investor_of(request.user, investor_id)
    at = timezone.now()
    commitments = queries.commitments_of(request.user, investor, at=at)
    for commitment in commitments:
        commitment.multiples, commitment.gross = multiples_of(commitment), gross_multiples_of(commitment)
    whole = request.GET.get("all", "")
    context = {
        "investor": investor,
        "at": at,
        "commitments": commitments,
        "contacts": contacts_of(investor, at=at),
        "items": queries.items_of(commitments, whole=whole == "calls"),
        "payments": queries.payments_of(commitments, whole=whole == "payments"),
        "distributions": queries.distribution_items_of(commitments, whole=whole == "distributions"),
        "has_nav": any(commitment.nav is not None for commitment in commitments),
        "events": queries.story_of(request.user, investor, commitments, whole=whole == "story"),
        "may_change": queries.may_change(request.user, investor),
        "may_open_portal": _may_open_portal(request.user, investor, commitments),
    }
    return render(request, "funds/investor_detail.html", context)


def _may_open_portal(user, investor, commitments) -> bool:
    """What the commitments of the page tell needs no further question."""
    if commitments:
        return any(commitment.is_managed for commitment in commitments)
    return may_open_portal(user, investor)


@manager_page
@require_http_methods(["GET", "POST"])
def investor_new(request):
    """With ?fund= the commitment to that fund is asked for next."""
    check_may_enter_partners(request.user)
    fund = fund_to_go_on_with(request)
    form, status = NewInvestorForm(request.POST or None), 200
    if request.method == "POST":
        made, status = save_form(
            form, lambda typed: create_investor(fields=typed, by=request.user, at=timezone.now())
        )
        if made:
            messages.success(request, f"{made} is entered.")
            warn_of_namesakes(request, made)
            if fund:
                return redirect(f"{reverse('funds:commitment_new', args=[fund.pk])}?investor={made.pk}")
            return redirect("funds:investor", made.pk)
    return render(request, "funds/investor_form.html", {"form": form, "next_fund": fund}, status=status)


@manager_page
@require_http_methods(["GET", "POST"])
def investor_edit(request, investor_id):
    investor = queries.investor_of(request.user, investor_id)
    check_may_change(request.user, investor, tie=INVESTOR_TIE)
    form, status = InvestorForm(request.POST or None, row=investor), 200
    if request.method == "POST":
        saved, status = save_form(
            form,
            lambda typed: change_investor(
                investor_id=investor_id, fields=typed, by=request.user, at=timezone.now()
            ),
        )
        if saved:
            messages.success(request, f"{saved} is saved.")
            if "name" in form.changed_data:
                warn_of_namesakes(request, saved)
            return redirect("funds:investor", investor_id)
    return render(request, "funds/investor_form.html", {"form": form, "investor": investor}, status=status)


# ---------------------------------------------------------------- contacts


@manager_page
@require_http_methods(["GET", "POST"])
def contact_new(request, investor_id):
    investor = queries.investor_of(request.user, investor_id)
    check_may_change(request.user, investor, tie=INVESTOR_TIE)
    form, status = ContactForm(request.POST or None), 200
    if request.method == "POST":
        made, status = save_form(
            form,
            lambda typed: add_contact(
                investor_id=investor_id, fields=typed, by=request.user, at=timezone.now()
            ),
        )
        if made:
            messages.success(request, f"{made.name} is entered as a contact.")
            warn_of_look_alike(request, made)
            return redirect("funds:investor", investor_id)
    return render(request, "funds/contact_form.html", {"form": form, "investor": investor}, status=status)


@manager_page
@require_http_methods(["GET", "POST"])
def contact_edit(request, investor_id, contact_id):
    investor = queries.investor_of(request.user, investor_id)
    check_may_change(request.user, investor, tie=INVESTOR_TIE)
    contact = found(InvestorContact.objects.all(), pk=contact_id, investor=investor)
    form, status = ContactForm(request.POST or None, row=contact), 200
    if request.method == "POST":
        saved, status = save_form(
            form,
            lambda typed: change_contact(
                contact_id=contact_id, fields=typed, by=request.user, at=timezone.now()
            ),
        )
        if saved:
            messages.success(request, f"{saved.name} is saved.")
            if "email" in form.changed_data:
                warn_of_look_alike(request, saved)
            return redirect("funds:investor", investor_id)
    context = {
        "form": form,
        "investor": investor,
        "contact": contact,
        "may_open_portal": may_open_portal(request.user, investor),
    }
    return render(request, "funds/contact_form.html", context, status=status)


@manager_page
@require_POST
def contact_remove(request, investor_id, contact_id):
    contact = found(InvestorContact.objects.all(), pk=contact_id, investor=investor_id)
    remove_contact(contact_id=contact_id, by=request.user, at=timezone.now())
    messages.success(request, f"{contact.name} gets no more notices.")
    return redirect("funds:investor", investor_id)

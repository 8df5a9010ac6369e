"""What a fund has returned, what it is worth, what it lost, and what its GP would owe back."""

from django.contrib import messages
from django.db import transaction
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.errors import Conflict
from blackgem.lib.money import format_money
from blackgem.lib.pages import REFUSED, FormPage, form_page, render_partial
from blackgem.lib.together import read_together
from distributions.forms.returns import AsOfForm, WriteDownForm
from distributions.models import WriteDown
from distributions.queries import returns as read
from distributions.queries.distribution import capital_to_recover
from distributions.services import write_downs as services
from distributions.services.facts import facts_on, terms_on
from funds.access import MANAGE, check_may
from funds.forms.terms import NavForm
from funds.models import ControlChange, Deal, NavEntryDeal
from funds.queries.access import fund_of, may_manage
from funds.queries.controls import waiting_of
from funds.services.nav import enter_nav
from funds.views.asking import say_it_waits
from funds.views.deciding import approval, refusal


@require_safe
@manager_page
def fund_returns(request: HttpRequest, fund_id: int) -> HttpResponse:
    """Multiples, IRR and clawback as of a day; today where none is asked for."""
    fund = fund_of(request.user, fund_id)
    form = AsOfForm({"as_of": request.GET.get("as_of") or fund.day_of(timezone.now())})
    navs, write_downs = read_together(
        fund.nav_entries.select_related("created_by")
        .prefetch_related(Prefetch("deals", NavEntryDeal.objects.select_related("deal")))
        .order_by("-as_of", "-pk"),
        fund.write_downs.select_related("deal", "created_by").order_by("-date", "-pk"),
    )
    context = {
        "fund": fund,
        "currency": fund.currency,
        "form": form,
        "may_manage": may_manage(fund),
        "navs": navs,
        "changes": waiting_of(fund, ControlChange.Kind.NAV),
        "to_recover": capital_to_recover(fund),
        "write_downs": write_downs,
    }
    if not form.is_valid():
        return render(request, "distributions/returns.html", context, status=REFUSED)
    context |= _figures(fund, form.cleaned_data["as_of"])
    return render(request, "distributions/returns.html", context)


def _figures(fund, day) -> dict:
    try:
        return {"as_of": day, "returns": read.returns_on(fund, day)}
    except Conflict as error:
        return {"as_of": day, "refused": error.message}


@require_safe
@manager_page
def fund_clawback(request: HttpRequest, fund_id: int) -> HttpResponse:
    """What the GP would owe back if the fund ended on a day. It reads the whole history: the page asks for it last."""
    fund = fund_of(request.user, fund_id)
    form = AsOfForm({"as_of": request.GET.get("as_of") or fund.day_of(timezone.now())})
    context = {"fund": fund, "currency": fund.currency, "form": form}
    if not form.is_valid():
        return render_partial(request, "distributions/clawback.html", "clawback", context, status=REFUSED)
    day = form.cleaned_data["as_of"]
    terms = terms_on(fund, day)
    clawback = read.clawback_on(facts_on(fund, terms, day), terms, day)
    context |= {"as_of": day, "terms": terms, "clawback": clawback}
    return render_partial(request, "distributions/clawback.html", "clawback", context)


def _nav_page(request, fund_id) -> FormPage:
    fund = fund_of(request.user, fund_id)
    check_may(request.user, fund_id, MANAGE)
    deals = Deal.objects.filter(allocations__fund=fund).distinct().order_by("name", "pk")
    form = NavForm(request.POST or None, currency=fund.currency, deals=deals)
    return FormPage(template="distributions/nav_form.html", form=form, context={"fund": fund})


@manager_page
@form_page(_nav_page)
def new_nav(request: HttpRequest, page: FormPage, fund_id: int) -> HttpResponse:
    """The net asset value of a day; a later entry for the same day corrects it."""
    with transaction.atomic():
        entry = enter_nav(fund_id=fund_id, **page.form.entered(), ctx=context_of(request))
        if isinstance(entry, ControlChange):
            say_it_waits(request, [entry])
            return redirect("distributions:fund_returns", fund_id)
    worth = format_money(entry.amount, page.context["fund"].currency)
    messages.success(request, f"The net asset value of {entry.as_of} is {worth}.")
    return redirect("distributions:fund_returns", fund_id)


def _write_down_page(request, fund_id) -> FormPage:
    fund = fund_of(request.user, fund_id)
    check_may(request.user, fund_id, MANAGE)
    deals = Deal.objects.filter(allocations__fund=fund).order_by("name")
    form = WriteDownForm(request.POST or None, deals=deals, currency=fund.currency)
    return FormPage(template="distributions/write_down_form.html", form=form, context={"fund": fund})


@manager_page
@form_page(_write_down_page)
def new_write_down(request: HttpRequest, page: FormPage, fund_id: int) -> HttpResponse:
    """A loss on a deal that is not sold yet."""
    cleaned = dict(page.form.cleaned_data)
    deal = cleaned.pop("deal")
    row = services.write_down(fund_id=fund_id, deal_id=deal.pk, **cleaned, ctx=context_of(request))
    messages.success(request, _said(row, page.context["fund"].currency))
    return redirect("distributions:fund_returns", fund_id)


def _said(row: WriteDown, currency: str) -> str:
    way, by = ("down", row.amount) if row.amount > 0 else ("up", -row.amount)
    amount = format_money(by, currency)
    if not row.is_in_force:
        return f"A second person has to approve that {row.deal} is written {way} by {amount}."
    return f"{row.deal} is written {way} by {amount}."


approve_write_down = approval(services.approve_write_down, "The write-down counts from its day.")
reject_write_down = refusal(services.reject_write_down, "The write-down is turned down.")

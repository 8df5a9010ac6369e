"""What a fund has returned, what it is worth, what it lost, and what its GP would owe back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.errors import Conflict
from blackgem.lib.money import format_money
from blackgem.lib.pages import REFUSED, render_partial, save_form
from distributions.forms.returns import AsOfForm, WriteDownForm
from distributions.models import WriteDown
from distributions.queries import returns as read
from distributions.queries.distribution import capital_to_recover
from distributions.services import write_downs as services
from distributions.services.facts import facts_on, terms_on
from funds.access import MANAGE, check_may
from funds.forms.terms import NavForm
from funds.models import Deal
from funds.queries.access import fund_of, may_manage
from funds.services.terms import enter_nav
from funds.views.deciding import approval, refusal


@require_safe
@manager_page
def fund_returns(request: HttpRequest, fund_id: int) -> HttpResponse:
    """Multiples, IRR and clawback as of a day; today where none is asked for."""
    fund = fund_of(request.user, fund_id)
    form = AsOfForm({"as_of": request.GET.get("as_of") or fund.day_of(timezone.now())})
    context = {
        "fund": fund,
        "currency": fund.currency,
        "form": form,
        "may_manage": may_manage(fund),
        "navs": list(
            fund.nav_entries.select_related("created_by")
            .prefetch_related("deals__deal")
            .order_by("-as_of", "-pk")
        ),
        "to_recover": capital_to_recover(fund),
        "write_downs": fund.write_downs.select_related("deal", "created_by").order_by("-date", "-pk"),
    }
    if not form.is_valid():
        return render(request, "distributions/returns.html", context, status=REFUSED)
    context |= _figures(fund, form.cleaned_data["as_of"])
    return render(request, "distributions/returns.html", context)


def _figures(fund, day) -> dict:
    try:
        terms = terms_on(fund, day)
    except Conflict as error:
        return {"as_of": day, "refused": error.message}
    return {"as_of": day, "terms": terms, "returns": read.returns_of(fund, terms, day)}


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


@require_http_methods(["GET", "HEAD", "POST"])
@manager_page
def new_nav(request: HttpRequest, fund_id: int) -> HttpResponse:
    """The net asset value of a day; a later entry for the same day corrects it."""
    fund = fund_of(request.user, fund_id)
    check_may(request.user, fund_id, MANAGE)
    deals = Deal.objects.filter(allocations__fund=fund).distinct().order_by("name", "pk")
    form, status = NavForm(request.POST or None, currency=fund.currency, deals=deals), 200
    if request.method == "POST":
        entry, status = save_form(form, lambda _: _enter(request, fund, form.entered()))
        if entry:
            worth = format_money(entry.amount, fund.currency)
            messages.success(request, f"The net asset value of {entry.as_of} is {worth}.")
            return redirect("distributions:fund_returns", fund_id)
    return render(request, "distributions/nav_form.html", {"fund": fund, "form": form}, status=status)


def _enter(request, fund, cleaned):
    return enter_nav(fund_id=fund.pk, **cleaned, ctx=context_of(request))


@require_http_methods(["GET", "HEAD", "POST"])
@manager_page
def new_write_down(request: HttpRequest, fund_id: int) -> HttpResponse:
    """A loss on a deal that is not sold yet."""
    fund = fund_of(request.user, fund_id)
    check_may(request.user, fund_id, MANAGE)
    deals = Deal.objects.filter(allocations__fund=fund).order_by("name")
    form, status = WriteDownForm(request.POST or None, deals=deals, currency=fund.currency), 200
    if request.method == "POST":
        row, status = save_form(
            form, lambda cleaned: _lose(request, fund, cleaned), fields={"deal_id": "deal"}
        )
        if row:
            messages.success(request, _said(row, fund.currency))
            return redirect("distributions:fund_returns", fund_id)
    return render(request, "distributions/write_down_form.html", {"fund": fund, "form": form}, status=status)


def _said(row: WriteDown, currency: str) -> str:
    way, by = ("down", row.amount) if row.amount > 0 else ("up", -row.amount)
    amount = format_money(by, currency)
    if not row.is_in_force:
        return f"A second person has to approve that {row.deal} is written {way} by {amount}."
    return f"{row.deal} is written {way} by {amount}."


approve_write_down = approval(services.approve_write_down, "The write-down counts from its day.")
reject_write_down = refusal(services.reject_write_down, "The write-down is turned down.")


def _lose(request, fund, cleaned):
    deal = cleaned.pop("deal")
    return services.write_down(fund_id=fund.pk, deal_id=deal.pk, **cleaned, ctx=context_of(request))

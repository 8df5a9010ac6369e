"""Payouts of a distribution, and taking them back."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.money import format_money
from blackgem.lib.pages import FormPage, form_page
from distributions.access import check_release_payout
from distributions.forms.payouts import PayoutForm, PayoutReversalForm, ReleaseForm
from distributions.queries import distribution as read
from distributions.queries import item as read_item
from distributions.queries.held import unpaid_held
from distributions.queries.holds import WORDS, read_hold
from distributions.services import payouts as services
from distributions.services.releases import release_payout
from funds.access import MANAGE, check_role
from funds.views.deciding import approval, refusal, say_asked


def _payout_page(request, distribution_id) -> FormPage:
    shown = read.distribution_of(request.user, distribution_id)
    check_role(shown.role, MANAGE)
    item = _item(request, distribution_id)
    form = PayoutForm(request.POST or None, initial=_first(shown))
    left = shown.capital.gross - shown.capital.paid_out
    context = {
        "distribution": shown,
        "item": item,
        "currency": shown.fund.currency,
        "amount": item.gross_amount if item else left,
        "back": _back(request),
    }
    return FormPage(
        template="distributions/payout_form.html", partial="payout_form", form=form, context=context
    )


@manager_page
@form_page(_payout_page)
def pay_out(request: HttpRequest, page: FormPage, distribution_id: int) -> HttpResponse:
    """Record that one partner (`item`), or all who were not yet, were paid; in a dialog where scripts run."""
    cleaned, item = page.form.cleaned_data, page.context["item"]
    payouts = services.pay_out(
        distribution_id=distribution_id,
        item_id=item.pk if item else None,
        value_date=cleaned["paid_date"],
        method=cleaned["method"],
        reference=cleaned["reference"],
        ctx=context_of(request),
    )
    messages.success(request, _said(payouts, page.context["currency"]))
    held = 0 if item else unpaid_held(request.user).filter(distribution=distribution_id).count()
    if held:
        who = "1 payout is held" if held == 1 else f"{held} payouts are held"
        messages.warning(request, f"{who}: bank details changed. A second person releases what is held.")
    return _to_change(request, distribution_id, item)


def _item(request, distribution_id):
    asked = request.POST.get("item") or request.GET.get("item")
    if not asked:
        return None
    if not asked.isdecimal():
        raise Http404
    return read_item.item_of(request.user, distribution_id, asked)


def _first(shown) -> dict:
    """What the form holds when it opens: the day of the distribution, or today where that lies ahead."""
    return {
        "paid_date": min(shown.date, shown.fund.day_of(timezone.now())),
        "reference": f"DIST{shown.number}",
    }


def _said(payouts, currency: str) -> str:
    total = format_money(sum(payout.amount for payout in payouts), currency)
    who = "1 investor" if len(payouts) == 1 else f"{len(payouts)} investors"
    return f"The payout of {total} to {who} is recorded."


def _back(request) -> str:
    asked = request.POST.get("back") or request.GET.get("back")
    return "item" if asked == "item" else "distribution"


def _to_change(request, distribution_id, item) -> HttpResponse:
    """Back to the page that the button stood on, which answers HTMX with only what changed on it."""
    if item is not None and _back(request) == "item":
        return redirect("distributions:item", distribution_id, item.pk)
    return redirect("distributions:distribution", distribution_id)


def _release_page(request, distribution_item_id) -> FormPage:
    item = read_item.item_to_release(request.user, distribution_item_id)
    check_role(item.role, MANAGE)
    hold = read_hold(item)
    newest, in_force = read_item.accounts_of_item(item)
    form = ReleaseForm(request.POST or None, initial={"seen_version": newest.version if newest else None})
    context = {
        "item": item,
        "distribution": item.distribution,
        "currency": item.distribution.fund.currency,
        "why": WORDS.get(hold, ""),
        "newest": newest,
        "in_force": in_force,
        "release": offer(
            check_release_payout, item, request.user, entered_by=newest and newest.created_by_id
        ),
    }
    return FormPage(template="distributions/payout_release.html", form=form, context=context)


@manager_page
@with_fresh_factor
@form_page(_release_page)
def release(request: HttpRequest, page: FormPage, distribution_item_id: int) -> HttpResponse:
    """Let a held payout go to the account in force, with the reason."""
    release_payout(item_id=distribution_item_id, **page.form.cleaned_data, ctx=context_of(request))
    messages.success(request, "The payout is released: somebody else records it.")
    item = page.context["item"]
    return redirect("distributions:item", item.distribution_id, item.pk)


def _reversal_page(request, distribution_id, payout_id) -> FormPage:
    payout = read_item.payout_of(request.user, distribution_id, payout_id)
    check_role(payout.role, MANAGE)
    context = {
        "payout": payout,
        "item": payout.item,
        "distribution": payout.distribution,
        "currency": payout.distribution.fund.currency,
    }
    first = {name: request.GET[name] for name in ("reason", "cash_on") if name in request.GET}
    form = PayoutReversalForm(request.POST or None, initial=first)
    return FormPage(template="distributions/payout_reverse.html", form=form, context=context)


@manager_page
@form_page(_reversal_page)
def request_payout_reversal(
    request: HttpRequest, page: FormPage, distribution_id: int, payout_id: int
) -> HttpResponse:
    """Ask to take a payout back, with the reason."""
    reversal = services.request_payout_reversal(
        payout_id=payout_id, **page.form.cleaned_data, ctx=context_of(request)
    )
    say_asked(request, reversal, "reversal", "The payout is reversed.")
    return redirect("distributions:item", distribution_id, page.context["item"].pk)


def _to_distribution(request, reversal):
    """To the distribution that the payout belongs to, if the decision was taken there."""
    if request.POST.get("back") == "distribution":
        return redirect("distributions:distribution", reversal.payout.distribution_id)
    return None


approve_payout_reversal = approval(
    services.approve_payout_reversal, "The payout is reversed.", back=_to_distribution
)
reject_payout_reversal = refusal(
    services.reject_payout_reversal,
    "The reversal is turned down; the payout stands.",
    back=_to_distribution,
)

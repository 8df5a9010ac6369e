"""What a partner in default loses, and withdrawing the notice of a default."""

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.pages import FormPage, form_page
from closings.default_access import check_remedy, check_withdrawal
from closings.forms.defaults import ForfeitureForm, LossForm, SaleForm
from closings.forms.transfers import partner_choices
from closings.forms.verbs import ReasonForm
from closings.queries import default_pages as read
from closings.queries.forfeitures import could_take, fingerprint_of, reduction_of
from closings.services import forfeitures, withdrawals
from funds.views.deciding import approval, refusal, say_asked

#: Of the lesser of contributions and value, by the Model LPA (6.6.4.2), which a sale offers.
USUAL_PRICE = Decimal("0.5")


def _page(request, default_id, template: str, form_class, more=None, **initial) -> FormPage:
    shown = read.default_of(request.user, default_id)
    check_remedy(shown, request.user)
    today = shown.fund.day_of(timezone.now())
    form = form_class(
        request.POST or None,
        currency=shown.fund.currency,
        partners=[one for one in partner_choices(shown.fund) if one[0] != shown.commitment_id]
        if form_class is SaleForm
        else (),
        initial={"effective_on": today, **initial},
    )
    about, further = read.shown_of(shown, today), more(shown) if more else {}
    account = shown.commitment.capital
    context = {
        "default": shown,
        "shown": about,
        "account": account,
        "fund": shown.fund,
        "currency": shown.fund.currency,
        "seen": fingerprint_of(account, about.owed.outstanding, further.get("takers", ())),
        **further,
    }
    return FormPage(template=template, form=form, context=context)


def _seen(request) -> str:
    """The fingerprint of what the form showed; a form that says none is asked nothing."""
    return request.POST.get("seen", "")


def _forfeiture_page(request, default_id) -> FormPage:
    return _page(
        request,
        default_id,
        "closings/default_forfeiture.html",
        ForfeitureForm,
        lambda shown: {"takers": could_take(shown)},
    )


def _sale_page(request, default_id) -> FormPage:
    return _page(request, default_id, "closings/default_sale.html", SaleForm, share=USUAL_PRICE)


def _reduction_page(request, default_id) -> FormPage:
    return _page(
        request,
        default_id,
        "closings/default_reduction.html",
        LossForm,
        lambda shown: {"cut": reduction_of(shown)},
    )


@manager_page
@form_page(_forfeiture_page)
def forfeit(request: HttpRequest, page: FormPage, default_id: int) -> HttpResponse:
    """Take a share of the interest, and give it to the others."""
    done = forfeitures.request_forfeiture(
        default_id=default_id, **page.form.cleaned_data, seen=_seen(request), ctx=context_of(request)
    )
    say_asked(request, done, "forfeiture", "The share has passed to the other partners.")
    return redirect("closings:default", default_id)


@manager_page
@form_page(_sale_page)
def sell(request: HttpRequest, page: FormPage, default_id: int) -> HttpResponse:
    """Sell the interest to another partner."""
    cleaned = dict(page.form.cleaned_data)
    done = forfeitures.request_sale(
        default_id=default_id,
        buyer_id=int(cleaned.pop("buyer")),
        **cleaned,
        seen=_seen(request),
        ctx=context_of(request),
    )
    say_asked(request, done, "sale", "The interest is sold.")
    return redirect("closings:default", default_id)


@manager_page
@form_page(_reduction_page)
def cut(request: HttpRequest, page: FormPage, default_id: int) -> HttpResponse:
    """Cut the commitment to what is drawn of it."""
    done = forfeitures.request_reduction(
        default_id=default_id, **page.form.cleaned_data, seen=_seen(request), ctx=context_of(request)
    )
    say_asked(request, done, "reduction", "The commitment is cut.")
    return redirect("closings:default", default_id)


def _withdraw_page(request, default_id) -> FormPage:
    shown = read.default_of(request.user, default_id)
    check_withdrawal(shown, request.user)
    form = ReasonForm(request.POST or None)
    context = {"default": shown, "currency": shown.fund.currency}
    return FormPage(template="closings/default_withdraw.html", form=form, context=context)


@manager_page
@form_page(_withdraw_page)
def withdraw(request: HttpRequest, page: FormPage, default_id: int) -> HttpResponse:
    """Withdraw the notice, with a reason that its partner is told."""
    done = withdrawals.request_withdrawal(
        default_id=default_id, **page.form.cleaned_data, ctx=context_of(request)
    )
    say_asked(request, done, "withdrawal", "The notice is withdrawn, and its partner told so.")
    return redirect("closings:default", default_id)


def _to_default_of(request, done) -> HttpResponse:
    return redirect("closings:default", done.default_id)


approve_withdrawal = approval(
    withdrawals.approve_withdrawal, "The notice is withdrawn, and its partner told so.", back=_to_default_of
)
reject_withdrawal = refusal(
    withdrawals.reject_withdrawal, "The withdrawal is turned down; the notice stands.", back=_to_default_of
)

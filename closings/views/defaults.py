"""Defaults: who owes what after it was due, notice of it, and what is done about it."""

from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.downloads import stream_table
from blackgem.lib.money import format_money
from blackgem.lib.pages import FormPage, form_page
from closings.default_access import check_remedy, check_withdrawal
from closings.forms.defaults import DefaultForm, InterestForm, ShortfallForm
from closings.forms.verbs import RefundsPaidForm
from closings.queries import default_pages as read
from closings.queries.defaults import asked_in_its_place, other_partners
from closings.queries.forfeitures import could_take
from closings.services import defaults as services
from closings.services import remedies
from funds.access import MANAGE, check_approve_request, check_role
from funds.queries.access import fund_of, may_manage
from funds.queries.lists import nearest_page_of
from funds.views.deciding import approval, refusal, say_asked

PER_PAGE = 25
ZERO = Decimal("0.00")
#: The terms of the Model LPA (6.6.3, 6.6.6), which a notice offers.
USUAL = {"rate": Decimal("0.1"), "cap": Decimal("0.5")}


@require_safe
@manager_page
def default_list(request: HttpRequest, fund_id: int) -> HttpResponse:
    """What of a fund is owed after it was due, and every default, newest first."""
    fund = fund_of(request.user, fund_id)
    today = fund.day_of(timezone.now())
    context = {
        "fund": fund,
        "currency": fund.currency,
        "late": read.late_items_of(fund, today),
        "page": nearest_page_of(read.defaults_of(fund), PER_PAGE, request.GET.get("page")),
        "may_manage": may_manage(fund),
    }
    return render(request, "closings/default_list.html", context)


@require_safe
@manager_page
def default(request: HttpRequest, default_id: int) -> HttpResponse:
    """One default: what is owed, the interest by today, and what was done about it."""
    shown = read.default_of(request.user, default_id)
    today = shown.fund.day_of(timezone.now())
    found = read.remedies_of(shown, request.user)
    waits = any(one.status == "pending" for one in found)
    followed = any(one.counts for one in found)
    waiting = next(
        (one.remedy for one in found if one.status == "pending" and one.remedy.kind == "forfeiture"), None
    )
    stands = read.shown_of(shown, today)
    asks = stands.status in ("open", "cured") and not stands.owed.others_were_asked
    others = list(other_partners(shown)) if asks or waiting else []
    context = {
        "default": shown,
        "shown": stands,
        "today": today,
        "currency": shown.fund.currency,
        "remedies": found,
        "could": read.could_be_asked(shown, stands.owed, asked_in_its_place(others)) if asks else None,
        "is_pending": not (shown.approved_at or shown.rejected_at),
        "approve": offer(
            check_approve_request, shown.role, shown.four_eyes, shown.recorded_by_id, request.user
        ),
        "decline": offer(check_role, shown.role, MANAGE),
        "remedy": offer(check_remedy, shown, request.user, waits=waits),
        "withdraw": offer(check_withdrawal, shown, request.user, followed=followed),
        "approve_withdrawal": offer(
            check_approve_request,
            shown.role,
            shown.withdrawal_four_eyes,
            shown.withdrawal_by_id,
            request.user,
        ),
        "may_lose": shown.approved_at and stands.owed.outstanding and today > shown.cure_by,
        "takers": could_take(shown, waiting.amount, others) if waiting else (),
        "story": read.story_of_default(shown),
    }
    return render(request, "closings/default_detail.html", context)


@require_GET
@manager_page
def export_defaults(request: HttpRequest, fund_id: int, form: str) -> HttpResponse:
    """Every default of a fund as CSV or XLSX."""
    fund = fund_of(request.user, fund_id)
    rows = read.default_rows(fund, fund.day_of(timezone.now()))
    return stream_table(
        form,
        read.DEFAULT_COLUMNS,
        rows,
        name=f"{fund.code}-defaults",
        sheet="Defaults",
        ctx=context_of(request),
    )


def _new_page(request, item_id) -> FormPage:
    item = read.item_of(request.user, item_id)
    check_role(item.role, MANAGE)
    form = DefaultForm(request.POST or None, initial=USUAL)
    context = {"item": item, "call": item.call, "fund": item.fund, "currency": item.fund.currency}
    return FormPage(template="closings/default_form.html", form=form, context=context)


@manager_page
@form_page(_new_page)
def new_default(request: HttpRequest, page: FormPage, item_id: int) -> HttpResponse:
    """Give a partner notice that it is in default on its part of a call."""
    done = services.request_default(item_id=item_id, **page.form.fields_of_service(), ctx=context_of(request))
    said = "Notice is given. Its letter is the next version of the letter of the call."
    say_asked(request, done, "notice of default", said)
    return redirect("closings:default", done.pk)


def _to_default(request, done) -> HttpResponse:
    return redirect("closings:default", done.pk)


approve_default = approval(services.approve_default, "Notice of the default is given.", back=_to_default)
reject_default = refusal(services.reject_default, "The notice is turned down.", back=_to_default)


def _remedy_page(request, default_id, template, form_class, first) -> FormPage:
    shown = read.default_of(request.user, default_id)
    check_remedy(shown, request.user)
    today = shown.fund.day_of(timezone.now())
    stands = read.shown_of(shown, today)
    could = read.could_be_asked(shown, stands.owed)
    initial = {"until": today} if first == "until" else {"amount": could.amount if could else None}
    form = form_class(request.POST or None, currency=shown.fund.currency, initial=initial)
    context = {
        "default": shown,
        "shown": stands,
        "could": could,
        "today": today,
        "fund": shown.fund,
        "currency": shown.fund.currency,
    }
    return FormPage(template=template, form=form, context=context)


def _interest_page(request, default_id) -> FormPage:
    return _remedy_page(request, default_id, "closings/default_interest.html", InterestForm, "until")


def _shortfall_page(request, default_id) -> FormPage:
    return _remedy_page(request, default_id, "closings/default_shortfall.html", ShortfallForm, "amount")


@manager_page
@form_page(_interest_page)
def ask_interest(request: HttpRequest, page: FormPage, default_id: int) -> HttpResponse:
    """Ask the partner in default for the interest that accrued."""
    done = remedies.request_interest(default_id=default_id, **page.form.cleaned_data, ctx=context_of(request))
    say_asked(request, done, "interest", "The interest is asked for by a call of its own.")
    return redirect("closings:default", default_id)


@manager_page
@form_page(_shortfall_page)
def ask_shortfall(request: HttpRequest, page: FormPage, default_id: int) -> HttpResponse:
    """Ask the other partners for what is owed in its place."""
    done = remedies.request_shortfall(
        default_id=default_id, **page.form.cleaned_data, ctx=context_of(request)
    )
    say_asked(request, done, "shortfall call", "The others are asked by a call of its own.")
    return redirect("closings:default", default_id)


def _to_default_of(request, done) -> HttpResponse:
    return redirect("closings:default", done.default_id)


approve_remedy = approval(remedies.approve_remedy, "It is approved, and takes effect.", back=_to_default_of)
reject_remedy = refusal(remedies.reject_remedy, "It is turned down.", back=_to_default_of)


def _pay_page(request, remedy_id) -> FormPage:
    remedy = read.remedy_of(request.user, remedy_id)
    check_role(remedy.role, MANAGE)
    today = remedy.fund.day_of(timezone.now())
    first = {"value_date": today, "reference": f"DEFAULT{remedy.default.number}"}
    shares = remedy.refunds.select_related("progress")
    context = {
        "remedy": remedy,
        "default": remedy.default,
        "currency": remedy.fund.currency,
        "amount": sum((max(one.progress.payable, ZERO) for one in shares), ZERO),
    }
    form = RefundsPaidForm(request.POST or None, initial=first)
    return FormPage(template="closings/default_pay.html", form=form, context=context)


@manager_page
@form_page(_pay_page)
def pay_interest_on(request: HttpRequest, page: FormPage, remedy_id: int) -> HttpResponse:
    """Record that the other partners were paid what of the interest came."""
    out = remedies.pay_interest_on(remedy_id=remedy_id, **page.form.cleaned_data, ctx=context_of(request))
    total = format_money(sum(one.amount for one in out), page.context["currency"])
    who = "1 partner" if len(out) == 1 else f"{len(out)} partners"
    messages.success(request, f"Interest of {total} to {who} is recorded.")
    return redirect("closings:default", page.context["default"].pk)

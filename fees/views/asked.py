"""What a fee is worked out from: versions of the schedule, side letters and fee income, entered and decided."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.pages import FormPage, form_page
from fees.access import check_enter
from fees.forms.asked import FeeIncomeForm, FeeLetterForm, FeeScheduleForm
from fees.queries import pages as read
from fees.queries.working import schedules_of
from fees.services import asked as services
from funds.models import Deal
from funds.queries.access import fund_of
from funds.queries.lists import nearest_page_of
from funds.views.deciding import approval, refusal, say_asked

PER_PAGE = 40


def entering(request, fund_id):
    """The fund whose fee is changed, and what its forms show."""
    fund = fund_of(request.user, fund_id)
    check_enter(fund, request.user)
    return fund, {"fund": fund, "currency": fund.currency}


# ---------------------------------------------------------------- the schedule


def _schedule_page(request, fund_id) -> FormPage:
    fund, context = entering(request, fund_id)
    standing = schedules_of(fund)
    form = FeeScheduleForm(
        request.POST or None,
        row=standing[-1] if standing else None,
        initial={"effective_on": None, "reason": "", "brought_by": "nothing"} if standing else {},
    )
    return FormPage(template="fees/schedule_form.html", form=form, context=context | {"standing": standing})


@manager_page
@form_page(_schedule_page)
def new_schedule(request: HttpRequest, page: FormPage, fund_id: int) -> HttpResponse:
    """Enter a version of the schedule."""
    said = dict(page.form.cleaned_data)
    reason = said.pop("reason")
    done = services.set_fee_schedule(fund_id=fund_id, fields=said, reason=reason, ctx=context_of(request))
    say_asked(request, done, "fee schedule", "The fee is worked out by this version from its day on.")
    return redirect("fees:fees", fund_id)


def _to_fees(request, done) -> HttpResponse:
    return redirect("fees:fees", done.fund_id)


approve_schedule = approval(services.approve_fee_schedule, "The fee schedule counts.", back=_to_fees)
reject_schedule = refusal(
    services.reject_fee_schedule, "The fee schedule is turned down; the fee stays as it is.", back=_to_fees
)


# ---------------------------------------------------------------- side letters


@require_safe
@manager_page
def letter_list(request: HttpRequest, fund_id: int) -> HttpResponse:
    """What partners agreed on the fee, newest first."""
    fund = fund_of(request.user, fund_id)
    context = {
        "fund": fund,
        "currency": fund.currency,
        "page": nearest_page_of(read.letters_of(fund), PER_PAGE, request.GET.get("page")),
        "enter": offer(check_enter, fund, request.user),
    }
    return render(request, "fees/letter_list.html", context)


def _letter_page(request, fund_id) -> FormPage:
    fund, context = entering(request, fund_id)
    form = FeeLetterForm(
        request.POST or None,
        partners=read.partner_choices(fund),
        currency=fund.currency,
        initial={"commitment": request.GET.get("commitment")},
    )
    return FormPage(template="fees/letter_form.html", form=form, context=context)


@manager_page
@form_page(_letter_page)
def new_letter(request: HttpRequest, page: FormPage, fund_id: int) -> HttpResponse:
    """Enter what a partner agreed on the fee."""
    said = dict(page.form.cleaned_data)
    done = services.set_fee_letter(commitment_id=said.pop("commitment"), **said, ctx=context_of(request))
    say_asked(request, done, "side letter", "The fee of this partner is worked out by it from its day on.")
    return redirect("fees:letters", fund_id)


def _to_letters(request, done) -> HttpResponse:
    return redirect("fees:letters", done.fund_id)


approve_letter = approval(services.approve_fee_letter, "The side letter counts.", back=_to_letters)
reject_letter = refusal(
    services.reject_fee_letter,
    "The side letter is turned down; the partner pays as before.",
    back=_to_letters,
)


# ---------------------------------------------------------------- fee income


@require_safe
@manager_page
def income_list(request: HttpRequest, fund_id: int) -> HttpResponse:
    """What the manager received from companies of the fund, newest first."""
    fund = fund_of(request.user, fund_id)
    context = {
        "fund": fund,
        "currency": fund.currency,
        "page": nearest_page_of(read.income_of(fund), PER_PAGE, request.GET.get("page")),
        "enter": offer(check_enter, fund, request.user),
    }
    return render(request, "fees/income_list.html", context)


def _income_page(request, fund_id) -> FormPage:
    fund, context = entering(request, fund_id)
    form = FeeIncomeForm(
        request.POST or None,
        deals=list(Deal.objects.tied_to(fund).order_by("name").values_list("pk", "name")),
        currency=fund.currency,
        initial={"received_on": fund.day_of(timezone.now()), "offset_rate": "100"},
    )
    return FormPage(template="fees/income_form.html", form=form, context=context)


@manager_page
@form_page(_income_page)
def new_income(request: HttpRequest, page: FormPage, fund_id: int) -> HttpResponse:
    """Enter what the manager received."""
    said = dict(page.form.cleaned_data)
    done = services.record_fee_income(
        fund_id=fund_id, deal_id=said.pop("deal"), **said, ctx=context_of(request)
    )
    say_asked(request, done, "fee income", "The next run on its day or later shares what is offset.")
    return redirect("fees:income", fund_id)


def _to_income(request, done) -> HttpResponse:
    return redirect("fees:income", done.fund_id)


approve_income = approval(services.approve_fee_income, "The fee income counts.", back=_to_income)
reject_income = refusal(
    services.reject_fee_income,
    "The fee income is turned down: it is offset against nothing.",
    back=_to_income,
)

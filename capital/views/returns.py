"""Unapplied cash that goes back, its letter, and the return that is taken back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from blackgem.lib.access import manager_page, manager_preview
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.downloads import makes_file, show_pdf, takes
from blackgem.lib.errors import DomainError
from blackgem.lib.money import format_money
from blackgem.lib.pages import REFUSED, FormPage, add_problems, form_page, says_refusals
from capital.access import check_send_return_notice, check_take_back_return
from capital.forms.payments import ReturnForm, TakeBackReturnForm
from capital.queries import returns as read
from capital.queries.cash import receipt_of
from capital.return_notices import KIND
from capital.services import returns as services
from funds.access import MANAGE, check_role
from funds.calc.checks import blocking_among
from funds.models import Investor
from funds.queries.documents import newest_letter
from funds.queries.letter_states import copy_of
from funds.queries.notices import versions_of
from funds.services.letters import file_name
from funds.views.letters import say_queued, show_draft


def _return_page(request, receipt_id) -> FormPage:
    receipt = receipt_of(request.user, receipt_id)
    check_role(receipt.role, MANAGE)
    currency = receipt.fund.currency
    first = {
        "amount": receipt.capital.unapplied,
        "value_date": receipt.fund.day_of(timezone.now()),
        "investor_id": read.likely_owner(receipt),
    }
    first |= {name: request.GET[name] for name in ("reason", "value_date") if name in request.GET}
    investors = Investor.objects.filter(commitments__fund=receipt.fund).order_by("name", "pk")
    form = ReturnForm(request.POST or None, initial=first, currency=currency, investors=investors)
    context = {"receipt": receipt, "fund": receipt.fund, "currency": currency}
    return FormPage(template="capital/receipt_return.html", form=form, context=context)


@manager_page
@form_page(_return_page)
def return_receipt(request: HttpRequest, page: FormPage, receipt_id: int) -> HttpResponse:
    """Send unapplied cash back."""
    returned = services.return_receipt(
        receipt_id=receipt_id, **page.form.cleaned_data, ctx=context_of(request)
    )
    amount = format_money(returned.amount, page.context["currency"])
    if returned.commitment_id is None:
        messages.success(request, f"{amount} is recorded as returned.")
        return redirect("capital:receipt_list")
    messages.success(
        request, f"{amount} is recorded as returned. Its letter is written: read it, then send it."
    )
    return redirect("capital:cash_return", returned.pk)


@makes_file
@require_http_methods(["GET", "POST"])
@manager_preview
def preview_return(request: HttpRequest, receipt_id: int) -> HttpResponse:
    """The letter that the form would bring, marked as a draft. Writes nothing."""
    page = _return_page(request, receipt_id)
    if request.method == "GET":
        return redirect("capital:receipt_return", receipt_id)
    if not page.form.is_valid():
        return page.shown(request, status=REFUSED)
    receipt = page.context["receipt"]
    try:
        letter = services.draft_return_notice(
            receipt=receipt, **page.form.cleaned_data, ctx=context_of(request)
        )
        if letter is None:
            page.form.add_error("investor_id", "Nobody gets a letter: say whose money it was.")
            return page.shown(request, status=REFUSED)
        takes(request, receipt, fund_id=receipt.fund_id)
        return show_draft(letter)
    except DomainError as error:
        add_problems(page.form, error)
        return page.shown(request, status=error.status)


@require_safe
@manager_page
def cash_return(request: HttpRequest, return_id: int) -> HttpResponse:
    """One return: what went back, to whom, why, and the letter about it."""
    return _show(request, return_id)


def _show(request, return_id, *, status: int = 200) -> HttpResponse:
    shown = read.return_of(request.user, return_id)
    notices = versions_of(KIND, shown.pk)
    checks = read.checks_of_return(shown)
    back = shown.taken_back_by.select_related("recorded_by").first()
    context = {
        "returned": shown,
        "back": back,
        "receipt": shown.receipt,
        "fund": shown.fund,
        "currency": shown.fund.currency,
        "notices": notices,
        "was_sent": bool(notices and notices[0].deliveries.all()),
        "checks": checks,
        "blocked": bool(blocking_among(checks)),
        "send": offer(check_send_return_notice, shown, request.user),
        "take_back": offer(check_take_back_return, shown, request.user),
    }
    return render(request, "capital/cash_return.html", context, status=status)


def _refused_on_return(request, error: DomainError, return_id) -> HttpResponse:
    return _show(request, return_id, status=error.status)


@require_POST
@manager_page
@says_refusals(_refused_on_return)
def send_return_notice(request: HttpRequest, return_id: int) -> HttpResponse:
    """Send the letter about a return, or send it again."""
    count = services.send_return_notice(
        return_id=return_id,
        resend=request.POST.get("back") == "item",
        ctx=context_of(request),
    )
    say_queued(request, count, "This notice is on its way already, or nobody takes it.")
    return redirect("capital:cash_return", return_id)


@makes_file
@require_safe
@manager_page
@says_refusals(_refused_on_return)
def return_notice(request: HttpRequest, return_id: int) -> HttpResponse:
    """The newest letter about a return."""
    shown = read.return_of(request.user, return_id)
    letter = newest_letter(KIND, shown.pk, shown.pk)
    takes(request, letter, fund_id=letter.fund_id)
    return show_pdf(copy_of(letter), name=file_name(letter))


def _take_back_page(request, return_id) -> FormPage:
    shown = read.return_of(request.user, return_id)
    check_role(shown.role, MANAGE)
    form = TakeBackReturnForm(request.POST or None, initial={"value_date": shown.value_date})
    context = {
        "returned": shown,
        "receipt": shown.receipt,
        "fund": shown.fund,
        "currency": shown.fund.currency,
    }
    return FormPage(template="capital/cash_return_take_back.html", form=form, context=context)


@manager_page
@form_page(_take_back_page)
def take_back_return(request: HttpRequest, page: FormPage, return_id: int) -> HttpResponse:
    """Returned cash is there again."""
    services.take_back_return(return_id=return_id, **page.form.cleaned_data, ctx=context_of(request))
    amount = format_money(page.context["returned"].amount, page.context["currency"])
    messages.success(request, f"The return is taken back: {amount} is unapplied cash again.")
    return redirect("capital:cash_return", return_id)

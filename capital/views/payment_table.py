"""Payments of many investors, recorded together."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.money import format_money
from blackgem.lib.pages import FormPage, form_page
from capital.forms.payment_table import PaymentTable, PaymentTableFilter
from capital.queries import payment_table as read
from capital.services.payment_table import record_payments
from funds.access import MANAGE, check_role
from funds.queries.access import fund_of, may_manage
from funds.queries.lists import page_of
from funds.views.choosing import FundChoice, in_one_fund

PER_PAGE = 100
CHOICE = FundChoice(
    title="Record payments",
    question="At which fund?",
    enter="capital:payment_table",
    up="capital:call_list",
    up_label="capital calls",
    none="No fund of yours",
    why_none="Only a manager of a fund records money for it.",
)


@require_http_methods(["GET", "HEAD", "POST"])
@manager_page
def payment_table(request: HttpRequest) -> HttpResponse:
    """What is owed to a fund as one table; what is ticked is recorded together."""
    return in_one_fund(request, _record, may=may_manage, choice=CHOICE)


def _table_page(request, fund_id) -> FormPage:
    fund = fund_of(request.user, fund_id)
    check_role(fund.role, MANAGE)
    narrowed = PaymentTableFilter(request.GET, calls=read.open_calls(fund))
    page = None
    if request.method == "POST":
        items = read.posted_items(fund, request.POST)
        if read.names_others(items, request.POST):
            raise Http404
    else:
        cleaned = narrowed.cleaned_data if narrowed.is_valid() else {}
        rows = read.narrowed_items(fund, call_id=cleaned.get("call", ""), text=cleaned.get("q", ""))
        items = page = page_of(rows, PER_PAGE, request.GET.get("page"))
    table = PaymentTable(
        items,
        today=fund.day_of(timezone.now()),
        currency=fund.currency,
        data=request.POST if request.method == "POST" else None,
    )
    context = {"fund": fund, "filter": narrowed, "page": page, "table": table}
    return FormPage(template="capital/payment_table.html", form=table, context=context)


@form_page(_table_page)
def _record(request, page: FormPage, fund_id) -> HttpResponse:
    fund, rows = page.context["fund"], page.form.entered()
    payments = record_payments(fund_id=fund.pk, rows=rows, ctx=context_of(request))
    total = format_money(sum(one.amount for one in payments), fund.currency) if payments else ""
    count = len(payments)
    said = f"{count} payment{'' if count == 1 else 's'} of {total} in all recorded." if count else ""
    messages.success(request, said or "These bank transactions were recorded before; nothing is new.")
    calls = {form.item.call_id for form in page.form.filled}
    return redirect("capital:call", calls.pop()) if len(calls) == 1 else redirect("capital:call_list")

"""Money that arrived: recorded, and applied to what is owed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.downloads import stream_table
from blackgem.lib.lists import Listing, as_file, sort_of
from blackgem.lib.money import format_money
from blackgem.lib.pages import FormPage, form_page
from capital.access import check_handle
from capital.forms.filters import ReceiptFilterForm
from capital.forms.payments import ApplyForm, ReceiptForm
from capital.queries import cash as read
from capital.services import receipts as services
from funds.access import MANAGE, check_role
from funds.queries.access import fund_of, may_manage
from funds.queries.files import export_name
from funds.queries.lists import PER_PAGE, page_of
from funds.views.choosing import FundChoice, in_one_fund

CHOICE = FundChoice(
    title="Record money that arrived",
    question="At which fund?",
    enter="capital:receipt_new",
    up="capital:receipt_list",
    up_label="unapplied cash",
    none="No fund of yours",
    why_none="Only a manager of a fund records money for it.",
)


@require_safe
@manager_page
def receipt_list(request: HttpRequest) -> HttpResponse:
    """Cash that waits to be applied, or everything that arrived."""
    form, rows = _narrowed(request)
    page = page_of(
        read.sorted_receipts(rows, sort_of(request, read.RECEIPTS)), PER_PAGE, request.GET.get("page")
    )
    for receipt in page:
        receipt.handle = offer(check_handle, receipt, request.user)
    fund = form.fund_chosen
    context = {
        "listing": Listing(
            read.RECEIPTS,
            request,
            form,
            page,
            read.totals(rows),
            form.same_in_all,
            has_buttons=request.user.manages,
        ),
        "fund": fund,
        "everything": form.data.get("show") == "all",
        "cash": read.cash_by_fund(request.user, fund_id=fund.pk if fund else None),
    }
    return render(request, "capital/receipts.html", context, status=200 if form.is_valid() else 400)


@require_GET
@manager_page
def export_receipts(request: HttpRequest, form: str) -> HttpResponse:
    """The whole filter as CSV or XLSX, in the order of the list."""
    asked, rows = _narrowed(request)
    ordered = read.sorted_receipts(rows, sort_of(request, read.RECEIPTS))
    fund = asked.fund_chosen
    return stream_table(
        form,
        *as_file(request, read.RECEIPTS, read.EXPORT_COLUMNS, read.export_rows(ordered)),
        name=export_name("receipts", fund and fund.pk),
        sheet="Receipts",
        ctx=context_of(request),
    )


def _narrowed(request):
    """The form, and the receipts that it leaves; what cannot be read leaves none."""
    form = ReceiptFilterForm(request.GET, user=request.user)
    if not form.is_valid():
        return form, read.receipts(request.user, fund_id=-1, waiting_only=True)
    fund, everything = form.cleaned_data["fund"], form.cleaned_data["show"] == "all"
    return form, read.receipts(
        request.user,
        fund_id=fund.pk if fund else None,
        currency=form.cleaned_data["currency"],
        waiting_only=not everything,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@manager_page
def record_receipt(request: HttpRequest) -> HttpResponse:
    """Record that money arrived at a fund."""
    return in_one_fund(request, _record_receipt, may=may_manage, choice=CHOICE)


def _receipt_page(request, fund_id) -> FormPage:
    fund = fund_of(request.user, fund_id)
    check_role(fund.role, MANAGE)
    form = ReceiptForm(
        request.POST or None, initial={"value_date": fund.day_of(timezone.now())}, currency=fund.currency
    )
    return FormPage(template="capital/receipt_form.html", form=form, context={"fund": fund})


@form_page(_receipt_page)
def _record_receipt(request, page: FormPage, fund_id) -> HttpResponse:
    fund = page.context["fund"]
    receipt = services.record_receipt(fund_id=fund.pk, **page.form.cleaned_data, ctx=context_of(request))
    amount = format_money(receipt.amount, fund.currency)
    messages.success(request, f"{amount} is recorded as unapplied cash. Apply it to what is owed.")
    return redirect("capital:receipt_apply", receipt.pk)


def _application_page(request, receipt_id) -> FormPage:
    receipt = read.receipt_of(request.user, receipt_id)
    check_role(receipt.role, MANAGE)
    items = read.open_items(receipt.fund)
    form = ApplyForm(request.POST or None, items=items, currency=receipt.fund.currency)
    context = {
        "receipt": receipt,
        "fund": receipt.fund,
        "currency": receipt.fund.currency,
        "rows": form.rows(),
        "applied": read.applied_of(receipt),
        "returned": read.returned_of(receipt),
    }
    return FormPage(template="capital/receipt_apply.html", form=form, context=context)


@manager_page
@form_page(_application_page)
def apply_receipt(request: HttpRequest, page: FormPage, receipt_id: int) -> HttpResponse:
    """Apply unapplied cash to what investors owe."""
    payments = services.apply_receipt(
        receipt_id=receipt_id, splits=page.form.splits(), ctx=context_of(request)
    )
    count = len(payments)
    messages.success(request, f"{count} {'payment is' if count == 1 else 'payments are'} recorded.")
    return redirect("capital:receipt_list")

"""What is said of accounts and their cash: the columns of a bank's tables, and whose unapplied cash a receipt is."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from banking.forms.columns import ColumnsForm
from banking.forms.deciding import HolderForm
from banking.models import BankAccount, ReceiptHolder
from banking.services.accounts import name_columns, reveal_bank_account
from banking.services.settling import name_holder
from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.pages import FormPage, form_page, found
from capital.queries.cash import receipt_of
from funds.access import MANAGE, check_role
from funds.models import Commitment, Fund
from funds.queries.access import with_role
from funds.views.revealing import is_revealed, remember


def _columns_page(request: HttpRequest, account_id: int) -> FormPage:
    rows = BankAccount.objects.filter(fund__in=Fund.objects.visible_to(request.user)).select_related("fund")
    account = found(with_role(rows, request.user), pk=account_id)
    check_role(account.role, MANAGE)
    newest = account.mappings.order_by("-version").first()
    form = ColumnsForm(request.POST or None, initial=ColumnsForm.first(newest.mapping) if newest else {})
    revealed = is_revealed(request, account, timezone.now())
    context = {"account": account, "fund": account.fund, "newest": newest, "revealed": revealed}
    return FormPage(template="banking/columns.html", form=form, context=context)


@manager_page
@form_page(_columns_page)
def columns(request: HttpRequest, page: FormPage, account_id: int) -> HttpResponse:
    """Name the columns of an account's tables, in place of what is remembered."""
    name_columns(account_id=account_id, mapping=page.form.mapping(), ctx=context_of(request))
    messages.success(request, "The columns are remembered.")
    return redirect("banking:bank", page.context["fund"].pk)


@manager_page
@require_POST
@with_fresh_factor
def account_reveal(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show the whole number of an account for two minutes; the audit trail says who looked."""
    ctx = context_of(request)
    remember(request, reveal_bank_account(account_id=account_id, ctx=ctx), ctx.at)
    return redirect("banking:columns", account_id)


def _holder_page(request: HttpRequest, receipt_id: int) -> FormPage:
    receipt = receipt_of(request.user, receipt_id)
    check_role(receipt.role, MANAGE)
    partners = Commitment.objects.filter(fund=receipt.fund).select_related("investor")
    newest = ReceiptHolder.objects.filter(receipt=receipt).order_by("-version").first()
    form = HolderForm(
        request.POST or None,
        partners=partners.order_by("investor__name", "pk"),
        initial={"commitment": newest.commitment_id} if newest else {},
    )
    context = {"receipt": receipt, "fund": receipt.fund, "currency": receipt.fund.currency}
    return FormPage(template="banking/holder.html", form=form, context=context)


@manager_page
@form_page(_holder_page)
def holder(request: HttpRequest, page: FormPage, receipt_id: int) -> HttpResponse:
    """Say whose unapplied cash it is."""
    name_holder(
        receipt_id=receipt_id, commitment_id=page.form.cleaned_data["commitment"], ctx=context_of(request)
    )
    messages.success(request, "The partner’s statement shows it.")
    return redirect("capital:receipt_list")

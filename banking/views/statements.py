"""Bank statements of a fund: what came, whom it is from, and posting what is certain."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from banking.access import check_post_matches
from banking.forms.statements import AccountForm, UploadForm
from banking.queries import pages as read
from banking.services.accounts import add_bank_account
from banking.services.files import upload_statement
from banking.services.posting import post_matches
from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.pages import FormPage, form_page, says_refusals
from funds.access import MANAGE, check_role
from funds.queries.access import fund_of, may_manage
from funds.queries.lists import nearest_page_of

STATEMENTS_PER_PAGE = 40
LINES_PER_PAGE = 200


@require_safe
@manager_page
def bank(request: HttpRequest, fund_id: int) -> HttpResponse:
    """The statements of a fund, newest first; files that wait or were refused; its accounts."""
    fund = fund_of(request.user, fund_id)
    page = nearest_page_of(read.statements_of(fund), STATEMENTS_PER_PAGE, request.GET.get("page"))
    for one in page.object_list:
        one.flags = read.flags_of_statement(one)
    context = {
        "fund": fund,
        "currency": fund.currency,
        "page": page,
        "files": read.files_of(fund),
        "accounts": read.accounts_of_fund(fund),
        "may_manage": may_manage(fund),
    }
    return render(request, "banking/bank.html", context)


@require_safe
@manager_page
def statement(request: HttpRequest, statement_id: int) -> HttpResponse:
    """One statement line by line, each credit with whom it is from."""
    return _shown(request, read.statement_of(request.user, statement_id))


def _shown(request: HttpRequest, one, status: int = 200) -> HttpResponse:
    lines = read.lines_shown(one)
    context = {
        "statement": one,
        "currency": one.fund.currency,
        "flags": read.flags_of_statement(one),
        "lines": nearest_page_of(lines, LINES_PER_PAGE, request.GET.get("page")),
        "certain": sum(line.may_be_posted for line in lines),
        "proposed": sum(line.is_proposed for line in lines),
        "waiting": [line for line in lines if line.waits],
        "post": offer(check_post_matches, one, request.user),
    }
    return render(request, "banking/statement.html", context, status=status)


def _refused(request: HttpRequest, error, statement_id: int) -> HttpResponse:
    return _shown(request, read.statement_of(request.user, statement_id), error.status)


@require_POST
@manager_page
@says_refusals(_refused)
def post_statement(request: HttpRequest, statement_id: int) -> HttpResponse:
    """Post every certain match of a statement."""
    read.statement_of(request.user, statement_id)
    posted, left = post_matches(statement_id=statement_id, ctx=context_of(request))
    messages.success(
        request, f"{len(posted)} posted." if posted else "Nothing was certain, so nothing was posted."
    )
    for entry, reason in left[:5]:
        messages.warning(request, f"Line {entry.n} waits: {reason}")
    return redirect("banking:statement", statement_id)


def _upload_page(request: HttpRequest, fund_id: int) -> FormPage:
    fund = fund_of(request.user, fund_id)
    check_role(fund.role, MANAGE)
    form = UploadForm(request.POST or None, request.FILES or None, accounts=read.accounts_of_fund(fund))
    return FormPage(template="banking/upload.html", form=form, context={"fund": fund})


@manager_page
@form_page(_upload_page)
def upload(request: HttpRequest, page: FormPage, fund_id: int) -> HttpResponse:
    """Keep a file; a worker reads it."""
    file = page.form.cleaned_data["file"]
    upload_statement(
        fund_id=fund_id,
        name=file.name,
        content=file.read(),
        account_id=page.form.cleaned_data["account"],
        ctx=context_of(request),
    )
    messages.success(request, "The file is kept and being read.")
    return redirect("banking:bank", fund_id)


def _account_page(request: HttpRequest, fund_id: int) -> FormPage:
    fund = fund_of(request.user, fund_id)
    check_role(fund.role, MANAGE)
    return FormPage(
        template="banking/account.html", form=AccountForm(request.POST or None), context={"fund": fund}
    )


@manager_page
@form_page(_account_page)
def add_account(request: HttpRequest, page: FormPage, fund_id: int) -> HttpResponse:
    """Register an account of the fund, so that its statements are taken."""
    add_bank_account(fund_id=fund_id, **page.form.cleaned_data, ctx=context_of(request))
    messages.success(request, "The account is registered.")
    return redirect("banking:bank", fund_id)

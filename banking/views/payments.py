"""Payment files of a fund: what may be paid, one file with its payments, and what is decided of it."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from banking import access
from banking.forms.payment_layouts import AchLayoutForm, TableLayoutForm
from banking.forms.payments import BankAnswerForm, PaymentFileForm, ReasonForm
from banking.models import BankAccount, PaymentFileLine, PaymentFormat
from banking.queries import payments as read
from banking.queries.pages import accounts_of_fund
from banking.services import payment_answers as answers
from banking.services import payments as services
from banking.services.payment_layouts import name_layout
from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.downloads import takes
from blackgem.lib.errors import InvalidInput
from blackgem.lib.pages import FormPage, form_page, found, says_refusals
from funds.access import DRAFT, MANAGE, check_role
from funds.models import Fund
from funds.queries.access import fund_of, may_manage, with_role
from funds.queries.lists import nearest_page_of
from funds.views.deciding import approval, refusal

FILES_PER_PAGE, LINES_PER_PAGE = 40, 200
#: By format, the form of what a bank asks of its files.
LAYOUT_FORMS = {"nacha": AchLayoutForm, "csv": TableLayoutForm}
_TYPES = {"xml": "application/xml", "ach": "text/plain; charset=us-ascii", "csv": "text/csv"}


@require_safe
@manager_page
def file_list(request: HttpRequest, fund_id: int) -> HttpResponse:
    """The payment files of a fund, newest first."""
    fund = fund_of(request.user, fund_id)
    page = nearest_page_of(read.files_of(fund), FILES_PER_PAGE, request.GET.get("page"))
    accounts = accounts_of_fund(fund)
    context = {
        "fund": fund,
        "currency": fund.currency,
        "page": page,
        "accounts": accounts,
        "write": offer(access.check_write, fund, request.user, **read.to_write(fund)),
        "may_manage": may_manage(fund),
    }
    return render(request, "banking/payment_files.html", context)


def _new_page(request: HttpRequest, fund_id: int) -> FormPage:
    fund = fund_of(request.user, fund_id)
    check_role(fund.role, DRAFT)
    candidates = read.candidates_of(fund)
    form = PaymentFileForm(
        request.POST or None,
        accounts=accounts_of_fund(fund),
        candidates=candidates,
        initial={"pay_on": fund.day_of(timezone.now()) + timedelta(days=1)},
    )
    fits = sum(not one.why_not for one in candidates)
    write = offer(access.check_write, fund, request.user, waits=len(candidates), fits=fits)
    context = {"fund": fund, "currency": fund.currency, "write": write}
    return FormPage(template="banking/payment_file_form.html", form=form, context=context)


@manager_page
@form_page(_new_page)
def new_file(request: HttpRequest, page: FormPage, fund_id: int) -> HttpResponse:
    """Write a payment file of what was chosen."""
    form: PaymentFileForm = page.form
    file = services.write_payment_file(
        account_id=form.cleaned_data["account"],
        format=form.cleaned_data["format"],
        pay_on=form.cleaned_data["pay_on"],
        payables=form.chosen,
        ctx=context_of(request),
    )
    messages.success(request, "The file is written and waits for approval.")
    return redirect("banking:payment_file", file.pk)


@require_safe
@manager_page
def file(request: HttpRequest, payment_file_id: int) -> HttpResponse:
    """One file with its payments, and what may be done with it."""
    return _shown(request, payment_file_id)


def _shown(request: HttpRequest, payment_file_id: int, status: int = 200) -> HttpResponse:
    one = read.file_of(request.user, payment_file_id)
    page = nearest_page_of(read.lines_of_file(one), LINES_PER_PAGE, request.GET.get("page"))
    page.object_list = read.lines_shown(one, page.object_list)
    may_return = offer(access.check_return, one, PaymentFileLine(), request.user)
    stale = read.stale_reason(one) if one.state in ("waiting", "approved") else None
    context = {
        "file": one,
        "fund": one.fund,
        "currency": one.fund.currency,
        "page": page,
        "stale": read.stale_words(stale) if stale else "",
        "may_return": may_return,
        "approve": offer(services.check_approve, one, request.user),
        "reject": offer(services.PAYMENT_FILES.check_reject, one, request.user),
        "withdraw": offer(access.check_withdraw, one, request.user),
        "download": offer(access.check_download, one, request.user),
        "answer": offer(access.check_answer, one, request.user),
        "report": offer(access.check_report, one, request.user),
        "reason_form": ReasonForm(),
        "answer_form": BankAnswerForm(),
        "story": read.story_of(one),
    }
    return render(request, "banking/payment_file.html", context, status=status)


def _refused(request: HttpRequest, error, payment_file_id: int) -> HttpResponse:
    return _shown(request, payment_file_id, error.status)


def _valid(form: forms.Form) -> dict:
    """What was posted; InvalidInput with the first thing that is wrong with it."""
    if not form.is_valid():
        name, wrong = next(iter(form.errors.items()))
        raise InvalidInput("payment_file.invalid", f"{form.fields[name].label}: {wrong[0]}", field=name)
    return form.cleaned_data


def _back(request: HttpRequest, done) -> HttpResponse:
    return redirect("banking:payment_file", done.pk)


approve = approval(services.approve_payment_file, "The payment file is approved.", back=_back)
reject = refusal(
    services.reject_payment_file, "The payment file is turned down: another may pay the same.", back=_back
)


@require_POST
@manager_page
@says_refusals(_refused)
def withdraw(request: HttpRequest, payment_file_id: int) -> HttpResponse:
    """Withdraw an approved file that has not left."""
    check_role(read.file_of(request.user, payment_file_id).role, MANAGE)
    reason = _valid(ReasonForm(request.POST))["reason"]
    services.withdraw_payment_file(payment_file_id=payment_file_id, reason=reason, ctx=context_of(request))
    messages.success(request, "The file is withdrawn: another may pay the same.")
    return redirect("banking:payment_file", payment_file_id)


@require_POST
@manager_page
@with_fresh_factor
@says_refusals(_refused)
def download(request: HttpRequest, payment_file_id: int) -> HttpResponse:
    """The bytes of an approved file; with the first time it counts as handed over."""
    read.file_of(request.user, payment_file_id)
    one = services.download_payment_file(payment_file_id=payment_file_id, ctx=context_of(request))
    takes(request, one, fund_id=one.fund_id)
    kind = _TYPES[one.file_name.rpartition(".")[2]]
    headers = {"Content-Disposition": content_disposition_header(True, one.file_name)}
    return HttpResponse(bytes(one.content), content_type=kind, headers=headers)


@require_POST
@manager_page
@says_refusals(_refused)
def answer(request: HttpRequest, payment_file_id: int) -> HttpResponse:
    """Note what the bank answered: by its status report, or by the word of a person."""
    check_role(read.file_of(request.user, payment_file_id).role, MANAGE)
    said = _valid(BankAnswerForm(request.POST, request.FILES))
    of_file = {"payment_file_id": payment_file_id, "ctx": context_of(request)}
    if said["report"] is not None:
        answers.note_status_report(content=said["report"].read(), **of_file)
    else:
        accepted = said["answer"] == "accepted"
        answers.answer_payment_file(accepted=accepted, note=said["note"], **of_file)
    messages.success(request, "What the bank said is noted. Nothing is paid before it stands booked.")
    return redirect("banking:payment_file", payment_file_id)


def _line_refused(request: HttpRequest, error, payment_line_id: int) -> HttpResponse:
    return _shown(request, _line_of(request, payment_line_id).file_id, error.status)


def _line_of(request: HttpRequest, payment_line_id: int) -> PaymentFileLine:
    rows = PaymentFileLine.objects.filter(fund__in=Fund.objects.visible_to(request.user))
    return found(rows, pk=payment_line_id)


@require_POST
@manager_page
@says_refusals(_line_refused)
def return_line(request: HttpRequest, payment_line_id: int) -> HttpResponse:
    """Say that the bank gave one payment back."""
    line = _line_of(request, payment_line_id)
    answers.return_payment(payment_line_id=payment_line_id, ctx=context_of(request))
    messages.success(request, "The payment came back: another file may pay it.")
    return redirect("banking:payment_file", line.file_id)


def _layout_page(request: HttpRequest, account_id: int, form: str) -> FormPage:
    rows = BankAccount.objects.filter(fund__in=Fund.objects.visible_to(request.user)).select_related("fund")
    account = found(with_role(rows, request.user), pk=account_id)
    if form not in LAYOUT_FORMS:
        raise Http404
    check_role(account.role, MANAGE)
    newest = account.payment_layouts.filter(format=form).order_by("-version").first()
    kind = LAYOUT_FORMS[form]
    asked = kind(request.POST or None, initial=kind.first(newest.layout) if newest else {})
    context = {
        "account": account,
        "fund": account.fund,
        "newest": newest,
        "format": PaymentFormat(form).label,
    }
    return FormPage(template="banking/payment_layout.html", form=asked, context=context)


@manager_page
@form_page(_layout_page)
def layout(request: HttpRequest, page: FormPage, account_id: int, form: str) -> HttpResponse:
    """Say what the bank of an account asks of payment files in a format."""
    name_layout(account_id=account_id, format=form, layout=page.form.layout, ctx=context_of(request))
    messages.success(request, "It is remembered for the next files.")
    return redirect("banking:payment_files", page.context["fund"].pk)

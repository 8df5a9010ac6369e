"""Payment files, over the API: written from what is payable, decided, and answered by the bank. Their bytes are taken
on the page alone, by a person with a fresh second factor."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from banking.models import BankAccount
from banking.queries import payments as read
from banking.services import payments as services
from banking.services.payment_answers import answer_payment_file, note_status_report
from blackgem.http.pagination import page_of
from blackgem.http.rights import needs
from blackgem.http.schemas import NOTHING, Nothing
from blackgem.http.validation import naming
from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.context import context_of
from funds.access import DECLINE, DRAFT, MANAGE
from funds.api.verbs import TAKEN_BACK, RefusalBody, declining, one
from funds.models import Fund

from .payment_answers import (
    PayableAnswer,
    PayablesAnswer,
    PaymentFileAnswer,
    PaymentFileDetailAnswer,
    PaymentFilesAnswer,
    PaymentLineAnswer,
)
from .payment_bodies import (
    AnswerPaymentFileBody,
    PaymentFileBody,
    PaymentFileFilter,
    StatusReportBody,
    WithdrawPaymentFileBody,
)

router = Router(by_alias=True, tags=["Payment files"])


def _answer(file, kind=PaymentFileAnswer, **more) -> PaymentFileAnswer:
    return kind.of(
        file,
        fund_name=file.fund.name,
        currency=file.fund.currency,
        account=file.account.masked,
        format=file.format.upper(),
        state=file.state.upper(),
        **more,
    )


def _detail(request: HttpRequest, payment_file_id: int) -> PaymentFileDetailAnswer:
    file = one(read.files_seen_by(request.user), payment_file_id)
    lines = read.lines_shown(file, read.lines_of_file(file))
    return _answer(file, PaymentFileDetailAnswer, payments=[_line(shown) for shown in lines])


def _line(shown: read.LineShown) -> PaymentLineAnswer:
    line = shown.line
    state = line.ending.upper() or ("TO_BE_PAID" if shown.is_payable else "PAID")
    return PaymentLineAnswer(
        id=line.pk,
        n=line.n,
        kind=line.kind.upper(),
        payable_id=line.row_id,
        commitment_id=line.commitment_id,
        investor_name=line.commitment.investor.name,
        account=line.payee_details.account,
        payee_details_version=line.payee_details.version,
        amount=line.amount,
        end_to_end_id=line.end_to_end_id,
        uetr=str(line.uetr),
        state=state,
        was_sent=line.was_sent,
    )


@router.get("/funds/{id:fund_id}/payables", response=PayablesAnswer)
def list_payables(request: HttpRequest, fund_id: int):
    """What issued distributions and refunds of closings owe to partners and was not paid, and why a payment file cannot
    pay it now (`whyNot`, empty where it can)."""
    fund = one(Fund.objects.visible_to(request.user), fund_id)
    rows = [_payable(candidate) for candidate in read.candidates_of(fund)]
    return PayablesAnswer(fund_id=fund.pk, currency=fund.currency, payables=rows)


def _payable(candidate: read.Candidate) -> PayableAnswer:
    payable = candidate.payable
    return PayableAnswer(
        kind=payable.kind.upper(),
        id=payable.row_id,
        commitment_id=payable.commitment_id,
        investor_name=payable.who,
        what=payable.what,
        amount=payable.amount,
        account=candidate.account.account if candidate.account else "",
        why_not=candidate.why_not,
    )


@router.get("/payment-files", response=PaymentFilesAnswer)
def list_payment_files(request: HttpRequest, asked: Query[PaymentFileFilter]):
    """Newest first."""
    rows = read.files_seen_by(request.user)
    if asked.fund_id is not None:
        rows = rows.filter(fund=asked.fund_id)
    found, total = page_of(rows, asked)
    return PaymentFilesAnswer(payment_files=[_answer(file) for file in found], total=total)


@router.get("/payment-files/{id:payment_file_id}", response=PaymentFileDetailAnswer)
def get_payment_file(request: HttpRequest, payment_file_id: int):
    """With its payments, and what became of each; account numbers are masked."""
    return _detail(request, payment_file_id)


@router.post("/payment-files", response={201: PaymentFileDetailAnswer})
@needs(DRAFT)
def post_payment_file(request: HttpRequest, response: HttpResponse, body: PaymentFileBody):
    """Write a file that pays these payables whole, to the verified accounts of their partners. It waits for approval;
    what it pays goes into no other file while it may be carried out. 409 for what is held, in a file, or without an
    account."""
    fund = one(Fund.objects.visible_to(request.user), body.fund_id)
    account = one(BankAccount.objects.filter(fund=fund), body.account_id)
    with naming(payables="payments"):
        file = services.write_payment_file(
            account_id=account.pk,
            format=body.format,
            pay_on=body.pay_on,
            payables=[(payment.kind, payment.id) for payment in body.payments],
            ctx=context_of(request),
        )
    response["Location"] = f"/api/payment-files/{file.pk}"
    return _detail(request, file.pk)


@router.post("/payment-files/{id:payment_file_id}/approve", response=PaymentFileDetailAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_approve_payment_file(request: HttpRequest, payment_file_id: int, body: Nothing = NOTHING):
    """Let it be taken to the bank: not by who wrote it, nor by who entered a new account in it. 409 where something of
    it changed since it was written."""
    services.approve_payment_file(payment_file_id=payment_file_id, ctx=context_of(request))
    return _detail(request, payment_file_id)


@router.post("/payment-files/{id:payment_file_id}/reject", response=PaymentFileDetailAnswer)
@needs(DECLINE)
def post_reject_payment_file(request: HttpRequest, payment_file_id: int, body: RefusalBody = TAKEN_BACK):
    """Turn it down, or take it back as who wrote it: another file may pay the same."""
    services.reject_payment_file(payment_file_id=payment_file_id, ctx=declining(request, body))
    return _detail(request, payment_file_id)


@router.post("/payment-files/{id:payment_file_id}/withdraw", response=PaymentFileDetailAnswer)
@needs(MANAGE)
def post_withdraw_payment_file(request: HttpRequest, payment_file_id: int, body: WithdrawPaymentFileBody):
    """Withdraw an approved file that has not left."""
    services.withdraw_payment_file(
        payment_file_id=payment_file_id, reason=body.reason, ctx=context_of(request)
    )
    return _detail(request, payment_file_id)


@router.post("/payment-files/{id:payment_file_id}/answer", response=PaymentFileDetailAnswer)
@needs(MANAGE)
def post_answer_payment_file(request: HttpRequest, payment_file_id: int, body: AnswerPaymentFileBody):
    """Say what the bank answered to a file that it was given. Neither answer records a payout."""
    answer_payment_file(
        payment_file_id=payment_file_id, accepted=body.accepted, note=body.note, ctx=context_of(request)
    )
    return _detail(request, payment_file_id)


@router.post("/payment-files/{id:payment_file_id}/status-report", response=PaymentFileDetailAnswer)
@needs(MANAGE)
def post_status_report(request: HttpRequest, payment_file_id: int, body: StatusReportBody):
    """Note what the bank reports: whether it takes the file, and which of its payments not, which another file may pay
    then. The report of another file, or of another amount, is refused, and one that says nothing yet leaves the file as
    it is. What it says twice is noted once. 409 where a payment that it rejects stands as paid. It records no
    payout."""
    with naming(report="content"):
        note_status_report(payment_file_id=payment_file_id, content=body.content, ctx=context_of(request))
    return _detail(request, payment_file_id)

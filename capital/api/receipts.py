"""Receipts: money that arrived, before it is known for what."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from blackgem.http.pagination import Paged, page_of
from blackgem.http.rights import needs
from blackgem.lib.context import context_of
from capital.models import FundCash
from capital.services.receipts import apply_receipt, record_receipt
from capital.services.returns import return_receipt
from funds.access import MANAGE

from . import reads
from .answers import CashSummaryAnswer, ReceiptAnswer, ReceiptsAnswer
from .bodies import ApplyReceipt, NewReceipt, ReturnReceipt
from .serializers import receipt_answer, receipt_row_answer

router = Router(by_alias=True, tags=["Receipts"])


@router.get("/funds/{id:fund_id}/receipts", response=ReceiptsAnswer)
def list_receipts(request: HttpRequest, fund_id: int, asked: Query[Paged]):
    """Newest first; `summary` is over all receipts of the fund."""
    fund = reads.one(reads.funds(request.user), fund_id)
    rows = reads.receipts(request.user).filter(fund=fund, capital__fund=fund).order_by("-value_date", "-pk")
    found, total = page_of(rows, asked)
    cash = CashSummaryAnswer.of(FundCash.objects.get(pk=fund.pk)).in_currency(fund.currency)
    return ReceiptsAnswer(receipts=[receipt_row_answer(one) for one in found], total=total, summary=cash)


@router.post("/funds/{id:fund_id}/receipts", response={201: ReceiptAnswer})
@needs(MANAGE)
def post_receipt(request: HttpRequest, response: HttpResponse, fund_id: int, body: NewReceipt):
    """Money that arrived stays unapplied until it is applied to items or returned."""
    receipt = record_receipt(fund_id=fund_id, **body.model_dump(), ctx=context_of(request))
    response["Location"] = f"/api/receipts/{receipt.pk}"
    return receipt_answer(request.user, receipt.pk)


@router.get("/receipts/{id:receipt_id}", response=ReceiptAnswer)
def get_receipt(request: HttpRequest, receipt_id: int):
    return receipt_answer(request.user, receipt_id)


@router.post("/receipts/{id:receipt_id}/apply", response=ReceiptAnswer)
@needs(MANAGE)
def post_apply(request: HttpRequest, receipt_id: int, body: ApplyReceipt):
    """Apply unapplied cash to items of issued calls of the same fund, all of the splits or none."""
    splits = [(split.item_id, split.amount) for split in body.splits]
    apply_receipt(receipt_id=receipt_id, splits=splits, ctx=context_of(request))
    return receipt_answer(request.user, receipt_id)


@router.post("/receipts/{id:receipt_id}/return", response=ReceiptAnswer)
@needs(MANAGE)
def post_return(request: HttpRequest, receipt_id: int, body: ReturnReceipt):
    """Send unapplied cash back to its payer. With `investorId`, whose money it was, a letter to that partner is
    written; it leaves by `/cash-returns/{returnId}/send-notices`."""
    return_receipt(receipt_id=receipt_id, **body.model_dump(), ctx=context_of(request))
    return receipt_answer(request.user, receipt_id)

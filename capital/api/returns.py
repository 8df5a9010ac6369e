"""Returns of unapplied cash: their letters, and what takes them back."""

from django.http import HttpRequest
from ninja import Router

from blackgem.http.rights import makes_file, needs
from blackgem.lib.context import context_of
from blackgem.lib.downloads import takes
from capital.queries.returns import returns_of
from capital.services.returns import send_return_notice, take_back_return
from funds.access import MANAGE
from funds.api.letters import PDF, one_letter
from funds.api.verbs import SentAnswer
from funds.models import Notice

from . import reads
from .answers import CashReturnAnswer
from .bodies import RETURN_NOT_AGAIN, SendReturnNotice, TakeBackReturn
from .serializers import cash_return_answer

router = Router(by_alias=True, tags=["Receipts"])


@router.get("/cash-returns/{id:return_id}", response=CashReturnAnswer)
def get_cash_return(request: HttpRequest, return_id: int):
    return cash_return_answer(request.user, return_id)


@router.post("/cash-returns/{id:return_id}/send-notices", response=SentAnswer)
@needs(MANAGE)
def post_return_notice(request: HttpRequest, return_id: int, body: SendReturnNotice = RETURN_NOT_AGAIN):
    """Queue the letter to the partner whose money it was; twice sends nothing twice, unless `resend`."""
    count = send_return_notice(return_id=return_id, resend=body.resend, ctx=context_of(request))
    return SentAnswer(sent_count=count)


@router.get("/cash-returns/{id:return_id}/notice-pdf", openapi_extra=PDF)
@makes_file
def get_return_notice_pdf(request: HttpRequest, return_id: int):
    """The newest letter about a return. 409 while it is being made, or where there is none."""
    returned = reads.one(returns_of(request.user), return_id)
    takes(request, returned, fund_id=returned.fund_id)
    return one_letter(Notice.Kind.CASH_RETURN, returned.pk, returned.pk)


@router.post("/cash-returns/{id:return_id}/take-back", response=CashReturnAnswer)
@needs(MANAGE)
def post_take_back(request: HttpRequest, return_id: int, body: TakeBackReturn):
    """The money came back, or never left: it waits on its receipt again, and who has the letter is told."""
    take_back_return(return_id=return_id, **body.model_dump(), ctx=context_of(request))
    return cash_return_answer(request.user, return_id)

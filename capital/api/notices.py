"""The letters of a call, to read."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from blackgem.http.schemas import Filters, Id
from capital.models import CapitalCallItem
from funds.models import Notice
from funds.queries.documents import merged_notices, notice_document

from . import reads

router = Router(by_alias=True, tags=["Capital calls"])

_PDF = {"application/pdf": {"schema": {"type": "string", "contentMediaType": "application/pdf"}}}


class NoticeFilter(Filters):
    """Whose notice; without it, all of them in one file."""

    item_id: Id = None


@router.get(
    "/capital-calls/{id:call_id}/notice-pdf",
    openapi_extra={"responses": {200: {"description": "OK", "content": _PDF}}},
)
def get_notice_pdf(request: HttpRequest, call_id: int, asked: Query[NoticeFilter]):
    """One investor's newest notice, or all of them in one file. 409 while they are being made."""
    call = reads.one(reads.calls(request.user), call_id)
    if asked.item_id is None:
        return _pdf(merged_notices(Notice.Kind.CAPITAL_CALL, call.pk), f"capital-call-{call.number}")
    reads.one(CapitalCallItem.objects.filter(call=call), asked.item_id)
    document = notice_document(Notice.Kind.CAPITAL_CALL, call.pk, asked.item_id)
    return _pdf(bytes(document.content), document.notice.number)


def _pdf(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)

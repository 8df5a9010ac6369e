"""The letters of a call or distribution as a PDF: what its routes share."""

from django.http import HttpResponse

from blackgem.http.openapi import CONFLICT
from blackgem.http.schemas import Filters, Id
from funds.queries.documents import merged_notices, notice_document

#: How the OpenAPI document describes the answer.
PDF = {
    "responses": {
        200: {
            "description": "OK",
            "content": {
                "application/pdf": {"schema": {"type": "string", "contentMediaType": "application/pdf"}}
            },
        },
        **CONFLICT,
    }
}


class NoticeFilter(Filters):
    """Whose notice; without it, all of them in one file."""

    item_id: Id = None


def all_letters(kind: str, subject_id: int, name: str) -> HttpResponse:
    """Every newest letter in one file of this name. Raises Conflict while one is being made."""
    return _pdf(merged_notices(kind, subject_id), name)


def one_letter(kind: str, subject_id: int, item_id: int) -> HttpResponse:
    """One investor's newest letter. Raises Conflict while it is being made."""
    document = notice_document(kind, subject_id, item_id)
    return _pdf(bytes(document.content), document.notice.number)


def _pdf(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)

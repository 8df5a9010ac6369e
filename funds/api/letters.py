"""The letters of a call or distribution as a PDF: what its routes share."""

from django.http import HttpResponse

from blackgem.http.openapi import CONFLICT
from blackgem.http.schemas import Filters, Id
from blackgem.lib.downloads import show_pdf
from funds.queries.documents import merged_notices, newest_letter
from funds.queries.letter_states import copy_of
from funds.services.letters import file_name

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
    return show_pdf(merged_notices(kind, subject_id), name=f"{name}.pdf", inline=False)


def one_letter(kind: str, subject_id: int, item_id: int) -> HttpResponse:
    """One investor's newest letter. Raises Conflict while it is being made."""
    letter = newest_letter(kind, subject_id, item_id)
    return show_pdf(copy_of(letter), name=file_name(letter), inline=False)

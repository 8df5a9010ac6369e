"""The stored PDFs of the letters of a call, distribution or closing: one, or all in one file."""

from io import BytesIO

from pypdf import PdfWriter

from blackgem.lib.errors import Conflict
from funds.models import Notice

from .letter_states import copy_of, with_letter_states


def newest_letter(kind: str, subject_id: int, item_id) -> Notice:
    """One investor's newest letter, for `copy_of`.

    Raises Conflict: "notice.none" where none was written, "notice.not_ready" while it is being made.
    """
    newest = Notice.objects.newest(kind, subject_id).filter(item_id=item_id)
    found = list(with_letter_states(newest).select_related("document"))
    _check_made(found)
    return found[0]


def merged_notices(kind: str, subject_id: int) -> bytes:
    """Every newest letter of a call or distribution in one PDF, by reference, with a bookmark each; a letter that no
    longer holds says so on its pages.

    Raises Conflict: "notice.none" where none was written, "notice.not_ready" while one is being made, because a file
    that lacks an investor would not be noticed.
    """
    notices = list(
        with_letter_states(Notice.objects.filter(pk__in=Notice.objects.newest(kind, subject_id).values("pk")))
        .select_related("document", "commitment__investor")
        .order_by("commitment__reference", "pk")
    )
    _check_made(notices)
    return _merged(notices)


def _check_made(notices: list[Notice]) -> None:
    if not notices:
        raise Conflict("notice.none", "There is no notice: it was not issued, or its amount is zero.")
    if not all(hasattr(notice, "document") for notice in notices):
        raise Conflict("notice.not_ready", "The notices are still being made. Please try again in a moment.")


def _merged(notices) -> bytes:
    writer = PdfWriter()
    for notice in notices:
        title = f"{notice.number} {notice.commitment.investor.name}"
        writer.append(BytesIO(copy_of(notice)), outline_item=title, import_outline=False)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()

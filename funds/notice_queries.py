"""What became of the letters about a capital call (or distribution).

`kind` and `subject_id` name what they are about; the caller has found it among what its user may see.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from django.db.models import Exists, OuterRef, QuerySet
from pypdf import PdfWriter

from blackgem.lib.errors import Busy, NotFound
from funds.models import Notice, NoticeDelivery, NoticeDocument, NoticeRendering
from funds.services.notices import MOST_RENDERINGS


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """The newest version of one investor's letter and the newest attempt to mail it (state None: never sent)."""

    notice_id: int
    item_id: int
    number: str
    version: int
    has_document: bool
    state: str | None
    sent_at: datetime | None
    failure: str
    recipients: list[str]


@dataclass(frozen=True, slots=True)
class NoticeProgress:
    """How many of the newest letters are where. The states add up to `total`."""

    total: int
    rendered: int
    not_sent: int
    queued: int
    sending: int
    sent: int
    failed: int
    unknown: int

    @property
    def under_way(self) -> bool:
        """Whether workers have something to do, so that a page that shows this should look again."""
        return bool(self.queued or self.sending or self.rendered < self.total)

    @property
    def decided(self) -> int:
        """Letters that somebody chose to send."""
        return self.total - self.not_sent


def newest_notices(*, kind: str, subject_id: int) -> QuerySet[Notice]:
    """The standing version of each letter."""
    notices = Notice.objects.filter(kind=kind, subject_id=subject_id)
    return notices.order_by("item_id", "-version").distinct("item_id")


def notice_rows(*, kind: str, subject_id: int) -> dict[int, NoticeRow]:
    """By item. Two queries, however many there are."""
    made = NoticeDocument.objects.filter(notice=OuterRef("pk"))
    notices = (
        newest_notices(kind=kind, subject_id=subject_id).defer("facts").annotate(has_document=Exists(made))
    )
    tried = NoticeDelivery.objects.filter(notice__kind=kind, notice__subject_id=subject_id)
    newest = {one.notice_id: one for one in tried.order_by("notice_id", "-round").distinct("notice_id")}
    return {notice.item_id: _row(notice, newest.get(notice.pk)) for notice in notices}


def _row(notice: Notice, delivery: NoticeDelivery | None) -> NoticeRow:
    return NoticeRow(
        notice_id=notice.pk,
        item_id=notice.item_id,
        number=notice.number,
        version=notice.version,
        has_document=notice.has_document,
        state=delivery.state if delivery else None,
        sent_at=delivery.sent_at if delivery else None,
        failure=delivery.failure if delivery else "",
        recipients=delivery.recipients if delivery else [],
    )


def notice_progress(*, kind: str, subject_id: int) -> NoticeProgress:
    """The counts alone."""
    return progress_of(notice_rows(kind=kind, subject_id=subject_id).values())


def progress_of(rows: Iterable[NoticeRow]) -> NoticeProgress:
    """The counts of rows that a page has already."""
    rows = list(rows)
    states = Counter(row.state for row in rows)
    return NoticeProgress(
        total=len(rows),
        rendered=sum(row.has_document for row in rows),
        not_sent=states[None],
        **{state: states[state] for state in NoticeDelivery.State.values},
    )


def notice_sent_at(*, kind: str, subject_id: int) -> datetime | None:
    """When the relay first confirmed a mail about it."""
    sent = NoticeDelivery.objects.filter(notice__kind=kind, notice__subject_id=subject_id)
    return sent.exclude(sent_at=None).order_by("sent_at").values_list("sent_at", flat=True).first()


def notice_of_item(*, kind: str, item_id: int) -> Notice | None:
    """The standing version of one investor's letter, with its document where that is made."""
    notices = Notice.objects.filter(kind=kind, item_id=item_id).select_related("document")
    return notices.order_by("-version").first()


def pdf_of(notice: Notice) -> bytes:
    """The PDF as it was made, and as it was or will be mailed. Raises Busy while it is still being made."""
    document = NoticeDocument.objects.filter(notice=notice).first()
    if document is None:
        raise Busy("notice.not_ready", "The PDF is still being made. Please try again in a moment.")
    return bytes(document.content)


def merged_pdf(*, kind: str, subject_id: int) -> bytes:
    """All standing letters in one PDF, in the order of the commitments' references, each with its bookmark.

    Raises NotFound where nothing was written, and Busy while some are still being made.
    """
    notices = (
        newest_notices(kind=kind, subject_id=subject_id).select_related("commitment__investor").defer("facts")
    )
    ordered = sorted(notices, key=lambda notice: notice.commitment.reference)
    if not ordered:
        raise NotFound("notice.none", "There are no notices about this.")
    _check_all_made(ordered)
    writer = PdfWriter()
    for notice in ordered:
        _append(writer, notice)
    merged = BytesIO()
    writer.write(merged)
    return merged.getvalue()


def _check_all_made(notices: list[Notice]) -> None:
    """Those that were given up do not hold up the others."""
    waiting = NoticeRendering.objects.filter(notice__in=notices, attempts__lt=MOST_RENDERINGS).count()
    if waiting:
        raise Busy(
            "notice.not_ready",
            f"{waiting} of {len(notices)} PDFs are still being made. Please try again in a moment.",
        )


def _append(writer: PdfWriter, notice: Notice) -> None:
    content = NoticeDocument.objects.filter(notice=notice).values_list("content", flat=True).first()
    if content is not None:
        title = f"{notice.number} {notice.commitment.investor.name}"
        writer.append(BytesIO(content), outline_item=title, import_outline=False)

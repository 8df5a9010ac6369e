"""Notices become PDFs: each once, stored with its hash, never made again."""

import logging
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string

from blackgem.lib.errors import Conflict
from blackgem.lib.letter_fonts import Unprintable
from blackgem.lib.opened import written_by_worker
from blackgem.lib.pdf import DocumentRefused, Pdf, render_pdf
from blackgem.lib.stamps import stamped
from funds.models import Notice, NoticeDelivery, NoticeDocument, NoticeRendering
from funds.queries.seals import seal_of_letter
from funds.queries.wording import pictures_in, words_of

from .notices import MOST_RENDERINGS
from .turns import Job

log = logging.getLogger(__name__)

DRAFT = "DRAFT. Nothing is issued yet, and nothing was sent: this is how the letter would read today."
FIRST_PAUSE = timedelta(seconds=30)


def render_next(*, at: datetime, job: Job | None = None) -> bool:
    """Make and store the PDF of one notice that waits for it, of this `job` if one is named. False when none waits.

    Those asked to be mailed come first. The try is counted and committed first: a document that kills its worker moves
    behind the others like it and is given up in the end. While it is made the row is locked, so that a killed worker's
    notice is free at once.
    """
    notice_id = _claim(at, job)
    if notice_id is None:
        return False
    _make(notice_id, at)
    return True


@transaction.atomic
def _claim(at: datetime, job: Job | None = None) -> int | None:
    _do_not_wait_for_the_disk()
    waiting = NoticeRendering.objects.filter(due_at__lte=at, attempts__lt=MOST_RENDERINGS)
    to_be_mailed = NoticeDelivery.objects.filter(notice=OuterRef("notice"), state=NoticeDelivery.State.QUEUED)
    if job:
        waiting = waiting.filter(Exists(job.within(to_be_mailed)))
    free = waiting.select_for_update(skip_locked=True, of=("self",))
    row = free.order_by(Exists(to_be_mailed).desc(), "attempts", "due_at", "notice_id").first()
    if row is None:
        return None
    row.attempts += 1
    with written_by_worker(at):
        row.save(update_fields=["attempts"])
    return row.pk


@transaction.atomic
def _make(notice_id: int, at: datetime) -> None:
    """Render under the lock. Somebody who was faster is left to it."""
    _do_not_wait_for_the_disk()
    free = NoticeRendering.objects.select_for_update(skip_locked=True, of=("self",))
    row = free.select_related("notice__commitment").filter(pk=notice_id).first()
    if row is None:
        return
    try:
        pdf = make_pdf(row.notice)
    except Exception as error:
        log.exception("A notice could not be rendered", extra={"notice": notice_id})
        with written_by_worker(at):
            _note_failure(row, error, at)
    else:
        with written_by_worker(at):
            _store(row, pdf)


def _do_not_wait_for_the_disk() -> None:
    """What a power cut takes is made again: nothing relies on a document before the claim that mails it, and that
    claim is flushed with everything before it. Two flushes are a tenth of the time a notice takes."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")


def make_pdf(notice: Notice) -> Pdf:
    """The letter as a PDF. It carries the ids of notice and commitment, to be compared before it is mailed."""
    pictures = pictures_in(notice.fund_id, notice.facts["fund"])
    return render_pdf(
        letter_html(notice), stylesheet=_stylesheet(), identifier=identity(notice), pictures=pictures
    )


def draft_pdf(notice: Notice, *, pictures: dict[str, bytes] | None = None) -> bytes:
    """The PDF of a letter that is not written yet, marked as a draft across each page and in its title.

    It carries no letter's identity, so that it could not be mailed for one. `pictures` are those of a letterhead that
    is not kept yet. Raises Unprintable, and Conflict("letter.too_long") where the letter itself could not be made
    either.
    """
    if pictures is None:
        pictures = pictures_in(notice.fund_id, notice.facts["fund"])
    try:
        html = letter_html(notice)
        pdf = render_pdf(html, stylesheet=_stylesheet(), identifier="draft", pictures=pictures)
    except DocumentRefused as error:
        raise Conflict("letter.too_long", str(error)) from error
    return stamped(pdf.content, DRAFT)


def _stylesheet() -> Path:
    return settings.BASE_DIR / "templates" / "notices" / "notices.css"


def letter_html(notice: Notice) -> str:
    """The letter as HTML, everything in it escaped, from the notice's frozen facts alone; one that has no id is a
    draft."""
    context = {
        "facts": notice.facts,
        "number": notice.number,
        "version": notice.version,
        "dated_on": notice.dated_on.isoformat(),
        "change_note": notice.change_note,
        "notice_id": _public_id(notice),
        "kind": notice.kind,
        **words_of(notice.kind, notice.facts, notice.number),
    }
    return render_to_string(f"notices/{_template(notice)}.html", context)


def _template(notice: Notice) -> str:
    if "sample" in notice.facts:
        return "sample"
    return "cancellation" if is_cancellation(notice) else notice.kind


def is_cancellation(notice: Notice) -> bool:
    """Whether this version says that its call or distribution is cancelled."""
    return "cancelled" in notice.facts


def identity(notice: Notice) -> str:
    """What a PDF says of whose it is. Of a letter that is known by its number the PDF may be there already."""
    if notice.known_by_number:
        ids = f"commitment={notice.commitment_id} item={notice.item_id}"
        return f"notice={notice.pk} version={notice.version} {ids}"
    return f"notice={notice.public_id} version={notice.version} commitment={notice.commitment.public_id}"


def _public_id(notice: Notice) -> UUID | None:
    """None for a draft, which has none yet."""
    return notice.public_id if notice.pk else None


def _store(row: NoticeRendering, pdf: Pdf) -> None:
    NoticeDocument.objects.create(
        notice=row.notice,
        content=pdf.content,
        sha256=pdf.sha256,
        seal=seal_of_letter(row.notice, pdf.content),
        page_count=pdf.page_count,
    )
    row.delete()


def _note_failure(row: NoticeRendering, error: Exception, at: datetime) -> None:
    """Try again later, a little longer each time; what is refused as it is would be refused again."""
    if isinstance(error, DocumentRefused | Unprintable):
        row.attempts = MOST_RENDERINGS
    row.failure = f"{type(error).__name__}: {error}"[:500]
    row.due_at = at + FIRST_PAUSE * 2**row.attempts
    row.save(update_fields=["attempts", "failure", "due_at"])

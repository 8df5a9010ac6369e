"""Every letter that an investor was sent, with who opened and acknowledged which version."""

from django.db.models import Exists, F, OuterRef

from blackgem.lib.pages import found
from funds.models import Notice, NoticeReading
from funds.queries.letter_states import copy_of, with_letter_states
from portal.reader import Reader


def documents_of(reader: Reader):
    """Every version of every letter that was sent, newest first. `state`: live, replaced, cancelled or paid."""
    acknowledged = NoticeReading.objects.filter(notice=OuterRef("pk"), deed=NoticeReading.Deed.ACKNOWLEDGED)
    return (
        with_letter_states(Notice.objects.filter(commitment__in=reader.commitments, document__isnull=False))
        .select_related("fund", "commitment__investor")
        .defer("facts")
        .annotate(state=F("letter_state"), acknowledged=Exists(acknowledged))
        .order_by("-dated_on", "-pk")
    )


def document_of(reader: Reader, notice_id) -> Notice:
    """One of them; 404 for that of anybody else."""
    return found(documents_of(reader), pk=notice_id)


def content_of(reader: Reader, notice_id) -> bytes:
    """Its PDF, as it was sent; where it no longer holds, with a line that says so."""
    return copy_of(found(documents_of(reader).select_related("document").defer(None), pk=notice_id))


def acknowledgements_of(notice) -> list[NoticeReading]:
    """Who acknowledged this version, and when."""
    return list(notice.readings.filter(deed=NoticeReading.Deed.ACKNOWLEDGED).order_by("at"))

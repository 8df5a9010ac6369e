"""What binds a letter's PDF to the letter, and a mail that warns to what was written: checked before a byte leaves."""

from datetime import datetime
from hashlib import sha256

from django.db.models import QuerySet

from blackgem.lib import audit, seals
from blackgem.lib.context import WriteContext
from blackgem.lib.seals import BrokenSeal
from blackgem.lib.sql import service
from funds.models import Notice, NoticeDocument, WarningMail

LETTER, WARNING = "letter", "warning"
BROKEN = "The stored PDF is not the one that was made of this letter."


def seal_of_letter(notice: Notice, content: bytes) -> str:
    """The seal of the PDF that was made of a letter."""
    return seals.seal(LETTER, _said_by_letter(notice, content))


def seal_holds(notice: Notice) -> bool:
    """Whether a letter's stored PDF was made by this site, of the letter as it stands."""
    document = notice.document
    return seals.holds(document.seal, LETTER, _said_by_letter(notice, bytes(document.content)))


def check_letter_to_be_read(notice: Notice) -> None:
    """Raise BrokenSeal, with an alarm and an event, for a letter whose PDF must not be shown."""
    if not seal_holds(notice):
        seals.alarm(f"{BROKEN} Letter {notice.pk} was not shown.", lambda at: _record(notice.pk, at))
        raise BrokenSeal("letter.broken_seal", BROKEN)


@service
def _record(notice_id: int, at: datetime) -> None:
    record_broken(Notice.objects.get(pk=notice_id), WriteContext(None, at))


def record_broken(notice: Notice, ctx: WriteContext) -> None:
    """The event that a letter was held back, in the caller's transaction."""
    audit.record(
        verb="hold_back_letter", ctx=ctx, subject=notice, also=[notice.commitment], fund_id=notice.fund_id
    )


def _said_by_letter(notice: Notice, content: bytes) -> list:
    """Whose letter it is, which version, everything that it says, and the hash of the bytes."""
    ids = (notice.pk, notice.kind, notice.fund_id, notice.commitment_id, notice.subject_id, notice.item_id)
    head = (notice.number, notice.version, notice.dated_on.isoformat(), notice.change_note)
    return [*ids, *head, notice.facts, sha256(content).hexdigest()]


def seal_of_warning(mail: WarningMail) -> str:
    return seals.seal(WARNING, (mail.recipient, mail.subject, mail.body))


def warning_holds(mail: WarningMail) -> bool:
    """Whether this site wrote the mail, to this mailbox, in these words."""
    return seals.holds(mail.seal, WARNING, (mail.recipient, mail.subject, mail.body))


# ---------------------------------------------------------------- every seal


def broken_letters() -> list[Notice]:
    """Every letter whose stored PDF must not leave."""
    return [notice for notice in _with_documents() if not seal_holds(notice)]


def broken_warnings() -> list[WarningMail]:
    """Every mail that waits and was not written by this site."""
    return [
        mail for mail in WarningMail.objects.filter(sent_at=None).order_by("pk") if not warning_holds(mail)
    ]


def renew_seals(using: str) -> int:
    """As the owner: seal anew, under the key of today, what is sealed under one before it. Returns how many."""
    renewed = 0
    for notice in _with_documents(using):
        current = seal_of_letter(notice, bytes(notice.document.content))
        if notice.document.seal != current and seal_holds(notice):
            renewed += NoticeDocument.objects.using(using).filter(pk=notice.pk).update(seal=current)
    for mail in WarningMail.objects.using(using).filter(sent_at=None):
        if mail.seal != seal_of_warning(mail) and warning_holds(mail):
            mail.seal = seal_of_warning(mail)
            mail.save(using=using, update_fields=["seal"])
            renewed += 1
    return renewed


def _with_documents(using: str = "default") -> QuerySet[Notice]:
    letters = (
        Notice.objects.using(using).filter(document__isnull=False).select_related("document", "commitment")
    )
    return letters.order_by("pk").iterator(chunk_size=100)

"""Who opened which version of a letter, and who acknowledged it."""

from uuid import UUID

from django.db.models import Exists, OuterRef

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Forbidden, NotFound
from blackgem.lib.sql import service
from funds.models import Notice, NoticeDelivery, NoticeReading
from portal.queries.documents import PARTS
from portal.queries.home import granted_to

Deed = NoticeReading.Deed


@service
def record_opening(*, notice: UUID, ctx: WriteContext) -> NoticeReading:
    """Note that a person opened a version of a letter. Raises NotFound for that of somebody else, or never sent."""
    return NoticeReading.objects.create(notice=_own(notice, ctx.by), deed=Deed.OPENED, by=ctx.by, at=ctx.at)


@service
def acknowledge_notice(*, notice: UUID, ctx: WriteContext) -> NoticeReading:
    """Confirm that a letter was received; saying so twice says it once.

    Raises NotFound for that of somebody else, Forbidden("notice.not_to_acknowledge") for who may only read it,
    Conflict("notice.cancelled") where what it is about was cancelled.
    """
    own = _own(notice, ctx.by)
    if not granted_to(ctx.by).filter(commitment=own.commitment_id, acknowledges=True).exists():
        raise Forbidden("notice.not_to_acknowledge", "You may read this letter, not acknowledge it.")
    reading, is_new = NoticeReading.objects.get_or_create(
        notice=own, deed=Deed.ACKNOWLEDGED, by=ctx.by, defaults={"at": ctx.at}
    )
    if is_new:
        part = PARTS[own.kind](pk=own.item_id)
        audit.record(
            verb="acknowledge_notice",
            ctx=ctx,
            subject=own,
            also=[part, own.commitment],
            fund_id=own.fund_id,
        )
    return reading


def _own(public_id, by) -> Notice:
    """The letter, about a commitment that this person was let see."""
    stands = granted_to(by).filter(commitment=OuterRef("commitment"))
    sent = NoticeDelivery.objects.filter(notice=OuterRef("pk"))
    own = Notice.objects.filter(Exists(stands), Exists(sent), public_id=public_id)
    notice = own.select_related("commitment").first()
    if notice is None:
        raise NotFound("not_found", "There is no such document.")
    return notice

"""Who opened which version of a letter, and who acknowledged it."""

from django.db.models import Exists, OuterRef

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import NotFound
from blackgem.lib.sql import service
from capital.models import CapitalCallItem
from distributions.models import DistributionItem
from funds.models import Notice, NoticeDelivery, NoticeReading, PortalGrant

_PARTS = {Notice.Kind.CAPITAL_CALL: CapitalCallItem, Notice.Kind.DISTRIBUTION: DistributionItem}
Deed = NoticeReading.Deed


@service
def record_opening(*, notice_id, ctx: WriteContext) -> NoticeReading:
    """Note that a person opened a version of a letter. Raises NotFound for that of somebody else, or never sent."""
    return NoticeReading.objects.create(
        notice=_own(notice_id, ctx.by), deed=Deed.OPENED, by=ctx.by, at=ctx.at
    )


@service
def acknowledge_notice(*, notice_id, ctx: WriteContext) -> NoticeReading:
    """Confirm that a letter was received; saying so twice says it once.

    Raises NotFound for that of somebody else, Conflict("notice.cancelled") where what it is about was cancelled.
    """
    notice = _own(notice_id, ctx.by)
    reading, is_new = NoticeReading.objects.get_or_create(
        notice=notice, deed=Deed.ACKNOWLEDGED, by=ctx.by, defaults={"at": ctx.at}
    )
    if is_new:
        part = _PARTS[notice.kind](pk=notice.item_id)
        audit.record(
            verb="acknowledge_notice",
            ctx=ctx,
            subject=notice,
            also=[part, notice.commitment],
            fund_id=notice.fund_id,
        )
    return reading


def _own(notice_id, by) -> Notice:
    """The letter, about a commitment that this person was let see."""
    stands = PortalGrant.objects.in_force().filter(commitment=OuterRef("commitment"), contact__user=by)
    sent = NoticeDelivery.objects.filter(notice=OuterRef("pk"))
    notice = (
        Notice.objects.select_related("commitment").filter(Exists(stands), Exists(sent), pk=notice_id).first()
    )
    if notice is None:
        raise NotFound("not_found", "There is no such document.")
    return notice

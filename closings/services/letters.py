"""The letters of a settled closing's refunds, sent by a person's decision."""

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import NotFound
from blackgem.lib.sql import service
from closings.access import check_send_notices
from closings.models import Closing
from closings.services.closings import lock_closing
from funds.models import Notice
from funds.services.notices import queue_newest


@service
def send_notices(*, closing_id, resend: bool = False, ctx: WriteContext) -> int:
    """Queue the newest refund notice of every partner who gets something back, and return how many were queued.
    Calling it twice sends nothing twice unless `resend`."""
    return _queue(lock_closing(ctx.by, closing_id), None, resend, ctx)


@service
def resend_notice(*, closing_id, refund_id, ctx: WriteContext) -> int:
    """Queue one partner's newest refund notice again. Raises NotFound for a refund of another closing."""
    closing = lock_closing(ctx.by, closing_id)
    if not closing.refunds.filter(pk=refund_id).exists():
        raise NotFound("refund.not_found", "There is no such refund of this closing.")
    return _queue(closing, refund_id, True, ctx)


def _queue(closing: Closing, refund_id, resend: bool, ctx: WriteContext) -> int:
    check_send_notices(closing, ctx.by)
    return queue_newest(subject=closing, kind=Notice.Kind.REFUND, item_id=refund_id, resend=resend, ctx=ctx)

"""What an investor asked for is turned down with a reason, which the investor reads."""

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import InvalidInput
from funds.models import Adviser, ControlChange

from .inputs import fill
from .warnings import warn


def tell_investor(change: ControlChange, reason: str, ctx: WriteContext) -> None:
    """Write down why an adviser is not let in, and tell who asked that it was declined. Nothing where a manager asked.

    Raises InvalidInput.
    """
    adviser = Adviser.objects.select_related("asked_by", "commitment__fund").filter(change=change).first()
    if adviser is None:
        return
    fill(adviser, {"declined_because": reason}, allowed=("declined_because",))
    if not adviser.declined_because:
        raise InvalidInput("reason.required", "Say why: the investor reads it.", field="reason")
    adviser.save(update_fields=["declined_because"])
    body = (
        f"{adviser.commitment.fund} did not agree to let {adviser.name} in. The reason stands in the portal, under "
        "Advisers.\n"
    )
    warn(adviser.asked_by.email, "An adviser was not let in", body, at=ctx.at)

"""Questions to the manager, about a part of a call or distribution."""

from uuid import UUID

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import NotFound
from blackgem.lib.sql import service
from funds.models import Notice, PartMessage
from funds.services.questions import write_question
from portal.queries.documents import PARTS
from portal.queries.home import granted_to

#: What a part is a part of, by the kind of the letter about it.
WHOLE = {Notice.Kind.CAPITAL_CALL: "call", Notice.Kind.DISTRIBUTION: "distribution"}


@service
def ask_question(*, kind: str, part: UUID, text: str, ctx: WriteContext) -> PartMessage:
    """Ask about a part of a call or distribution that this person sees.

    Raises NotFound for that of somebody else, InvalidInput and Conflict("message.too_many").
    """
    whole = WHOLE[kind]
    own = PARTS[kind].objects.filter(commitment__in=granted_to(ctx.by).values("commitment"), public_id=part)
    found = own.select_related("commitment__investor", "commitment__fund", whole).first()
    if found is None:
        raise NotFound("not_found", "There is no such call or distribution.")
    message = PartMessage(
        fund=found.commitment.fund,
        commitment=found.commitment,
        kind=kind,
        subject_id=getattr(found, f"{whole}_id"),
        item_id=found.pk,
        text=text,
    )
    return write_question(message, part=found, ctx=ctx)

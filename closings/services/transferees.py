"""Who takes an interest over and is no partner of the fund yet: it comes in with nothing, in the same step."""

from dataclasses import dataclass
from datetime import date

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import InvalidInput
from funds.models import Commitment
from funds.services.partners import commit, create_investor


@dataclass(frozen=True, slots=True)
class NewInvestor:
    """An investor that nobody entered yet; with an e-mail address its notices go there, until its contacts say
    otherwise."""

    name: str
    email: str = ""


def transferee_of(
    transferor: Commitment, investor: int | NewInvestor | None, reference: str, on: date, ctx: WriteContext
) -> Commitment:
    """Admit an investor with nothing, on the day of the transfer, as the kind of partner that the transferor is. It
    stays a partner with nothing where the transfer is refused.

    Raises InvalidInput, Conflict and Forbidden as `create_investor` and `commit` do.
    """
    if investor is None:
        raise InvalidInput("transferee.required", "Say who takes the interest over.", field="transferee")
    if isinstance(investor, NewInvestor):
        fields = {"name": investor.name} | ({"email": investor.email} if investor.email else {})
        investor = create_investor(fields=fields, ctx=ctx).pk
    fund = transferor.fund
    admitted = commit(
        fund_id=fund.pk,
        investor_id=investor,
        amount="0",
        closing_date=on,
        kind=transferor.kind,
        reference=reference.strip() or None,
        ctx=ctx,
    )
    return Commitment.objects.select_related("fund", "investor").get(pk=admitted.pk)

"""Transferring a partner's interest in a fund, or an exact share of it, to another partner of the fund.

What moves is worked out when the transfer takes effect, under the locks. Every row of the ledger that the transferor
holds moves by its share, and so do the parts of lines and the shares in distributions that the rows paid; then the
register. The fund's totals stay what they were.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import REFUSALS, Conflict, InvalidInput, NotFound
from blackgem.lib.money import parse_amount
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from closings.calc.transfers import TransferRefused, check_share, share_of
from closings.models import Transfer
from closings.queries.transfer import Shown, figures_of_worked_out, posted_figures
from closings.queries.transfers import WorkedOutTransfer
from closings.transfer_access import check_begin_transfer, check_none_waits
from funds.access import MANAGE, check_may
from funds.models import Commitment, Fund
from funds.services.decidable import Decidable
from funds.services.inputs import problems_of

from .assuming import parts_of, tell_of_assumed
from .moving import next_number, post_moved
from .transfer_checks import check_transfer
from .transferees import NewInvestor, transferee_of

#: A denominator beyond this is no share that anybody agreed on.
MOST = 10**15


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What the two partners agreed between themselves: in no figure of the fund. `price` in its currency; `document`
    says by which paper; each reads the other's name only where the `parties_named` is true."""

    price: Decimal | None = None
    note: str = ""
    document: str = ""
    parties_named: bool = False


NOTHING_SAID = Agreed()


@service
def request_transfer(
    *,
    fund_id,
    transferor_id,
    reason: str,
    transferee_id=None,
    investor: int | NewInvestor | None = None,
    reference: str = "",
    numerator: int | None = None,
    denominator: int | None = None,
    amount=None,
    effective_on: date | None = None,
    open_items: str = Transfer.OpenItems.SETTLED,
    agreed: Agreed = NOTHING_SAID,
    seen: str = "",
    ctx: WriteContext,
) -> Transfer:
    """Transfer a share of a partner's interest, `numerator` of `denominator`, or what an `amount` of its commitment is
    of it, from a day on (the fund's today), to another partner of the fund; or to an `investor` that is none yet, known
    or entered with it, which is admitted with nothing under that `reference` or the next one. Without four eyes it
    counts at once; otherwise a second person approves it. What the transferor owes of calls is paid before, or its
    share of it is assumed (`open_items`): both are told so by letters. `seen` is the fingerprint of what was shown
    before, where something was.

    Raises InvalidInput for what is no share, a day ahead or before either was admitted, and for one partner; Conflict
    where another transfer waits, where anything of the fund waits to be decided or issued, where something is owed by
    the transferor or to it, where either has rows or events after that day, for what is not what was seen, and for a
    share that rounding would leave overdrawn.
    """
    role = check_may(ctx.by, fund_id, MANAGE)
    fund = Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    transferor = partner_of(fund, transferor_id, "transferor")
    on = effective_on or ctx.today(fund)
    share = share_asked(transferor, numerator, denominator, amount)
    transfer = Transfer(
        fund=fund,
        number=next_number(fund),
        transferor=transferor,
        effective_on=on,
        reason=(reason or "").strip(),
        numerator=share.numerator,
        denominator=share.denominator,
        price=_price(agreed.price, fund),
        note=agreed.note.strip(),
        document=agreed.document.strip(),
        parties_named=agreed.parties_named,
        open_items=open_items,
        four_eyes=fund.four_eyes,
        recorded_at=ctx.at,
        recorded_by=ctx.by,
    )
    transfer.role = role
    if not transfer.reason:
        raise InvalidInput("reason.required", "Say why the interest is transferred.", field="reason")
    raise_if(problems_of(transfer, ["reason", "note", "document", "effective_on", "open_items"]))
    check_none_waits(fund)
    if transferee_id is not None:
        transfer.transferee = partner_of(fund, transferee_id, "transferee")
    else:
        transfer.transferee = transferee_of(transferor, investor, reference, on, ctx)
    _check_another(transferor, transfer.transferee)
    _lock(transfer)
    worked_out = check_transfer(transfer, today=ctx.today(fund))
    if seen and seen != worked_out.fingerprint:
        raise Conflict(
            "transfer.moved", "What moves has changed since it was shown: look at it again, and ask anew."
        )
    return TRANSFERS.ask(transfer, ctx=ctx, changes=_told(worked_out))


def preview_transfer(
    *,
    fund: Fund,
    transferor_id,
    transferee_id=None,
    effective_on: date,
    open_items: str = Transfer.OpenItems.SETTLED,
    ctx: WriteContext,
    **share,
) -> WorkedOutTransfer:
    """What a transfer would move that nobody asked for yet; `share` is `numerator` and `denominator`, or `amount`. The
    same refusals as when it is asked for, but for who takes over and is no partner yet. Writes nothing."""
    check_begin_transfer(fund, ctx.by)
    transferor = partner_of(fund, transferor_id, "transferor")
    part = share_asked(transferor, share.get("numerator"), share.get("denominator"), share.get("amount"))
    transferee = None if transferee_id is None else partner_of(fund, transferee_id, "transferee")
    _check_another(transferor, transferee)
    transfer = Transfer(
        fund=fund,
        transferor=transferor,
        **({"transferee": transferee} if transferee else {}),
        numerator=part.numerator,
        denominator=part.denominator,
        effective_on=effective_on,
        open_items=open_items,
    )
    return check_transfer(transfer, today=ctx.today(fund))


def _price(price, fund) -> Decimal | None:
    return (
        None if price is None else parse_amount(price, currency=fund.currency, allow_zero=True, field="price")
    )


def _check_another(transferor: Commitment, transferee: Commitment | None) -> None:
    if transferee and transferor.pk == transferee.pk:
        raise InvalidInput(
            "transfer.same_partner", "An interest passes to another partner.", field="transferee"
        )


@service
def approve_transfer(*, transfer_id, ctx: WriteContext) -> Transfer:
    """Let a transfer take effect; where the fund demanded it, as another person than the one who asked. What moves is
    worked out as things stand by now."""
    return TRANSFERS.approve(transfer_id, ctx=ctx)


@service
def reject_transfer(*, transfer_id, ctx: WriteContext) -> Transfer:
    """Turn a transfer down: everybody keeps what they hold."""
    return TRANSFERS.reject(transfer_id, ctx=ctx)


# ---------------------------------------------------------------- what it rests on


def partner_of(fund, commitment_id, field: str) -> Commitment:
    found = Commitment.objects.select_related("fund", "investor").filter(fund=fund, pk=commitment_id).first()
    if found is None:
        raise NotFound("commitment.not_found", "This is no partner of the fund.", field=field)
    return found


def share_asked(transferor: Commitment, numerator, denominator, amount) -> Fraction:
    """The exact share, in lowest terms."""
    field = "share" if amount is None else "amount"
    try:
        if amount is not None:
            asked = parse_amount(amount, currency=transferor.fund.currency, field="amount")
            return check_share(share_of(asked, transferor.amounts.committed))
        if not numerator or not denominator or denominator > MOST:
            raise InvalidInput("share_out_of_range", "Say which share moves, or an amount.", field=field)
        return check_share(Fraction(numerator, denominator))
    except TransferRefused as error:
        raise InvalidInput(error.code, error.message, field=field) from error


def _lock(transfer: Transfer) -> None:
    """The fund, then the two partners; every service that writes what is checked here takes one of these first."""
    Fund.objects.select_for_update(no_key=True).get(pk=transfer.fund_id)
    both = Commitment.objects.filter(pk__in=(transfer.transferor_id, transfer.transferee_id))
    list(both.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def figures_of(transfer: Transfer, *, ctx: WriteContext) -> Shown:
    """What a transfer moved, or would move as things stand; nothing where it was turned down. Writes nothing."""
    if transfer.approved_at:
        return Shown(posted_figures(transfer))
    if transfer.rejected_at:
        return Shown()
    try:
        return Shown(figures_of_worked_out(check_transfer(transfer, today=ctx.today(transfer.fund))))
    except REFUSALS as error:
        return Shown(problems=error.problems)


# ---------------------------------------------------------------- what it does


def _told(worked_out: WorkedOutTransfer) -> dict:
    return {"transferred": [None, worked_out.commitment]}


def _take_effect(transfer: Transfer, ctx: WriteContext) -> None:
    worked_out = check_transfer(transfer, today=ctx.today(transfer.fund))
    TRANSFERS.approved(transfer, ctx, changes=_told(worked_out))
    post_moved([(transfer, worked_out)], ctx, assumed=parts_of(transfer, worked_out.assumed))
    tell_of_assumed(transfer, worked_out.assumed, ctx)


TRANSFERS = Decidable(
    pending=Transfer.objects.pending,
    fetch=("fund", "transferor__fund", "transferor__investor", "transferee__fund", "transferee__investor"),
    code="transfer",
    noun="transfer",
    asked="request_transfer",
    granted="transfer_interest",
    refused="reject_transfer",
    also=lambda transfer: [transfer.transferor, transfer.transferee],
    lock=_lock,
    effect=_take_effect,
)

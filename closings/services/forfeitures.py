"""Asking for what a partner in default is to lose: a forfeiture, a forced sale, or a reduction of its commitment."""

from datetime import date
from fractions import Fraction

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import InvalidInput
from blackgem.lib.money import parse_amount, parse_rate
from blackgem.lib.sql import service
from closings.calc.default import HALF
from closings.models import DefaultRemedy
from closings.queries.forfeitures import could_take, reduction_of, sale_price
from closings.services.losses import check_may_lose, check_seen, forfeiture_of, sold_to
from closings.services.remedies import ask_remedy, check_on, default_for
from closings.services.transfers import partner_of

Kind = DefaultRemedy.Kind


@service
def request_forfeiture(
    *,
    default_id,
    share,
    effective_on: date | None = None,
    reason: str = "",
    seen: str = "",
    ctx: WriteContext,
) -> DefaultRemedy:
    """Take a `share` (a fraction: 0.5 is a half) of the interest of the partner in default, from a day on (the fund's
    today), and give it to the others in proportion to what remains of their commitments. Without four eyes it counts at
    once. `seen` is the fingerprint of what was shown before, where something was.

    What the partner owes stays its own. Raises Conflict where a remedy or anything else of the fund waits, where
    something declared was not paid out to the partner, where it or one of the others has entries after that day, and
    where nothing moves; InvalidInput for what is no share, and a day that cannot be.
    """
    default, fund = default_for(default_id, ctx)
    on = effective_on or ctx.today(fund)
    check_on(default, on, ctx, field="effective_on")
    check_may_lose(default, on)
    check_seen(default, seen, could_take(default) if seen else ())
    part = _share(share)
    lost = forfeiture_of(default, part, on, ctx.today(fund))
    return ask_remedy(
        default,
        Kind.FORFEITURE,
        lost.amount,
        on,
        None,
        reason,
        ctx,
        numerator=part.numerator,
        denominator=part.denominator,
    )


@service
def request_sale(
    *,
    default_id,
    buyer_id,
    value,
    share=HALF,
    costs=0,
    effective_on: date | None = None,
    reason: str = "",
    seen: str = "",
    ctx: WriteContext,
) -> DefaultRemedy:
    """Sell the whole interest of the partner in default to another partner of the fund, from a day on (the fund's
    today), at a `share` of the lesser of what it contributed and the `value` of its interest; interest that it owes and
    `costs` are kept of the price. The price passes between the two, and is in no figure of the fund. Without four eyes
    it counts at once. Raises as `request_forfeiture` does.
    """
    default, fund = default_for(default_id, ctx)
    on = effective_on or ctx.today(fund)
    check_on(default, on, ctx, field="effective_on")
    check_may_lose(default, on)
    check_seen(default, seen)
    buyer = partner_of(fund, buyer_id, "buyer")
    if buyer.pk == default.commitment_id:
        raise InvalidInput("transfer.same_partner", "An interest passes to another partner.", field="buyer")
    part = _share(share)
    worth = parse_amount(value, currency=fund.currency, allow_zero=True, field="value")
    kept = parse_amount(costs or 0, currency=fund.currency, allow_zero=True, field="costs")
    price = sale_price(default, on, worth, part, kept)
    sold_to(default, buyer.pk, on, ctx.today(fund))
    return ask_remedy(
        default,
        Kind.SALE,
        price.gross,
        on,
        None,
        reason,
        ctx,
        numerator=part.numerator,
        denominator=part.denominator,
        buyer=buyer,
        value=worth,
        interest=price.interest,
        costs=kept,
    )


@service
def request_reduction(
    *, default_id, effective_on: date | None = None, reason: str = "", seen: str = "", ctx: WriteContext
) -> DefaultRemedy:
    """Cut the commitment of the partner in default, from a day on (the fund's today), to what it contributed net of
    distributions, and not below what is drawn. Later closings weigh it as it was before. Without four eyes it counts at
    once. Raises Conflict where nothing could be cut or a remedy waits, InvalidInput for a day that cannot be.
    """
    default, fund = default_for(default_id, ctx)
    on = effective_on or ctx.today(fund)
    check_on(default, on, ctx, field="effective_on")
    check_may_lose(default, on)
    check_seen(default, seen)
    return ask_remedy(default, Kind.REDUCTION, reduction_of(default), on, None, reason, ctx)


def _share(share) -> Fraction:
    part = share if isinstance(share, Fraction) else Fraction(parse_rate(share))
    if not 0 < part <= 1:
        raise InvalidInput(
            "share_out_of_range", "The share is above nothing, and the whole at most.", field="share"
        )
    return part

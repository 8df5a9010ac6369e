"""Defaults: notice to a partner that did not pay what was called, and what is done about it.

A notice freezes the terms. Interest is shown daily and asked for by a person; paid, it covers costs and is passed on to
the other partners, or stays with the fund, and is no capital. The others may be asked for what is owed in its place,
each up to its cap. Nothing of it lowers what the partner owes.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Max

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, InvalidInput, NotFound
from blackgem.lib.money import format_rate, parse_rate
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from capital.models import CallItemCapital, CapitalCallItem, CapitalCallLine
from closings.default_notices import tell_of_default
from closings.models import Default, DefaultRemedy
from funds.access import MANAGE, check_may
from funds.models import Commitment, Fund
from funds.services.decidable import Decidable
from funds.services.inputs import problems_of

ZERO = Decimal("0.00")
Kind = DefaultRemedy.Kind
LineKind = CapitalCallLine.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultTerms:
    """What the agreement says of a default. `rate` and `cap` are fractions (0.1 is 10 %)."""

    rate: object
    day_count: str = Default.DayCount.ACT_365
    interest_to: str = Default.InterestTo.OTHERS
    cap: object = Decimal("0.5")
    cap_base: str = Default.CapBase.ITEM


@service
def request_default(
    *,
    item_id,
    cure_by: date,
    terms: DefaultTerms,
    reason: str,
    notice_on: date | None = None,
    ctx: WriteContext,
) -> Default:
    """Give a partner notice that it is in default on its part of a call, which was due before; `reason` says by which
    clause. Without four eyes it counts at once, and is the next version of the letter of the call.

    Raises InvalidInput for a day or a term that cannot be, Conflict where nothing is owed or notice was given already.
    """
    item = CapitalCallItem.objects.select_related("call", "commitment").filter(pk=item_id).first()
    if item is None:
        raise NotFound("not_found", "There is no such part of a call.")
    role = check_may(ctx.by, item.fund_id, MANAGE)
    fund = Fund.objects.select_for_update(no_key=True).get(pk=item.fund_id)
    on = notice_on or ctx.today(fund)
    default = Default(
        fund=fund,
        number=(Default.objects.filter(fund=fund).aggregate(last=Max("number"))["last"] or 0) + 1,
        call=item.call,
        item=item,
        commitment=item.commitment,
        effective_on=on,
        cure_by=cure_by,
        rate=parse_rate(terms.rate),
        day_count=terms.day_count,
        interest_to=terms.interest_to,
        cap=parse_rate(terms.cap),
        cap_base=terms.cap_base,
        **asked(fund, reason, ctx),
    )
    default.role = role
    raise_if(problems_of(default, ["reason", "day_count", "interest_to", "cap_base", "cure_by"]))
    if not default.reason:
        raise InvalidInput("reason.required", "Say by which clause notice is given.", field="reason")
    if cure_by < on or on > ctx.today(fund):
        raise InvalidInput(
            "default.days",
            "Notice is given on a day that has come, and may be cured after it.",
            field="cure_by",
        )
    lock_default(default)
    _check_is_owed(default)
    if Default.objects.not_taken_back().filter(item=item).exists():
        raise Conflict("default.exists", "Notice of this default was given, or waits for approval.")
    return DEFAULTS.ask(default, ctx=ctx)


@service
def approve_default(*, default_id, ctx: WriteContext) -> Default:
    """Give the notice, as another person than the one who asked where the fund demanded it. Raises Conflict where
    nothing is owed by now."""
    return DEFAULTS.approve(default_id, ctx=ctx)


@service
def reject_default(*, default_id, ctx: WriteContext) -> Default:
    """Turn a notice down: nobody is told, and it may be given again."""
    return DEFAULTS.reject(default_id, ctx=ctx)


def asked(fund: Fund, reason: str, ctx: WriteContext) -> dict:
    return {
        "reason": (reason or "").strip(),
        "four_eyes": fund.four_eyes,
        "recorded_at": ctx.at,
        "recorded_by": ctx.by,
    }


def lock_default(default: Default) -> None:
    """The fund, its partners, then the item."""
    default.fund = Fund.objects.select_for_update(no_key=True).get(pk=default.fund_id)
    partners = Commitment.objects.filter(fund=default.fund_id).order_by("pk")
    list(partners.select_for_update(no_key=True, of=("self",)).values_list("pk"))
    item = CapitalCallItem.objects.filter(pk=default.item_id)
    list(item.select_for_update(no_key=True, of=("self",)).values_list("pk"))


def _check_is_owed(default: Default) -> None:
    capital = CallItemCapital.objects.get(item=default.item_id)
    if capital.outstanding <= 0:
        raise Conflict("default.nothing_owed", "Nothing of this is owed.")
    if capital.due_on is None or capital.due_on >= default.effective_on:
        raise Conflict("default.not_due", "This is not due yet: nobody is in default on it.")
    if default.pk is None:
        default.due_on = capital.due_on
    elif default.due_on != capital.due_on:
        raise Conflict("default.moved", "It is due on another day by now: turn it down, and ask anew.")


def _give_notice(default: Default, ctx: WriteContext) -> None:
    _check_is_owed(default)
    DEFAULTS.approved(default, ctx, changes=_terms_of(default))
    tell_of_default(default, ctx)


def _terms_of(default: Default) -> dict:
    return {"rate": [None, format_rate(default.rate)], "cure_by": [None, default.cure_by]}


DEFAULTS = Decidable(
    pending=Default.objects.pending,
    fetch=("fund", "call", "item", "commitment__investor", "recorded_by"),
    code="default",
    noun="notice of default",
    asked="request_default",
    granted="give_notice_of_default",
    refused="reject_default",
    also=lambda default: [default.call, default.commitment],
    told=_terms_of,
    lock=lock_default,
    effect=_give_notice,
)

"""Telephone numbers on file, and the calls to them by which bank details are verified.

A number counts for what was asked for after it came on file: one that came with the request, or after it, is whoever
asked for it. Where details take the place of others it has been on file for as long as these rest, too.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from blackgem.lib import audit
from blackgem.lib.checks import out_of_state
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, InvalidInput, NotFound
from blackgem.lib.sql import service
from funds.access import DRAFT, check_may
from funds.models import BankDetails, CallBack, Commitment, Fund, PayeeDetails, PhoneNumber

from .decidable import Decidable
from .inputs import entered, fill
from .payee_warnings import tell_of_payee

NUMBER_FIELDS = ("person_name", "number")
Outcome = CallBack.Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class CallMade:
    """A call: to which number on file (`number_id`), whom it reached, when. For the first details of a fund, which take
    nobody's place, the `number` itself may be said: it comes on file with the call."""

    number_id: int | None = None
    number: str = ""
    spoke_to: str = ""
    called_at: datetime
    note: str = ""


def rest() -> timedelta:
    """How long details rest before they take the place of others."""
    return timedelta(hours=settings.BANK_DETAILS_REST_HOURS)


# ---------------------------------------------------------------- numbers


@service
def record_phone_number(
    *, fund_id: int, commitment_id: int | None = None, fields: dict, ctx: WriteContext
) -> PhoneNumber:
    """Put a number on file: of a partner's people, or of those who know the fund's own account.

    The partner's mailboxes are told. Raises NotFound, Forbidden("role.insufficient"), InvalidInput,
    Conflict("phone_number.on_file").
    """
    check_may(ctx.by, fund_id, DRAFT)
    fund = Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    commitment = _partner(fund, commitment_id)
    return _put_on_file(fund, commitment, fields, ctx)


def _partner(fund: Fund, commitment_id: int | None) -> Commitment | None:
    if commitment_id is None:
        return None
    found = fund.commitments.select_related("investor").filter(pk=commitment_id).first()
    if found is None:
        raise NotFound("not_found", "There is no such commitment.")
    return found


def _put_on_file(fund: Fund, commitment: Commitment | None, fields: dict, ctx: WriteContext) -> PhoneNumber:
    number = PhoneNumber(fund=fund, commitment=commitment, recorded_at=ctx.at, recorded_by=ctx.by)
    fill(number, fields, allowed=NUMBER_FIELDS)
    if on_file(fund, commitment).filter(number=number.number).exists():
        raise Conflict("phone_number.on_file", "This number is on file already.", field="number")
    number.save(force_insert=True)
    _record("record_phone_number", number, ctx, entered(number, NUMBER_FIELDS))
    if commitment:
        said = f"{number.person_name} can be called about your bank details on a new number, entered by {ctx.by}."
        tell_of_payee(commitment, "A telephone number for your bank details was entered", said, ctx)
    return number


@service
def withdraw_phone_number(*, phone_number_id: int, ctx: WriteContext) -> PhoneNumber:
    """Take a number off file: it counts for no call any more.

    Raises NotFound, Forbidden, Conflict("phone_number.withdrawn").
    """
    number = (
        PhoneNumber.objects.select_for_update(of=("self",), no_key=True)
        .select_related("fund", "commitment__investor")
        .filter(pk=phone_number_id)
        .first()
    )
    if number is None:
        raise NotFound("not_found", "There is no such number.")
    check_withdraw_number(number, ctx.by)
    number.withdrawn_at, number.withdrawn_by = ctx.at, ctx.by
    number.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _record("withdraw_phone_number", number, ctx, {"number": [number.number, None]})
    if number.commitment:
        said = (
            f"{number.person_name} is not called about your bank details any more, by the word of {ctx.by}."
        )
        tell_of_payee(number.commitment, "A telephone number for your bank details was withdrawn", said, ctx)
    return number


def check_withdraw_number(number: PhoneNumber, by) -> None:
    """Whether a number may be taken off file."""
    check_may(by, number.fund_id, DRAFT)
    if number.withdrawn_at:
        raise out_of_state("phone_number.withdrawn", "This number was withdrawn already.")


def on_file(fund: Fund, commitment: Commitment | None) -> QuerySet[PhoneNumber]:
    """The numbers of a partner, or of the fund's own account, that were not withdrawn."""
    return PhoneNumber.objects.filter(fund=fund, commitment=commitment, withdrawn_at__isnull=True)


def numbers_that_count(details: BankDetails | PayeeDetails) -> QuerySet[PhoneNumber]:
    """The numbers by which these details may be verified, oldest first."""
    numbers = on_file(details.fund, _commitment(details)).order_by("recorded_at", "pk")
    if isinstance(details, PayeeDetails):
        since = details.created_at - (details.usable_from - details.created_at)
        return numbers.filter(recorded_at__lt=details.created_at, recorded_at__lte=since)
    return numbers.filter(recorded_at__lt=details.created_at) if replaces(details) else numbers


def replaces(details: BankDetails | PayeeDetails) -> bool:
    """Whether these would take the place of others that are verified."""
    siblings = (
        PayeeDetails.objects.filter(commitment=details.commitment_id)
        if isinstance(details, PayeeDetails)
        else BankDetails.objects.filter(fund=details.fund_id)
    )
    return siblings.verified().exclude(pk=details.pk).exists()


def _commitment(details) -> Commitment | None:
    return details.commitment if isinstance(details, PayeeDetails) else None


# ---------------------------------------------------------------- calls


def verify_by(kind: Decidable, pk: int, call: CallMade, ctx: WriteContext):
    """Approve details of this kind by a call that confirmed them."""

    def effect(details, ctx: WriteContext) -> None:
        write_call(details, call, Outcome.CONFIRMED, ctx)
        kind.approved(details, ctx)

    return replace(kind, effect=effect).approve(pk, ctx=ctx)


def note_call(kind: Decidable, pk: int, call: CallMade, outcome: str, ctx: WriteContext):
    """Write down a call that did not confirm them; who was reached and denied them ends them."""
    if outcome not in (Outcome.DENIED, Outcome.UNREACHED):
        raise InvalidInput("call_back.outcome", "Say what came of the call.", field="outcome")

    def effect(details, ctx: WriteContext) -> None:
        write_call(details, call, outcome, ctx)
        if outcome == Outcome.DENIED:
            kind.turned_down(details, ctx)

    # A call may be made before they have rested; nothing takes effect by it.
    return replace(kind, effect=effect, check=lambda details, at: None).approve(pk, ctx=ctx)


def write_call(details, call: CallMade, outcome: str, ctx: WriteContext) -> CallBack:
    """The call about details that are locked and wait.

    Raises InvalidInput("call_back.number", "call_back.moment"), or with what the fields are refused by.
    """
    number = _number_called(details, call, ctx)
    written = CallBack(
        fund=details.fund, number=number, outcome=outcome, recorded_at=ctx.at, recorded_by=ctx.by
    )
    of_partner = isinstance(details, PayeeDetails)
    setattr(written, "payee_details" if of_partner else "bank_details", details)
    fill(written, {"spoke_to": call.spoke_to, "note": call.note}, allowed=("spoke_to", "note"))
    if outcome != Outcome.UNREACHED and not written.spoke_to:
        raise InvalidInput("call_back.spoke_to", "Say whom the call reached.", field="spoke_to")
    written.called_at = call.called_at
    if not details.created_at.replace(second=0, microsecond=0) <= call.called_at <= ctx.at:
        raise InvalidInput(
            "call_back.moment",
            "The call was made after the details were entered, and not in the future.",
            field="called_at",
        )
    written.save(force_insert=True)
    changes = {
        "outcome": [None, outcome],
        "number": [None, number.number],
        "spoke_to": [None, written.spoke_to],
        "called_at": [None, f"{call.called_at:%Y-%m-%d %H:%M} UTC"],
    }
    commitment = _commitment(details)
    about = [details.fund, commitment, commitment and commitment.investor]
    audit.record(
        verb="call_back", ctx=ctx, subject=details, also=about, fund_id=details.fund_id, changes=changes
    )
    return written


def _number_called(details, call: CallMade, ctx: WriteContext) -> PhoneNumber:
    counting = numbers_that_count(details)
    if call.number_id is None and call.number and isinstance(details, BankDetails) and not replaces(details):
        known = counting.filter(number=call.number.strip()).first()
        fields = {"person_name": call.spoke_to or details.bank_name, "number": call.number}
        return known or _put_on_file(details.fund, None, fields, ctx)
    number = counting.filter(pk=call.number_id).first() if call.number_id else None
    if number is None:
        raise InvalidInput(
            "call_back.number",
            "Call on a number that was on file before these details were asked for.",
            field="number",
        )
    return number


def _record(verb, number: PhoneNumber, ctx: WriteContext, changes: dict) -> None:
    partner = number.commitment
    also = [number.fund, partner, partner and partner.investor]
    audit.record(verb=verb, ctx=ctx, subject=number, also=also, fund_id=number.fund_id, changes=changes)

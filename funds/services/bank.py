"""Where a fund's money is to be paid to: entered by one person, verified by a call back, never changed.

What takes the place of details in use rests for a while first, and those who know the fund are told of it by mail:
whoever got hold of an account cannot turn money away before anybody notices.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max
from django.template.loader import render_to_string

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, Problem
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from blackgem.lib.text import masked
from funds.access import DRAFT, Role, check_may
from funds.calc.bank_numbers import (
    compact,
    is_aba_routing,
    is_account_number,
    is_bic,
    is_branch_code,
    is_iban,
)
from funds.models import BankDetails, Fund
from funds.queries.controls import request_needs_another

from .call_backs import CallMade, note_call, verify_by
from .call_backs import replaces as _replaces
from .decidable import Decidable
from .inputs import entered, fill
from .warnings import warn

BANK_FIELDS = (
    "bank_name",
    "bank_address",
    "account_name",
    "account_number",
    "routing_number",
    "swift",
    "iban",
)
_SECRET = ("account_number", "iban")


@service
def propose_bank_details(*, fund_id, fields, ctx: WriteContext) -> BankDetails:
    """A new version of a fund's bank details, which waits to be verified. Whether a second person must is copied here.

    Raises InvalidInput (bank_details.no_account, iban.invalid, swift.invalid, routing_number.invalid,
    account_number.invalid), Conflict("bank_details.pending").
    """
    check_may(ctx.by, fund_id, DRAFT)
    fund = Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    _check_none_waits(fund)
    latest = fund.bank_details.aggregate(version=Max("version"))["version"] or 0
    needed = request_needs_another(fund.pk, "bank_details")
    details = BankDetails(
        fund=fund, version=latest + 1, four_eyes=needed, created_at=ctx.at, created_by=ctx.by
    )
    fill(details, compacted(fields), allowed=BANK_FIELDS)
    raise_if(problems_with(details))
    BANK_DETAILS.ask(details, ctx=ctx, changes=_told(details) | _masked_changes(details))
    if _replaces(details):
        _warn(details, ctx)
    return details


@service
def verify_bank_details(*, bank_details_id, call: CallMade, ctx: WriteContext) -> BankDetails:
    """Confirm, by a call back, that the details are right: from now on notices print them.

    Where the fund demanded four eyes when they were entered, or is in use, by another person: Forbidden("four_eyes").
    Raises InvalidInput("call_back.…"), Conflict("bank_details.decided", "bank_details.cooling").
    """
    return verify_by(BANK_DETAILS, bank_details_id, call, ctx)


@service
def note_bank_call(*, bank_details_id, call: CallMade, outcome: str, ctx: WriteContext) -> BankDetails:
    """Write down a call that confirmed nothing; details that were denied are rejected by it."""
    return note_call(BANK_DETAILS, bank_details_id, call, outcome, ctx)


@service
def reject_bank_details(*, bank_details_id, ctx: WriteContext) -> BankDetails:
    """Refuse details that wait; who entered them may take them back. Raises Conflict("bank_details.decided")."""
    return BANK_DETAILS.reject(bank_details_id, ctx=ctx)


def check_verify(details: BankDetails, by, at: datetime, *, replaces: bool | None = None) -> None:
    """Whether this person may verify them now: as a second person, and once they have rested. They have the `role` of
    who asks; `replaces` is as in `rests_until`."""
    BANK_DETAILS.check_approve(details, by)
    _check_rested(details, at, replaces)


def _check_rested(details: BankDetails, at: datetime, replaces: bool | None = None) -> None:
    rest = rests_until(details, replaces=replaces)
    if rest and at < rest:
        raise Conflict(
            "bank_details.cooling",
            "New bank details rest before they take the place of others. "
            f"These can be verified from {rest:%B %-d, %Y, %H:%M} UTC on.",
        )


def rests_until(details, *, replaces: bool | None = None) -> datetime | None:
    """When details that take the place of others may be verified at the earliest; None where they need not rest.
    `replaces` is whether they do, where that has been read already."""
    rest = timedelta(hours=settings.BANK_DETAILS_REST_HOURS)
    if replaces is None:
        replaces = _replaces(details)
    return details.created_at + rest if rest and replaces else None


def problems_with(details) -> list[Problem]:
    """What the check digits say. A fund in US dollars is paid by ABA routing number; elsewhere branch codes differ."""
    checks = [
        (details.account_number or details.iban, "bank_details.no_account", "account_number", _NO_ACCOUNT),
        (
            not details.account_number or is_account_number(details.account_number),
            "account_number.invalid",
            "account_number",
            _ACCOUNT,
        ),
        (not details.iban or is_iban(details.iban), "iban.invalid", "iban", _IBAN),
        (not details.swift or is_bic(details.swift), "swift.invalid", "swift", _BIC),
        (_routing_is_right(details), "routing_number.invalid", "routing_number", _routing_hint(details)),
    ]
    return [Problem(code, message, field) for passed, code, field, message in checks if not passed]


_NO_ACCOUNT = "Enter an account number or an IBAN."
_ACCOUNT = "An account number is letters and digits, with at least one digit."
_IBAN = (
    "This IBAN is not right: its length or its check digits do not fit its country. Please compare it again."
)
_BIC = "A SWIFT / BIC has 8 or 11 letters and digits, such as CHASUS33."


def _routing_is_right(details) -> bool:
    number = details.routing_number
    return not number or (is_aba_routing if details.fund.currency == "USD" else is_branch_code)(number)


def _routing_hint(details) -> str:
    if details.fund.currency == "USD":
        return "An ABA routing number has nine digits, and these do not add up. Please compare it again."
    return "A routing, sort or branch code is digits, with spaces or hyphens."


def compacted(fields) -> dict:
    """Numbers as they are stored; whatever is not text is left for the checks."""
    return {
        name: compact(value)
        if name in ("iban", "swift", "routing_number") and isinstance(value, str)
        else value
        for name, value in fields.items()
    }


def _check_none_waits(fund) -> None:
    waiting = fund.bank_details.awaiting_verification().first()
    if waiting:
        raise Conflict(
            "bank_details.pending",
            f"Version {waiting.version} still waits to be verified. Verify or reject it first.",
        )


def _warn(details, ctx: WriteContext) -> None:
    """Tell the fund's managers, and its contact of old, without any number: mails of this transaction."""
    fund = details.fund
    managers = fund.memberships.filter(role=Role.MANAGER, user__is_active=True)
    known = {fund.contact_email, *managers.values_list("user__email", flat=True)} - {""}
    context = {
        "details": details,
        "fund": fund,
        "link": f"{settings.SITE_URL}/bank-details/{details.pk}/verify/",
        "from_when": rests_until(details),
    }
    text = render_to_string("email/bank_details.txt", context)
    for address in sorted(known):
        warn(address, f"New bank details were entered for {fund.name}", text, at=ctx.at)


def _masked_changes(details) -> dict:
    changes = entered(details, BANK_FIELDS)
    return changes | {name: [None, masked(changes[name][1])] for name in _SECRET if name in changes}


def _told(details) -> dict:
    decision = "verified" if details.verified_at else "rejected" if details.rejected_at else ""
    return {"version": [None, details.version]} | ({"status": ["pending", decision]} if decision else {})


BANK_DETAILS = Decidable(
    pending=BankDetails.objects.awaiting_verification,
    fetch=("fund", "created_by"),
    code="bank_details",
    noun="set of bank details",
    asked="propose_bank_details",
    granted="verify_bank_details",
    refused="reject_bank_details",
    asked_by="created_by",
    decision="verified",
    at_once=False,
    needs_second=lambda details: details.four_eyes or request_needs_another(details.fund_id, "bank_details"),
    also=lambda details: [details.fund],
    told=_told,
    check=_check_rested,
    effect=lambda details, ctx: BANK_DETAILS.approved(details, ctx),
)

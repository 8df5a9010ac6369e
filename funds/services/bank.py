"""Where a fund's money is to be paid to: entered by one person, verified by a call back, never changed.

What takes the place of details in use rests for a while first, and those who know the fund are told of it by mail:
whoever got hold of an account cannot turn money away before anybody notices.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Max
from django.template.loader import render_to_string

from blackgem.lib import audit
from blackgem.lib.errors import Conflict, NotFound, Problem
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from funds.access import DRAFT, Role, check_may, check_reject, check_verify, role_in
from funds.calc.bank_numbers import (
    compact,
    is_aba_routing,
    is_account_number,
    is_bic,
    is_branch_code,
    is_iban,
    masked,
)
from funds.models import BankDetails, Fund

from .inputs import entered, fill

BANK_FIELDS = ("bank_name", "account_name", "account_number", "routing_number", "swift", "iban")
_SECRET = ("account_number", "iban")


@service
def propose_bank_details(*, fund_id, fields, by, at) -> BankDetails:
    """A new version of a fund's bank details, which waits to be verified. Whether a second person must is copied here.

    Raises InvalidInput (bank_details.no_account, iban.invalid, swift.invalid, routing_number.invalid,
    account_number.invalid), Conflict("bank_details.pending").
    """
    check_may(by, fund_id, DRAFT)
    fund = Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    _check_none_waits(fund)
    latest = fund.bank_details.aggregate(version=Max("version"))["version"] or 0
    details = BankDetails(fund=fund, version=latest + 1, four_eyes=fund.four_eyes, created_by=by)
    fill(details, _compacted(fields), allowed=BANK_FIELDS)
    raise_if(problems_with(details))
    details.save()
    _record("propose_bank_details", details, _masked_changes(details), by=by, at=at)
    if _replaces(details):
        details.refresh_from_db(fields=["created_at"])
        transaction.on_commit(lambda: _mail_warning(details), robust=True)
    return details


@service
def verify_bank_details(*, bank_details_id, by, at) -> BankDetails:
    """Confirm, after a call back, that the details are right: from now on notices print them.

    Where the fund demanded four eyes when they were entered, by another person: Forbidden("four_eyes").
    Raises Conflict("bank_details.decided", "bank_details.cooling").
    """
    details = _to_decide(bank_details_id, by)
    check_verify(details, by, at, rests_until(details))
    details.verified_at, details.verified_by = at, by
    details.save(update_fields=["verified_at", "verified_by"])
    _record("verify_bank_details", details, {"status": ["pending", "verified"]}, by=by, at=at)
    return details


@service
def reject_bank_details(*, bank_details_id, by, at) -> BankDetails:
    """Refuse details that wait; who entered them may take them back. Raises Conflict("bank_details.decided")."""
    details = _to_decide(bank_details_id, by)
    check_reject(details, by)
    details.rejected_at, details.rejected_by = at, by
    details.save(update_fields=["rejected_at", "rejected_by"])
    _record("reject_bank_details", details, {"status": ["pending", "rejected"]}, by=by, at=at)
    return details


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


def _compacted(fields) -> dict:
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


def _replaces(details) -> bool:
    return details.fund.bank_details.verified().exclude(pk=details.pk).exists()


def _mail_warning(details) -> None:
    """Tell the fund's managers, and its contact of old, without any number."""
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
        EmailMessage(f"New bank details were entered for {fund.name}", text, to=[address]).send()


def _to_decide(bank_details_id, by) -> BankDetails:
    """The details, locked, with the person's `role`. NotFound where that is none, so that ids tell nothing."""
    details = (
        BankDetails.objects.select_for_update(no_key=True, of=("self",))
        .select_related("fund", "created_by")
        .filter(pk=bank_details_id)
        .first()
    )
    if details is None or (role := role_in(by, details.fund_id)) is None:
        raise NotFound("not_found", "There are no such bank details.")
    details.role = role
    return details


def _masked_changes(details) -> dict:
    changes = entered(details, BANK_FIELDS)
    return changes | {name: [None, masked(changes[name][1])] for name in _SECRET if name in changes}


def _record(verb, details, changes, *, by, at) -> None:
    audit.record(
        verb=verb,
        by=by,
        at=at,
        subject=details,
        also=[details.fund],
        fund_id=details.fund_id,
        changes={"version": [None, details.version], **changes},
    )

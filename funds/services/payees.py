"""Where a partner's money is paid to: entered by one person or proposed by the investor, verified by another by a call
back, never changed. What takes the place of details in use rests for a while first, and everybody who knows the
investor is told by mail."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Max

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, NotFound
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from blackgem.lib.text import masked
from funds.access import DRAFT, MANAGE, check_may
from funds.models import Commitment, PayeeDetails, PortalGrant
from funds.queries.controls import request_needs_another

from .bank import compacted, problems_with
from .call_backs import CallMade, note_call, rest, verify_by
from .decidable import Decidable
from .inputs import entered, fill
from .payee_warnings import tell_of_payee

PAYEE_FIELDS = (
    "account_name",
    "holder_town",
    "holder_country",
    "bank_name",
    "bank_address",
    "account_number",
    "routing_number",
    "swift",
    "iban",
)


@service
def propose_payee_details(*, commitment_id: int, fields: dict, ctx: WriteContext) -> PayeeDetails:
    """A new version of a partner's bank details, which waits to be verified.

    Raises NotFound, Forbidden("role.insufficient"), InvalidInput as for those of a fund,
    Conflict("payee_details.pending").
    """
    commitment = Commitment.objects.filter(pk=commitment_id).first()
    if commitment is None:
        raise NotFound("not_found", "There is no such commitment.")
    check_may(ctx.by, commitment.fund_id, DRAFT)
    return _propose(commitment.pk, fields, ctx, from_portal=False)


@service
def propose_own_details(*, commitment: UUID, fields: dict, ctx: WriteContext) -> PayeeDetails:
    """The same, proposed in the portal by somebody who acknowledges the letters of this commitment."""
    held = PortalGrant.objects.in_force().filter(contact__user=ctx.by, acknowledges=True)
    own = held.filter(commitment__public_id=commitment).values_list("commitment", flat=True).first()
    if own is None:
        raise NotFound("not_found", "There is no such commitment.")
    return _propose(own, fields, ctx, from_portal=True)


def _propose(commitment_id: int, fields: dict, ctx: WriteContext, *, from_portal: bool) -> PayeeDetails:
    rows = Commitment.objects.select_for_update(no_key=True, of=("self",)).select_related("fund", "investor")
    commitment = rows.get(pk=commitment_id)
    versions = PayeeDetails.objects.filter(commitment=commitment)
    waiting = versions.pending().first()
    if waiting:
        raise Conflict(
            "payee_details.pending",
            f"Version {waiting.version} still waits to be verified. Have it decided first.",
        )
    details = PayeeDetails(
        fund=commitment.fund,
        commitment=commitment,
        version=(versions.aggregate(last=Max("version"))["last"] or 0) + 1,
        from_portal=from_portal,
        four_eyes=request_needs_another(commitment.fund_id, "payee_details"),
        usable_from=ctx.at + (rest() if versions.verified().exists() else timedelta()),
        created_at=ctx.at,
        created_by=ctx.by,
    )
    fill(details, _compacted(fields), allowed=PAYEE_FIELDS)
    raise_if(problems_with(details))
    PAYEES.ask(details, ctx=ctx, changes=_told(details) | _masked_changes(details))
    by = "in the portal" if from_portal else "by the fund"
    said = (
        f"new bank details were entered {by}, by {ctx.by}. They are used once a call back has confirmed them."
    )
    _tell(details, "New bank details for your payouts", said, ctx)
    return details


@service
def verify_payee_details(*, payee_details_id: int, call: CallMade, ctx: WriteContext) -> PayeeDetails:
    """Let them count, by a call to a number on file that confirmed every digit: payouts go there from now on.

    Raises NotFound, Forbidden("role.insufficient", "four_eyes"), InvalidInput("call_back.…"),
    Conflict("payee_details.decided", "payee_details.cooling").
    """
    details = verify_by(PAYEES, payee_details_id, call, ctx)
    said = "the new bank details were confirmed by a call back: payouts go there from now on."
    _tell(details, "New bank details for your payouts are in use", said, ctx)
    return details


@service
def note_payee_call(
    *, payee_details_id: int, call: CallMade, outcome: str, ctx: WriteContext
) -> PayeeDetails:
    """Write down a call that confirmed nothing; details that were denied are rejected by it."""
    return note_call(PAYEES, payee_details_id, call, outcome, ctx)


@service
def reject_payee_details(*, payee_details_id: int, ctx: WriteContext) -> PayeeDetails:
    """Refuse details that wait, or take them back as who entered them. Raises Conflict("payee_details.decided")."""
    return PAYEES.reject(payee_details_id, ctx=ctx)


@service
def reveal_payee_details(*, payee_details_id: int, ctx: WriteContext) -> PayeeDetails:
    """Show a manager the whole numbers of one version, and say so in the audit trail. Raises NotFound, Forbidden."""
    rows = PayeeDetails.objects.select_related("fund", "commitment__investor")
    details = rows.filter(pk=payee_details_id).first()
    if details is None:
        raise NotFound("not_found", "There are no such bank details.")
    check_may(ctx.by, details.fund_id, MANAGE)
    audit.record(
        verb="reveal_payee_details",
        ctx=ctx,
        subject=details,
        also=_also(details),
        fund_id=details.fund_id,
        changes={"version": [None, details.version]},
    )
    return details


def check_verify_payee(details: PayeeDetails, by, at: datetime) -> None:
    """Whether this person may verify them now; they have the `role` of who asks."""
    PAYEES.check_approve(details, by)
    _check_rested(details, at)


def _check_rested(details: PayeeDetails, at: datetime) -> None:
    if at < details.usable_from:
        raise Conflict(
            "payee_details.cooling",
            "New bank details rest before they take the place of others. "
            f"These can be verified from {details.usable_from:%B %-d, %Y, %H:%M} UTC on.",
        )


def _tell(details: PayeeDetails, subject: str, said: str, ctx: WriteContext) -> None:
    link = f"{settings.SITE_URL}/payee-details/{details.pk}/"
    tell_of_payee(details.commitment, subject, said, ctx, link=link)


def _compacted(fields: dict) -> dict:
    country = fields.get("holder_country")
    upper = {"holder_country": country.strip().upper()} if isinstance(country, str) else {}
    return compacted(fields) | upper


def _masked_changes(details: PayeeDetails) -> dict:
    changes = entered(details, PAYEE_FIELDS)
    return changes | {name: [None, masked(changes[name][1])] for name in details.SECRET if name in changes}


def _told(details: PayeeDetails) -> dict:
    decision = "verified" if details.verified_at else "rejected" if details.rejected_at else ""
    return {"version": [None, details.version]} | ({"status": ["pending", decision]} if decision else {})


def _also(details: PayeeDetails) -> list:
    return [details.commitment, details.commitment.investor, details.fund]


PAYEES = Decidable(
    pending=PayeeDetails.objects.pending,
    fetch=("fund", "commitment__investor", "created_by"),
    code="payee_details",
    noun="set of bank details",
    asked="propose_payee_details",
    granted="verify_payee_details",
    refused="reject_payee_details",
    asked_by="created_by",
    decision="verified",
    at_once=False,
    needs_second=lambda details: details.four_eyes or request_needs_another(details.fund_id, "payee_details"),
    also=_also,
    told=_told,
    lock=lambda details: Commitment.objects.select_for_update(no_key=True).get(pk=details.commitment_id),
    check=_check_rested,
    effect=lambda details, ctx: PAYEES.approved(details, ctx),
)

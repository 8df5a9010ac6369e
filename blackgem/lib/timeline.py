"""Audit events as a person reads them: who did what, when, with old and new values in words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from blackgem.lib.money import format_money

#: What each verb of the audit trail reads like. A verb that is not here is shown by its own words.
SENTENCES = {
    "draft_call": "drafted the call",
    "change_draft": "changed the draft",
    "delete_draft": "deleted the draft",
    "submit_call": "submitted the call for approval",
    "approve_call": "approved and issued the call",
    "send_back_call": "sent the call back to draft",
    "cancel_call": "cancelled the call",
    "reword_call": "changed the wording or the due date",
    "send_notices": "sent the notices",
    "resend_notice": "sent a notice again",
    "record_payment": "recorded a payment",
    "record_receipt": "recorded money that arrived",
    "return_receipt": "returned unapplied cash",
    "request_reversal": "asked to reverse a payment",
    "approve_reversal": "reversed a payment",
    "reject_reversal": "turned down the reversal of a payment",
    "draft_distribution": "drafted the distribution",
    "change_distribution": "changed the draft",
    "delete_distribution": "deleted the draft of a distribution",
    "submit_distribution": "submitted the distribution for approval",
    "approve_distribution": "approved the distribution",
    "send_distribution": "issued the distribution",
    "send_back_distribution": "sent the distribution back to draft",
    "cancel_distribution": "cancelled the distribution",
    "return_to_draft": "took the distribution back to draft",
    "pay_out": "recorded a payout",
    "request_payout_reversal": "asked to reverse a payout",
    "approve_payout_reversal": "reversed a payout",
    "reject_payout_reversal": "turned down the reversal of a payout",
    "distribution_paid": "completed the payout",
    "distribution_sent": "brought the distribution back to issued",
    "allocate": "allocated to the deal",
    "request_amendment": "asked to amend the allocation",
    "request_settlement": "asked to settle a residual",
    "settle_residual": "settled a residual",
    "reject_settlement": "turned the settlement of a residual down",
    "amend_allocation": "amended the allocation",
    "reject_amendment": "turned down an amendment of the allocation",
    "amend": "moved the allocation by its amendment",
    "create_call": "called on the allocation",
    "receive_payment": "brought in money for the allocation",
    "reverse_payment": "took money back from the allocation",
    "call_sent": "brought the call back to issued",
    "call_partially_funded": "brought the call to partially funded",
    "call_fully_funded": "completed the funding of the call",
    "create_fund": "set up the fund",
    "change_fund": "changed the fund",
    "set_terms": "set the terms",
    "set_member": "gave a role in the fund",
    "remove_member": "took a role in the fund away",
    "create_investor": "entered the investor",
    "change_investor": "changed the investor",
    "add_contact": "added a contact",
    "change_contact": "changed a contact",
    "remove_contact": "removed a contact",
    "invite_contact": "invited a contact to the portal",
    "withdraw_access": "closed the portal to a contact",
    "invite_member": "offered a role in the fund",
    "withdraw_invitation": "withdrew an offer of a role",
    "accept_invitation": "took up the invitation to the portal",
    "sign_in": "signed in",
    "change_password": "changed the password",
    "reset_password": "set a new password by mail",
    "add_second_factor": "set up a second factor",
    "remove_second_factor": "removed a second factor",
    "remove_second_factors": "removed all second factors",
    "renew_recovery_codes": "made new recovery codes",
    "create_token": "made an API token",
    "revoke_token": "revoked an API token",
    "create_deal": "entered the deal",
    "change_deal": "changed the deal",
    "commit": "entered the commitment",
    "change_commitment": "changed the commitment",
    "set_standing": "changed the standing",
    "propose_bank_details": "entered new bank details",
    "verify_bank_details": "verified the bank details",
    "reject_bank_details": "rejected the bank details",
    "acknowledge_notice": "acknowledged the notice",
    "view_as_investor": "looked at the portal as the investor",
    "stop_viewing_as_investor": "stopped looking as the investor",
}
SYSTEM = "BlackGem"
_AMOUNT = re.compile(r"-?\d{1,13}\.\d{2,3}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CODE = re.compile(r"[a-z]+(_[a-z]+)*")
_STATUS_FIELDS = {"status", "state", "standing", "role", "kind"}
#: Stored words whose meaning on a page is another.
_WORDS = {
    "sent": "Issued",
    "fully_funded": "Funded",
    "pending_approval": "Awaiting approval",
    "expensed": "Charged to expenses",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One field: `old` is empty where there was nothing before."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Told:
    """One event, told."""

    who: str
    what: str
    when: datetime
    reason: str
    changes: tuple[Change, ...]
    verb: str


def tell(events: Iterable, currency: str, *, naming: str = "") -> list[Told]:
    """Events (with `actor` fetched) as sentences; amounts are in the fund's currency.

    Objects whose name begins with `naming` are named: on the timeline of an allocation, which call it was.
    """
    return [_told(event, currency, naming) for event in events]


def _told(event, currency: str, naming: str) -> Told:
    changes = changes_in_words(event.changes, currency)
    what = sentence(event.verb)
    if event.verb == "record_payment" and {"paid", "investor"} <= changes.keys():
        what = f"recorded {changes.pop('paid').new} from {changes.pop('investor').new}"
    if naming and event.object_label.startswith(naming):
        what = f"{what}: {event.object_label}"
    who = str(event.actor) if event.actor else SYSTEM
    return Told(who, what, event.happened_at, event.reason, tuple(changes.values()), event.verb)


def changes_in_words(changes: dict[str, list], currency: str) -> dict[str, Change]:
    """What an event recorded, field by field, as a person reads it; amounts are in the fund's currency."""
    return {
        field: Change(_label(field), _words(field, old, currency), _words(field, new, currency) or "removed")
        for field, (old, new) in changes.items()
    }


def sentence(verb: str) -> str:
    """What a verb of the audit trail reads like after a name."""
    return SENTENCES.get(verb) or verb.replace("_", " ")


def _label(field: str) -> str:
    words = field.replace("_", " ")
    return words[:1].upper() + words[1:]


def _words(field: str, value: object, currency: str) -> str:
    """A stored value as a person reads it; nothing is empty."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    if _AMOUNT.fullmatch(text) and not field.endswith("_rate"):
        return format_money(Decimal(text), currency)
    if _DATE.fullmatch(text):
        day = date.fromisoformat(text)
        return f"{day:%b} {day.day}, {day.year}"
    if field in _STATUS_FIELDS and _CODE.fullmatch(text):
        return _WORDS.get(text) or text.replace("_", " ").capitalize()
    return text

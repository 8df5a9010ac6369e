"""The words of funds, partners, bank details and letters: what the audit trail says, and how a status looks."""

from blackgem import shapes
from blackgem.lib import timeline
from blackgem.shapes import Status
from funds.queries.stories import named_funds

timeline.register(
    {
        "send_notices": "sent the notices",
        "resend_notice": "sent a notice again",
        "hold_back_letter": "held back a letter",
        "make_letter_anew": "made a letter anew",
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
        "grant_access": "let a contact see the commitment in the portal",
        "withdraw_access": "let a contact no longer see the commitment",
        "close_portal": "closed the portal to a contact",
        "invite_member": "offered a role in the fund",
        "withdraw_invitation": "withdrew an offer of a role",
        "withdraw_portal_invitation": "withdrew an invitation to the portal",
        "accept_invitation": "took up the invitation to the portal",
        "create_deal": "entered the deal",
        "change_deal": "changed the deal",
        "commit": "entered the commitment",
        "change_commitment": "changed the commitment",
        "request_commitment_event": "asked to change the commitment",
        "change_register": "changed the commitment from a day on",
        "reject_commitment_event": "turned down a change of the commitment",
        "set_standing": "changed the standing",
        "propose_bank_details": "entered new bank details",
        "verify_bank_details": "verified the bank details",
        "reject_bank_details": "rejected the bank details",
        "propose_payee_details": "entered new bank details of the partner",
        "verify_payee_details": "verified the partner’s bank details",
        "reject_payee_details": "rejected the partner’s bank details",
        "reveal_payee_details": "looked at the whole numbers of the partner’s account",
        "call_back": "called about bank details",
        "record_phone_number": "put a telephone number on file",
        "withdraw_phone_number": "took a telephone number off file",
        "propose_change": "asked for a change that another person decides",
        "approve_change": "approved a change that was asked for",
        "reject_change": "turned down a change that was asked for",
        "admit_sender": "admitted the fund as a sender of letters",
        "withdraw_sender": "withdrew the fund as a sender of letters",
        "admit_domain": "admitted a domain for the addresses of funds",
        "switch_mails": "switched what is mailed to a contact",
        "ask_for_adviser": "asked to let an adviser in",
        "withdraw_adviser": "withdrew an adviser",
        "ask_question": "asked a question",
        "answer_question": "answered a question",
        "withdraw_domain": "withdrew a domain of the addresses of funds",
    },
    codes=("status", "standing", "role"),
    amounts=("residual_limit", "committed", "unfunded", "change"),
)
timeline.register_funds(named_funds)
shapes.register(
    {
        "standing": {
            "good": Status("In good standing", "neutral", "ring"),
            "defaulted": Status("Defaulted", "bad", "triangle"),
        },
        "letter": {
            "live": Status("In force", "info", "ring-dot"),
            "replaced": Status("Replaced by a later version", "neutral", "ring-minus"),
            "cancelled": Status("Cancelled", "neutral", "ring-cross"),
            "paid": Status("Paid", "good", "check"),
        },
        "notice": {
            "queued": Status("Queued", "neutral", "ring-dashed"),
            "sending": Status("Sending", "info", "ring-arrow"),
            "sent": Status("Sent", "good", "check"),
            "failed": Status("Failed", "bad", "triangle"),
            "unknown": Status("Unknown", "warning", "ring-question"),
        },
        "adviser": {
            "asked": Status("Waits for the fund", "warning", "ring-clock"),
            "agreed": Status("Agreed; not invited", "info", "ring-dot"),
            "declined": Status("Declined", "bad", "ring-cross"),
            "invited": Status("Invited", "info", "ring-arrow"),
            "accepted": Status("Has access", "good", "check"),
            "withdrawn": Status("Withdrawn", "neutral", "ring-minus"),
            "ended": Status("Ended by the fund", "neutral", "ring-minus"),
        },
        "question": {
            "waits": Status("Waits for an answer", "warning", "ring-question"),
            "answered": Status("Answered", "good", "check"),
        },
        "request": {
            "pending": Status("Awaiting approval", "warning", "ring-clock"),
            "approved": Status("Approved", "good", "ring-check"),
            "rejected": Status("Rejected", "bad", "ring-cross"),
        },
    }
)

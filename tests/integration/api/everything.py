"""Every route about rows of a fund, with a body that is right. `{name}` stands for an id of the fixture `ids`."""

from base64 import b64encode
from datetime import date
from decimal import Decimal

from tests.support import bank_files

_WHY = {"reason": "Not like this"}

READS = (
    "/funds/{fund}",
    "/funds/{fund}/capital",
    "/funds/{fund}/commitments",
    "/funds/{fund}/receipts",
    "/funds/{fund}/nav-entries",
    "/funds/{fund}/letter-wording",
    "/funds/{fund}/position",
    "/funds/{fund}/returns",
    "/funds/{fund}/control-changes",
    "/commitments/{commitment}",
    "/commitments/{commitment}/events",
    "/commitments/{commitment}/side-letters",
    "/commitments/{commitment}/payee-details",
    "/investors/{investor}",
    "/investors/{investor}/capital-transactions",
    "/deals/{deal}",
    "/allocations/{allocation}",
    "/allocations/{allocation}/amendments",
    "/capital-calls/{call}",
    "/capital-calls/{call}/items",
    "/capital-calls/{call}/items/{item}/settlements",
    "/capital-calls/{call}/items/{item}/excuses",
    "/capital-calls/{call}/payments",
    "/payments/{payment}",
    "/receipts/{receipt}",
    "/cash-returns/{return}",
    "/distributions/{distribution}",
    "/distributions/{distribution}/payouts",
    "/payouts/{payout}",
    "/distributions/{distribution}/setoffs",
    "/setoffs/{setoff}",
    "/funds/{fund}/defaults",
    "/defaults/{default}",
    "/closings/{closing}",
    "/closings/{closing}/figures",
    "/closings/{closing}/refunds",
    "/closings/{closing}/refund-payouts",
    "/closings/{closing}/setoffs",
    "/refund-payouts/{refund_payout}",
    "/transfers/{transfer}",
    "/funds/{fund}/fee-schedules",
    "/funds/{fund}/fee-letters",
    "/funds/{fund}/fee-income",
    "/funds/{fund}/fee-events",
    "/funds/{fund}/fee-realisations",
    "/funds/{fund}/fee-runs/next",
    "/funds/{fund}/waived-fees",
    "/fee-runs/{fee_run}",
    "/funds/{fund}/periods",
    "/period-closes/{period_close}",
    "/deals/{deal}/write-downs",
    "/bank-statement-files/{statement_file}",
    "/bank-statements/{statement}",
    "/funds/{fund}/bank-rules",
    "/funds/{fund}/bank-reconciliation",
    "/funds/{fund}/payables",
    "/payment-files/{payment_file}",
    "/questions/{question}",
)
#: Read by the investor itself too.
STATEMENTS = ("/investors/{investor}/statement",)
#: Refused by 409 while they are being made.
LETTERS = (
    "/capital-calls/{call}/notice-pdf",
    "/distributions/{distribution}/notice-pdf",
    "/closings/{closing}/notice-pdf",
    "/fee-runs/{fee_run}/notice-pdf",
    "/cash-returns/{return}/notice-pdf",
    "/funds/{fund}/letter-wording/preview-pdf",
)
#: Of everybody its own: nothing for whoever stands for no investor.
OWN = (
    "/portal/commitments",
    "/portal/capital-calls",
    "/portal/payments",
    "/portal/distributions",
    "/portal/refunds",
    "/portal/management-fees",
    "/portal/letters",
    "/portal/questions",
)
OWN_STATEMENTS = "/portal/statements"
OWN_LETTERS = ("/portal/letters/{letter}/pdf",)
LISTS = (
    "/funds",
    "/deals",
    "/investors",
    "/allocations",
    "/capital-calls",
    "/distributions",
    "/closings",
    "/transfers",
    "/fee-runs",
    "/bank-statements",
    "/payment-files",
    "/capital-transactions",
    "/questions",
)
CREATES = (
    ("POST", "/funds", {"name": "Mine", "lpaDate": "2026-01-01"}),
    ("POST", "/deals", {"name": "Mine"}),
    ("POST", "/investors", {"name": "Mine"}),
)
_CALL = {
    "fundId": "{fund}",
    "totalAmount": 1,
    "purpose": "x",
    "callDate": "2026-01-01",
    "dueDate": "2026-02-01",
}
_WATERFALL = {"fundId": "{fund}", "totalAmount": 1}
_CLOSING = {
    "fundId": "{closing_fund}",
    "heldOn": "2025-07-01",
    "payOn": "2025-07-20",
    "tranches": [{"investorId": "{closing_investor}", "amount": 1}],
    "feeInterest": "none",
    "rate": "0.08",
}
TRANSFER = {
    "fundId": "{transfer_fund}",
    "transferorId": "{transferor}",
    "transfereeId": "{transferee}",
    "numerator": 1,
    "denominator": 3,
    "reason": "Sale",
}
PAYMENT_FILE = {
    "fundId": "{fund}",
    "accountId": "{account}",
    "format": "PAIN.001.001.09",
    "payOn": "2099-01-01",
    "payments": [{"kind": "PAYOUT", "id": 1}],
}
_WIRE = bank_files.Booking(date(2026, 2, 20), Decimal("1.00"), "W1", "Interest")
STATEMENT_FILE = {
    "fundId": "{fund}",
    "name": "february.xml",
    "content": b64encode(bank_files.camt([_WIRE], Decimal("5.00"))).decode(),
}
STATUS_REPORT = {"content": b64encode(bank_files.pain002("BG1F1", "ACTC")).decode()}
WRITES = (
    ("PATCH", "/funds/{fund}", {"name": "Mine"}),
    ("POST", "/funds/{fund}/nav-entries", {"asOf": "2026-01-01", "amount": 1}),
    ("PUT", "/funds/{fund}/letter-wording", {"headLines": "Regulated", "paragraphs": []}),
    ("POST", "/commitments/{commitment}/side-letters", {"effectiveOn": "2026-01-01", "note": "Fees"}),
    ("PATCH", "/deals/{deal}", {"name": "Mine"}),
    ("PATCH", "/investors/{investor}", {"name": "Mine"}),
    ("POST", "/investors/{investor}/contacts", {"name": "Eve", "email": "eve@example.com"}),
    (
        "POST",
        "/funds/{fund}/commitments",
        {"investorId": "{investor}", "amount": 1, "closingDate": "2026-01-01"},
    ),
    ("PATCH", "/commitments/{commitment}", {"amount": 9_000_000}),
    (
        "POST",
        "/commitments/{commitment}/events",
        {"kind": "increased", "amount": 1, "effectiveOn": "{today}", "reason": "mine"},
    ),
    ("POST", "/commitment-events/{event}/approve", None),
    ("POST", "/commitment-events/{event}/reject", _WHY),
    ("POST", "/allocations", {"fundId": "{fund}", "dealId": "{deal}", "committed": 1}),
    ("POST", "/allocations/{allocation}/calls", {"amount": 1, "dueDate": "2099-01-01"}),
    (
        "POST",
        "/allocations/{allocation}/amendments",
        {"direction": "raise", "amount": 1, "effectiveOn": "{today}", "reason": "mine"},
    ),
    ("POST", "/control-changes/{control_change}/approve", None),
    ("POST", "/control-changes/{control_change}/reject", _WHY),
    ("POST", "/amendments/{amendment}/approve", None),
    ("POST", "/amendments/{amendment}/reject", _WHY),
    ("POST", "/capital-calls", _CALL),
    ("PUT", "/capital-calls/{call}", _CALL),
    ("POST", "/capital-calls/{call}/submit", None),
    ("POST", "/capital-calls/{call}/approve", None),
    ("POST", "/capital-calls/{call}/send-back", {"reason": "Look again"}),
    ("POST", "/capital-calls/{call}/cancel", None),
    ("POST", "/capital-calls/{call}/send-notices", {"confirmed": True}),
    ("DELETE", "/capital-calls/{call}", None),
    ("POST", "/capital-calls/{call}/payments", {"amount": 1, "itemId": "{item}"}),
    (
        "PATCH",
        "/capital-calls/{call}/items/{item}/payment",
        {"paidAmount": 1, "paidDate": "2026-02-20", "paymentMethod": "wire"},
    ),
    (
        "POST",
        "/capital-calls/{call}/items/{item}/settlements",
        {"kind": "waived", "reason": "Bank charges"},
    ),
    ("POST", "/settlements/{settlement}/approve", None),
    ("POST", "/settlements/{settlement}/reject", _WHY),
    (
        "POST",
        "/capital-calls/{call}/items/{item}/defaults",
        {"cureBy": "2099-01-01", "reason": "Clause 6.6", "rate": "0.1"},
    ),
    ("POST", "/capital-calls/{call}/items/{item}/excuses", {"lineId": "{line}", "reason": "Policy"}),
    ("POST", "/excuses/{excuse}/approve", None),
    ("POST", "/excuses/{excuse}/reject", _WHY),
    ("POST", "/payments/{payment}/reverse", {"reason": "mine"}),
    ("POST", "/reversals/{reversal}/approve", None),
    ("POST", "/reversals/{reversal}/reject", _WHY),
    ("POST", "/funds/{fund}/receipts", {"amount": 1, "valueDate": "2026-02-20"}),
    ("POST", "/receipts/{receipt}/apply", {"splits": [{"itemId": "{item}", "amount": 1}]}),
    ("POST", "/receipts/{receipt}/return", {"amount": 1, "valueDate": "2026-02-20", "reason": "mine"}),
    ("POST", "/cash-returns/{return}/send-notices", None),
    ("POST", "/cash-returns/{return}/take-back", {"valueDate": "2026-02-20", "reason": "mine"}),
    ("POST", "/distributions", {**_WATERFALL, "date": "2026-06-30", "type": "OTHER"}),
    ("PUT", "/distributions/{distribution}", {**_WATERFALL, "date": "2026-06-30", "type": "OTHER"}),
    ("DELETE", "/distributions/{distribution}", None),
    ("POST", "/distributions/{distribution}/submit", None),
    ("POST", "/distributions/{distribution}/approve", None),
    ("POST", "/distributions/{distribution}/send-back", {"reason": "Look again"}),
    ("POST", "/distributions/{distribution}/return-to-draft", None),
    ("POST", "/distributions/{distribution}/send", None),
    ("POST", "/distributions/{distribution}/cancel", None),
    ("POST", "/distributions/{distribution}/send-notices", None),
    ("POST", "/distributions/{distribution}/payouts", {"paidDate": "2026-02-20", "method": "wire"}),
    ("POST", "/distributions/calculate-waterfall", {**_WATERFALL, "distributionDate": "2026-06-30"}),
    ("POST", "/payouts/{payout}/reverse", {"reason": "mine"}),
    ("POST", "/payout-reversals/{payout_reversal}/approve", None),
    ("POST", "/payout-reversals/{payout_reversal}/reject", _WHY),
    ("POST", "/distributions/{distribution}/setoffs", {"callId": "{call}", "reason": "Clause 14.14"}),
    ("POST", "/defaults/{default}/approve", None),
    ("POST", "/defaults/{default}/reject", _WHY),
    ("POST", "/defaults/{default}/interest", {"dueOn": "2099-01-01"}),
    ("POST", "/defaults/{default}/shortfall", {"dueOn": "2099-01-01", "amount": 1}),
    ("POST", "/defaults/{default}/forfeiture", {"share": "0.5"}),
    ("POST", "/defaults/{default}/sale", {"buyerId": "{commitment}", "value": 1}),
    ("POST", "/defaults/{default}/reduction", {"reason": "Clause 6.6.4.4"}),
    ("POST", "/defaults/{default}/withdraw", {"reason": "Sent in error"}),
    ("POST", "/default-withdrawals/{default_withdrawal}/approve", None),
    ("POST", "/default-withdrawals/{default_withdrawal}/reject", _WHY),
    ("POST", "/default-remedies/{remedy}/approve", None),
    ("POST", "/default-remedies/{remedy}/reject", _WHY),
    ("POST", "/default-remedies/{remedy}/pay", {"valueDate": "{today}"}),
    ("POST", "/setoffs/{setoff}/approve", None),
    ("POST", "/setoffs/{setoff}/reject", _WHY),
    ("POST", "/setoff-parts/{setoff_part}/reverse", {"reason": "mine"}),
    ("POST", "/setoff-reversals/{setoff_reversal}/approve", None),
    ("POST", "/setoff-reversals/{setoff_reversal}/reject", _WHY),
    ("POST", "/write-downs/{write_down}/approve", None),
    ("POST", "/write-downs/{write_down}/reject", _WHY),
    ("POST", "/closings", _CLOSING),
    ("PUT", "/closings/{closing}", _CLOSING),
    ("POST", "/closings/{closing}/submit", None),
    ("POST", "/closings/{closing}/settle", None),
    ("POST", "/closings/{closing}/send-back", {"reason": "Look again"}),
    ("POST", "/closings/{closing}/cancel", {"reason": "Not now"}),
    ("POST", "/closings/{closing}/reverse", {"reason": "Not signed"}),
    ("POST", "/closing-reversals/{closing_reversal}/approve", None),
    ("POST", "/closing-reversals/{closing_reversal}/reject", _WHY),
    ("POST", "/closings/{closing}/send-notices", None),
    ("POST", "/transfers", TRANSFER),
    ("POST", "/transfers/{transfer}/approve", None),
    ("POST", "/transfers/{transfer}/reject", _WHY),
    ("POST", "/funds/{fund}/fee-schedules", {"effectiveOn": "2026-01-01", "rate": "0.02"}),
    ("POST", "/fee-schedules/{fee_schedule}/approve", None),
    ("POST", "/fee-schedules/{fee_schedule}/reject", _WHY),
    ("POST", "/commitments/{commitment}/fee-letters", {"effectiveOn": "2026-01-01", "ownRate": "0.01"}),
    ("POST", "/fee-letters/{fee_letter}/approve", None),
    ("POST", "/fee-letters/{fee_letter}/reject", _WHY),
    (
        "POST",
        "/funds/{fund}/fee-income",
        {"receivedOn": "2026-01-01", "category": "transaction", "amount": 1},
    ),
    ("POST", "/fee-income/{fee_income}/approve", None),
    ("POST", "/fee-income/{fee_income}/reject", _WHY),
    ("POST", "/funds/{fund}/fee-events", {"kind": "fee_ended", "happenedOn": "2026-01-01"}),
    ("POST", "/fee-events/{fee_event}/take-back", {"reason": "mine"}),
    ("POST", "/fee-events/{fee_event}/approve", None),
    ("POST", "/fee-events/{fee_event}/reject", _WHY),
    (
        "POST",
        "/funds/{fund}/fee-realisations",
        {"dealId": "{deal}", "soldOn": "2026-01-01", "amount": 1},
    ),
    ("POST", "/fee-realisations/{fee_realisation}/approve", None),
    ("POST", "/fee-realisations/{fee_realisation}/reject", _WHY),
    ("POST", "/funds/{fund}/fee-runs", {"dueOn": "2199-01-01"}),
    ("POST", "/fee-runs/{fee_run}/approve", None),
    ("POST", "/fee-runs/{fee_run}/reject", _WHY),
    ("POST", "/fee-runs/{fee_run}/payment", {"paidDate": "2026-01-01"}),
    ("POST", "/fee-payments/{fee_payment}/reverse", {"reason": "mine"}),
    ("POST", "/fee-runs/{fee_run}/cancel", {"reason": "mine"}),
    ("POST", "/fee-cancellations/{fee_cancellation}/approve", None),
    ("POST", "/fee-cancellations/{fee_cancellation}/reject", _WHY),
    ("POST", "/funds/{waiving_fund}/waived-fees", {"itemId": "{waiving_gp}", "dueOn": "2199-01-01"}),
    ("POST", "/fee-waiver-uses/{fee_waiver_use}/approve", None),
    ("POST", "/fee-waiver-uses/{fee_waiver_use}/reject", _WHY),
    ("POST", "/funds/{fund}/period-closes", {"reason": "Reported"}),
    ("POST", "/period-closes/{period_close}/approve", None),
    ("POST", "/period-closes/{period_close}/reject", _WHY),
    ("POST", "/period-closes/{period_close}/reopen", {"reason": "Late papers"}),
    ("POST", "/closings/{closing}/setoffs", {"callId": "{closing_call}", "reason": "Clause 6.2"}),
    ("POST", "/closings/{closing}/refund-payouts", {"paidDate": "2025-07-21", "method": "wire"}),
    ("POST", "/refund-payouts/{refund_payout}/reverse", {"reason": "mine"}),
    ("POST", "/refund-payout-reversals/{refund_payout_reversal}/approve", None),
    ("POST", "/refund-payout-reversals/{refund_payout_reversal}/reject", _WHY),
    ("POST", "/bank-statements", STATEMENT_FILE),
    ("POST", "/bank-statements/{statement}/post", None),
    ("POST", "/bank-entries/{entry}/apply", {"splits": []}),
    ("POST", "/bank-entries/{entry}/link", {"kind": "PAYOUT", "ids": [1]}),
    ("POST", "/bank-entries/{entry}/classify", {"entryClass": "BANK_CHARGE"}),
    ("POST", "/bank-entries/{entry}/ignore", {"reason": "mine"}),
    ("POST", "/bank-entries/{entry}/undo", None),
    ("POST", "/funds/{fund}/bank-rules", {"side": "OUT", "textHolds": "fee", "entryClass": "BANK_CHARGE"}),
    ("POST", "/bank-rules/{rule}/retire", None),
    ("POST", "/payment-files", PAYMENT_FILE),
    ("POST", "/payment-files/{payment_file}/approve", None),
    ("POST", "/payment-files/{payment_file}/reject", _WHY),
    ("POST", "/payment-files/{payment_file}/withdraw", {"reason": "mine"}),
    ("POST", "/payment-files/{payment_file}/answer", {"accepted": True}),
    ("POST", "/payment-files/{payment_file}/status-report", STATUS_REPORT),
    ("POST", "/questions/{question}/answers", {"text": "Yes"}),
    ("POST", "/deals/{deal}/write-downs", {"fundId": "{fund}", "date": "2026-02-20", "amount": 1}),
)
#: By the investor itself, and by nobody who works for the fund.
OWN_WRITES = (
    ("POST", "/portal/capital-calls/{call_part}/questions", {"text": "May we pay later?"}),
    ("POST", "/portal/distributions/{distribution_part}/questions", {"text": "What is withheld?"}),
)
READINGS = tuple(
    ("GET", path, None)
    for path in (*LISTS, *READS, *STATEMENTS, *LETTERS, *OWN, OWN_STATEMENTS, *OWN_LETTERS)
)
#: (verb, path, body) of every operation that the API has.
EVERYTHING = (*READINGS, *CREATES, *WRITES, *OWN_WRITES)


def address(path: str) -> str:
    """The address as the OpenAPI document has it: /api/funds/{fund_id} for /funds/{fund}."""
    return "/api" + path.replace("{waiving_fund}", "{fund}").replace("}", "_id}")


def filled(value, ids):
    """The ids, and the day, put in where they are named."""
    if isinstance(value, dict):
        return {name: filled(one, ids) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one, ids) for one in value]
    return value.format(today=date.today(), **ids) if isinstance(value, str) else value

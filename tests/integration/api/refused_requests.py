"""Requests that the money refuses, as things stand or by a state of their own, for tests of every status."""

from .everything import OWN_LETTERS, OWN_WRITES, STATEMENT_FILE, TRANSFER

#: What the state of the money refuses: the bodies sent one after another, of which the last is answered 409.
BY_STATE = {
    "POST /funds/{fund}/fee-events": ({"kind": "fee_ended", "happenedOn": "2026-01-01"},) * 2,
    "POST /fee-events/{fee_event}/take-back": ({"reason": "mine"},) * 2,
    "POST /funds": ({"name": "Twice", "lpaDate": "2026-01-01"},) * 2,
    "PATCH /funds/{fund}": ({"currency": "EUR"},),
    "POST /investors/{investor}/contacts": ({"name": "Eve", "email": "eve@example.com"},) * 2,
    "POST /allocations/{allocation}/calls": ({"amount": 9_000_000, "dueDate": "2099-01-01"},),
    "POST /capital-calls": (
        {
            "fundId": "{fund}",
            "totalAmount": 9_000_000,
            "purpose": "x",
            "callDate": "2026-01-01",
            "dueDate": "2026-02-01",
        },
    ),
    "POST /capital-calls/{call}/payments": ({"amount": 9_000_000, "itemId": "{item}"},),
    "PATCH /capital-calls/{call}/items/{item}/payment": (
        {"paidAmount": 9_000_000, "paidDate": "2026-02-20", "paymentMethod": "wire"},
    ),
    "POST /commitments/{commitment}/events": (
        {"kind": "released", "amount": 9_000_000, "effectiveOn": "{today}", "reason": "mine"},
    ),
    "POST /allocations/{allocation}/amendments": (
        {"direction": "lower", "amount": 9_000_000, "effectiveOn": "{today}", "reason": "mine"},
    ),
    "POST /capital-calls/{call}/items/{item}/excuses": ({"lineId": "{line}", "reason": "Policy"},) * 2,
    "POST /payments/{payment}/reverse": ({"reason": "mine"},) * 2,
    "POST /funds/{fund}/receipts": tuple(
        {"amount": amount, "valueDate": "2026-02-20", "txRef": "FED-1"} for amount in (1, 2)
    ),
    "POST /receipts/{receipt}/apply": ({"splits": [{"itemId": "{item}", "amount": 9000}]},),
    "POST /cash-returns/{return}/take-back": ({"valueDate": "2026-02-20", "reason": "mine"},) * 2,
    "POST /receipts/{receipt}/return": ({"amount": 9000, "valueDate": "2026-02-20", "reason": "mine"},),
    "POST /distributions": (
        {"fundId": "{fund}", "totalAmount": 1, "date": "1990-06-30", "type": "EXIT_PROCEEDS"},
    ),
    "POST /distributions/{distribution}/payouts": ({"paidDate": "2026-02-20", "method": "wire"},) * 2,
    "POST /distributions/{distribution}/setoffs": (
        {
            "callId": "{call}",
            "reason": "mine",
            "parts": [{"commitmentId": "{commitment}", "amount": 9_000_000}],
        },
    ),
    # Excused by then.
    "POST /capital-calls/{call}/items/{item}/defaults": (
        {"cureBy": "2099-01-01", "reason": "mine", "rate": "0.1"},
    ),
    "POST /defaults/{default}/shortfall": ({"dueOn": "2099-01-01"},) * 2,
    "POST /closings": (
        {
            "fundId": "{closing_fund}",
            "heldOn": "2025-07-01",
            "payOn": "2025-07-20",
            "tranches": [
                {"investorId": "{investor_beside}", "amount": 1, "reference": "{closing_reference}"}
            ],
            "feeInterest": "none",
            "rate": "0.08",
        },
    ),
    "POST /transfers": (
        TRANSFER,
        TRANSFER | {"effectiveOn": "{before}"},
    ),
    "POST /funds/{waiving_fund}/waived-fees": ({"itemId": "{waiving_partner}", "dueOn": "2199-01-01"},),
    "POST /funds/{fund}/fee-schedules": ({"effectiveOn": "2026-02-01", "frequency": "annual"},),
    "POST /bank-statements": (STATEMENT_FILE,) * 2,
    "POST /bank-entries/{entry}/undo": (None,) * 2,
    "POST /bank-rules/{rule}/retire": (None,) * 2,
    "POST /closings/{closing}/refund-payouts": ({"paidDate": "2025-07-21", "method": "wire"},) * 2,
    "POST /distributions/calculate-waterfall": (
        {"fundId": "{fund}", "totalAmount": 1, "distributionDate": "1990-06-30"},
    ),
}
#: What is asked of a reading that the state refuses.
REFUSED_BY = {"GET /funds/{fund}/returns": "?asOf=1990-01-01"}
#: Their right request is refused by 409 once the call or the distribution is cancelled.
WHEN_CANCELLED = {
    "POST /capital-calls/{call}/send-notices",
    "POST /distributions/{distribution}/send-notices",
    "POST /closings/{closing}/send-notices",
}
#: The right request is refused as it is: issued, paid, decided, there already.
AS_THEY_ARE = {
    "POST /funds/{fund}/commitments",
    "PATCH /commitments/{commitment}",
    "POST /allocations",
    "PUT /capital-calls/{call}",
    "DELETE /capital-calls/{call}",
    "POST /capital-calls/{call}/submit",
    "POST /capital-calls/{call}/approve",
    "POST /capital-calls/{call}/send-back",
    "POST /capital-calls/{call}/cancel",
    "POST /control-changes/{control_change}/approve",
    "POST /control-changes/{control_change}/reject",
    "POST /commitment-events/{event}/approve",
    "POST /commitment-events/{event}/reject",
    "POST /amendments/{amendment}/approve",
    "POST /amendments/{amendment}/reject",
    "POST /capital-calls/{call}/items/{item}/settlements",
    "POST /settlements/{settlement}/approve",
    "POST /settlements/{settlement}/reject",
    "POST /excuses/{excuse}/approve",
    "POST /excuses/{excuse}/reject",
    "POST /reversals/{reversal}/approve",
    "POST /reversals/{reversal}/reject",
    "PUT /distributions/{distribution}",
    "DELETE /distributions/{distribution}",
    "POST /distributions/{distribution}/submit",
    "POST /distributions/{distribution}/approve",
    "POST /distributions/{distribution}/send-back",
    "POST /distributions/{distribution}/return-to-draft",
    "POST /distributions/{distribution}/send",
    "POST /distributions/{distribution}/cancel",
    "POST /payouts/{payout}/reverse",
    "POST /payout-reversals/{payout_reversal}/approve",
    "POST /payout-reversals/{payout_reversal}/reject",
    "POST /defaults/{default}/interest",
    "POST /default-remedies/{remedy}/pay",
    "POST /defaults/{default}/approve",
    "POST /defaults/{default}/reject",
    "POST /defaults/{default}/forfeiture",
    "POST /defaults/{default}/sale",
    "POST /defaults/{default}/reduction",
    "POST /defaults/{default}/withdraw",
    "POST /default-withdrawals/{default_withdrawal}/approve",
    "POST /default-withdrawals/{default_withdrawal}/reject",
    "POST /default-remedies/{remedy}/approve",
    "POST /default-remedies/{remedy}/reject",
    "POST /setoffs/{setoff}/approve",
    "POST /setoffs/{setoff}/reject",
    "POST /setoff-parts/{setoff_part}/reverse",
    "POST /setoff-reversals/{setoff_reversal}/approve",
    "POST /setoff-reversals/{setoff_reversal}/reject",
    "POST /closings/{closing}/setoffs",
    "PUT /closings/{closing}",
    "POST /closings/{closing}/submit",
    "POST /closings/{closing}/settle",
    "POST /closings/{closing}/send-back",
    "POST /closings/{closing}/cancel",
    "POST /closings/{closing}/reverse",
    "POST /transfers/{transfer}/approve",
    "POST /transfers/{transfer}/reject",
    *(
        f"POST /{kind}/{verb}"
        for kind in (
            "fee-schedules/{fee_schedule}",
            "fee-letters/{fee_letter}",
            "fee-income/{fee_income}",
            "fee-events/{fee_event}",
            "fee-realisations/{fee_realisation}",
            "fee-runs/{fee_run}",
            "fee-cancellations/{fee_cancellation}",
            "fee-waiver-uses/{fee_waiver_use}",
            "period-closes/{period_close}",
        )
        for verb in ("approve", "reject")
    ),
    "POST /funds/{fund}/fee-runs",
    "POST /fee-runs/{fee_run}/payment",
    "POST /fee-payments/{fee_payment}/reverse",
    "POST /fee-runs/{fee_run}/cancel",
    "POST /funds/{fund}/period-closes",
    "POST /period-closes/{period_close}/reopen",
    "POST /closing-reversals/{closing_reversal}/approve",
    "POST /closing-reversals/{closing_reversal}/reject",
    "POST /refund-payouts/{refund_payout}/reverse",
    "POST /refund-payout-reversals/{refund_payout_reversal}/approve",
    "POST /refund-payout-reversals/{refund_payout_reversal}/reject",
    "POST /bank-statements/{statement}/post",
    "POST /payment-files",
    *(
        f"POST /payment-files/{{payment_file}}/{verb}"
        for verb in ("approve", "reject", "withdraw", "answer", "status-report")
    ),
    *(f"POST /bank-entries/{{entry}}/{verb}" for verb in ("apply", "link", "classify", "ignore")),
    "POST /write-downs/{write_down}/approve",
    "POST /write-downs/{write_down}/reject",
}
#: Names, notes and histories, which no state of the money refuses. 409 says here that the key is still at work.
BY_NO_STATE = {
    "POST /deals",
    "PATCH /deals/{deal}",
    "POST /investors",
    "PATCH /investors/{investor}",
    "POST /funds/{fund}/nav-entries",
    "PUT /funds/{fund}/letter-wording",
    "POST /cash-returns/{return}/send-notices",
    "POST /commitments/{commitment}/side-letters",
    "POST /commitments/{commitment}/fee-letters",
    "POST /funds/{fund}/fee-income",
    "POST /funds/{fund}/fee-realisations",
    "POST /deals/{deal}/write-downs",
    "POST /funds/{fund}/bank-rules",
    "POST /questions/{question}/answers",
    *(f"{verb} {path}" for verb, path, _ in OWN_WRITES),
}
#: Of the investor's own.
ITS_OWN = {*OWN_LETTERS, *(path for _, path, _ in OWN_WRITES)}

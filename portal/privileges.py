"""All that the portal's role may read, each table under a policy of its own (`sql/policies.sql`)."""

from blackgem.lib.privileges import READ, register_portal

register_portal(
    {
        **dict.fromkeys(
            (
                "investors",
                "investor_contacts",
                "commitments",
                "funds",
                "capital_call_items",
                "capital_call_item_lines",
                "payments",
                "line_changes",
                "taken_shares",
                "capital_transactions",
                "distribution_items",
                "payouts",
                "refunds",
                "refund_payouts",
                "refund_notice_states",
                "notices",
                "notice_documents",
                "notice_readings",
                "part_messages",
                "commitment_amounts",
                "commitment_capital",
                "call_item_capital",
                "call_notice_states",
                "commitment_differences",
                "commitment_distributions",
                "distribution_item_capital",
                "distribution_notice_states",
                "cash_return_notice_states",
            ),
            READ,
        ),
        # Whether a letter was sent, and when; not to whom, nor what became of the mail.
        "notice_deliveries": ("SELECT (id, notice_id, requested_at)",),
        # Not `total_amount`: what all partners together are called for, or paid.
        "capital_calls": (
            "SELECT (id, created_by_id, four_eyes, submitted_at, submitted_by_id, approved_at, approved_by_id,"
            " cancelled_at, cancelled_by_id, cancel_reason, fund_id, number, call_date, due_date, purpose,"
            " purpose_detail, status, revision, bank_details_id, public_id, created_at)",
        ),
        # Not by whom they were entered or decided, nor what else the bank asks for.
        "payee_details": (
            "SELECT (id, commitment_id, version, bank_name, account_name, account_number, iban, created_at,"
            " usable_from, verified_at, rejected_at)",
        ),
        # Not of which receipt, in which others may have a part, nor by whom.
        "receipt_returns": ("SELECT (id, commitment_id, amount, value_date, takes_back_id, public_id)",),
        # What stands at their head, and in the fund's own words; not who wrote it.
        "letter_wordings": ("SELECT (id, fund_id, version, head_lines, logo_id, signature_id, words)",),
        "letter_images": ("SELECT (id, fund_id, content, width, height, sha256)",),
        # What stands at the foot of statements; not how many were told.
        "anchors_told": ("SELECT (id, told_on, seal_id, hash)",),
        # How a partner's own fee was worked out; nothing of runs, lines, catch-ups, letters and schedules.
        "fee_statements": (
            "SELECT (id, run_id, catch_up_id, fund_id, commitment_id, effective_on, facts, withdrawn_at, public_id)",
        ),
        # Not on which terms, nor by what call others pay.
        "closings": ("SELECT (id, fund_id, number, held_on, pay_on, status, public_id)",),
        # Not why, nor by whom.
        "commitment_events": (
            "SELECT (id, fund_id, commitment_id, kind, amount, changes_commitment, effective_on, approved_at)",
        ),
        "residual_settlements": (
            "SELECT (id, commitment_id, item_id, kind, amount, effective_on, approved_at)",
        ),
        # Nor `inputs`: what every partner of the fund ever paid in.
        "distributions": (
            "SELECT (id, fund_id, number, date, type, source, deal_id, recallable, status, terms_id,"
            " revision, public_id, approved_at, sent_at, cancelled_at)",
        ),
    }
)

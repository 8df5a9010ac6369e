"""The tables here of which the application's role gets less than to write them as it likes."""

from blackgem.lib.privileges import APPEND, READ, register

register(
    {
        "capital_transactions": READ,
        "fund_terms": APPEND,
        "fund_terms_tiers": APPEND,
        "commitment_events": (*APPEND, "UPDATE"),
        "side_letters": APPEND,
        "nav_entries": APPEND,
        "nav_entry_deals": APPEND,
        "bank_details": (*APPEND, "UPDATE"),
        "payee_details": (
            *APPEND,
            "UPDATE (verified_at, verified_by_id, rejected_at, rejected_by_id)",
        ),
        "phone_numbers": (*APPEND, "UPDATE (withdrawn_at, withdrawn_by_id)"),
        "call_backs": APPEND,
        "control_changes": (
            *APPEND,
            "UPDATE (approved_at, approved_by_id, rejected_at, rejected_by_id)",
        ),
        "period_closes": (
            *APPEND,
            "UPDATE (approved_at, approved_by_id, rejected_at, rejected_by_id, known_at)",
        ),
        "period_reopenings": APPEND,
        "period_accounts": APPEND,
        "letter_images": APPEND,
        "letter_wordings": APPEND,
        "mail_domains": (*APPEND, "UPDATE (withdrawn_at, withdrawn_by_id)"),
        "notices": APPEND,
        "notice_documents": APPEND,
        "notice_deliveries": (*APPEND, "UPDATE"),
        "notice_readings": APPEND,
        "part_messages": APPEND,
        "advisers": (*APPEND, "UPDATE (contact_id, declined_because, withdrawn_at, withdrawn_by_id)"),
    }
)

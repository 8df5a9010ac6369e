"""The tables here that are sealed against tampering."""

from blackgem.lib.evidence import Covered, register

register(
    {
        "capital_transactions": Covered(),
        "period_accounts": Covered(),
        "period_reopenings": Covered(),
        # The bytes themselves are bound by their SHA-256, which is among the columns.
        "notice_documents": Covered(key="notice_id", left_out=("content",), numbered=False),
        "letter_images": Covered(left_out=("content",)),
        "letter_wordings": Covered(),
        "phone_numbers": Covered(
            salted=("person_name", "number"), left_out=("withdrawn_at", "withdrawn_by_id")
        ),
        # What was decided of them is among the calls and the events, which are sealed.
        "payee_details": Covered(
            salted=(
                "bank_name",
                "bank_address",
                "account_name",
                "account_number",
                "routing_number",
                "swift",
                "iban",
                "holder_town",
                "holder_country",
            ),
            left_out=("verified_at", "verified_by_id", "rejected_at", "rejected_by_id"),
        ),
        "call_backs": Covered(salted=("spoke_to", "note")),
    }
)

"""The tables here that are sealed against tampering."""

from blackgem.lib.evidence import Covered, register

register(
    {
        "capital_transactions": Covered(),
        "period_accounts": Covered(),
        "period_reopenings": Covered(),
        # The bytes themselves are bound by their SHA-256, which is among the columns.
        "notice_documents": Covered(key="notice_id", left_out=("content",), numbered=False),
    }
)

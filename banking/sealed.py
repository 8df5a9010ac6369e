"""The tables here that are sealed against tampering."""

from blackgem.lib.evidence import Covered, register

register(
    {
        # The bytes of its file are bound by their SHA-256, which is among the columns.
        "bank_statements": Covered(),
        "bank_entries": Covered(salted=("name", "party_account", "text", "loose_text")),
        "repeated_entries": Covered(),
        "entry_postings": Covered(),
        "entry_rules": Covered(salted=("name_holds", "text_holds")),
        "entry_decisions": Covered(salted=("note",)),
        "entry_moves": Covered(),
        "receipt_holders": Covered(),
        "payment_layouts": Covered(salted=("layout",)),
    }
)

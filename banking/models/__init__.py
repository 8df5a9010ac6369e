from .accounts import BankAccount, TableMapping
from .decisions import EntryClass, EntryDecision, EntryMove, EntryRule, ReceiptHolder
from .entries import BankEntry, EntryPosting, RepeatedEntry
from .payments import PaymentFile, PaymentFileLine, PaymentFormat, PaymentLayout
from .statements import BankStatement, StatementFile

__all__ = [
    "BankAccount",
    "BankEntry",
    "BankStatement",
    "EntryClass",
    "EntryDecision",
    "EntryMove",
    "EntryPosting",
    "EntryRule",
    "PaymentFile",
    "PaymentFileLine",
    "PaymentFormat",
    "PaymentLayout",
    "ReceiptHolder",
    "RepeatedEntry",
    "StatementFile",
    "TableMapping",
]

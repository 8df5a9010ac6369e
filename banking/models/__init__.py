from .accounts import BankAccount, TableMapping
from .decisions import EntryClass, EntryDecision, EntryMove, EntryRule, ReceiptHolder
from .entries import BankEntry, EntryPosting, RepeatedEntry
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
    "ReceiptHolder",
    "RepeatedEntry",
    "StatementFile",
    "TableMapping",
]

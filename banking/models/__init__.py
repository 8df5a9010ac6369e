from .accounts import BankAccount, TableMapping
from .entries import BankEntry, EntryPosting, RepeatedEntry
from .statements import BankStatement, StatementFile

__all__ = [
    "BankAccount",
    "BankEntry",
    "BankStatement",
    "EntryPosting",
    "RepeatedEntry",
    "StatementFile",
    "TableMapping",
]

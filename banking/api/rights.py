"""Who may do what with the rows that addresses name."""

from banking.models import BankEntry, BankStatement, EntryRule, PaymentFile, StatementFile
from funds.api.rights import of_fund

of_fund("statement_id", BankStatement)
of_fund("statement_file_id", StatementFile)
of_fund("entry_id", BankEntry)
of_fund("rule_id", EntryRule)
of_fund("payment_file_id", PaymentFile, asked_by="created_by")

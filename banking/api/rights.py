"""Who may do what with the rows that addresses name."""

from banking.models import BankEntry, BankStatement, EntryRule, StatementFile
from funds.api.rights import of_fund

of_fund("statement_id", BankStatement)
of_fund("statement_file_id", StatementFile)
of_fund("entry_id", BankEntry)
of_fund("rule_id", EntryRule)

"""What clients get about bank statements. Statuses and states in capitals; what comes in is positive."""

from datetime import date, datetime

from blackgem.http.schemas import Amount, Answer


class ImportedStatementAnswer(Answer):
    """A statement of a file. `new` entries were not known before it, `known` ones were; `flags` say how it follows the
    statements before: statement.changed, chain.gap, chain.overlap."""

    id: int
    statement_id: str | None
    first_day: date
    last_day: date
    new: int
    known: int
    pending: int
    flags: list[str]


class StatementRefusalAnswer(Answer):
    """What of a file was not taken: the line, what stands there, and what is wrong with it."""

    code: str
    line: int
    element: str
    gist: str


class StatementFileAnswer(Answer):
    """A file, kept as it came. A worker reads it: `status` is WAITING, then WHOLE, or REFUSED where `refusals` say what
    was not taken. `statements` are those that were."""

    id: int
    fund_id: int
    name: str
    sha256: str
    size: int
    status: str
    percent_read: int
    format: str
    statements: list[ImportedStatementAnswer]
    refusals: list[StatementRefusalAnswer]
    uploaded_at: datetime
    read_at: datetime | None


class BankStatementAnswer(Answer):
    """What a bank says of an account between two balances. `balance` is PROVED where opening and bookings come to
    closing; `mayBePosted`: it is, and there is one way to read it. `brought` are the entries that were new with it."""

    id: int
    fund_id: int
    fund_name: str
    currency: str
    account: str
    file_id: int
    statement_id: str
    sequence: str
    first_day: date
    last_day: date
    opening: Amount | None
    closing: Amount | None
    balance: str
    may_be_posted: bool
    brought: int
    recorded_at: datetime


class BankStatementsAnswer(Answer):
    statements: list[BankStatementAnswer]
    total: int


class MatchedItemAnswer(Answer):
    """An item of a call that an entry may pay; `outstanding` is what it owed before this statement."""

    item_id: int
    reference: str
    investor_name: str
    outstanding: Amount


class ProposedMatchAnswer(Answer):
    """Whom a credit is from, as the books stand now. `step` is the rule that found it, 1 to 6; `reasons` are reference,
    amount, account, name and date. `certain`: it is posted in one go, if the statement may be posted. `held` says why
    a person has to look at it, however exact."""

    item: MatchedItemAnswer | None
    step: int | None
    reasons: list[str]
    score: int | None
    certain: bool
    held: str
    note: str
    candidates: list[MatchedItemAnswer]


class BankEntryAnswer(Answer):
    """A line of a statement. `repeated`: it was known from another. `state` is POSTED with its `receiptId`, LINKED,
    CLASSIFIED, IGNORED, or what was found: EXACT, SUGGESTED, PARTIAL, OVER, EARLY, DUPLICATE, UNMATCHED, DEBIT, RETURN,
    PENDING or NONE."""

    id: int
    line: int
    status: str
    booking_date: date
    value_date: date
    amount: Amount
    reversal: bool
    reference: str
    end_to_end_id: str
    name: str
    party_account: str
    text: str
    repeated: bool
    state: str
    receipt_id: int | None
    match: ProposedMatchAnswer | None


class BankStatementDetailAnswer(BankStatementAnswer):
    """A statement with a page of its lines: `total` of them, of which `certain` can be posted in one go."""

    flags: list[str]
    certain: int
    total: int
    entries: list[BankEntryAnswer]


class PostedMatchAnswer(Answer):
    """What was posted of an entry: a receipt; without one, the payout of a payment file whose id a debit says."""

    entry_id: int
    receipt_id: int | None
    amount: Amount
    step: int
    score: int
    reasons: list[str]


class LeftMatchAnswer(Answer):
    """An exact match that waits for a person, and why."""

    entry_id: int
    reason: str


class PostedMatchesAnswer(Answer):
    statement_id: int
    currency: str
    posted: list[PostedMatchAnswer]
    left: list[LeftMatchAnswer]


class SettledEntryAnswer(Answer):
    """What became of an entry: WAITING, POSTED with its `receiptId`, LINKED, CLASSIFIED with its `entryClass`, or
    IGNORED with the reason as its `note`."""

    id: int
    fund_id: int
    currency: str
    amount: Amount
    state: str
    receipt_id: int | None
    entry_class: str
    note: str


class BankRuleAnswer(Answer):
    """A rule that proposes a class. `version` counts up whenever it is taught anew."""

    id: int
    fund_id: int
    currency: str
    number: int
    version: int
    side: str
    name_holds: str
    text_holds: str
    least: Amount | None
    most: Amount | None
    entry_class: str
    retired: bool


class BankRulesAnswer(Answer):
    rules: list[BankRuleAnswer]


class BankDayAnswer(Answer):
    """The end of a day: bank = ledger + outstanding − inTransit + ahead + ignored + unexplained."""

    on: date
    bank: Amount
    ledger: Amount
    outstanding: Amount
    in_transit: Amount
    ahead: Amount
    ignored: Amount
    unexplained: Amount


class ReconciledAccountAnswer(Answer):
    """An account; `until` is the last day of which the bank said something."""

    account_id: int
    account: str
    until: date | None
    days: list[BankDayAnswer]


class BankReconciliationAnswer(Answer):
    fund_id: int
    currency: str
    reconciled: bool
    why: list[str]
    accounts: list[ReconciledAccountAnswer]

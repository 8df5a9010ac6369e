"""What clients get about transfers of interests. Statuses in capitals."""

from datetime import date, datetime

from blackgem.http.schemas import Amount, Answer


class TransferAnswer(Answer):
    """A share of a partner's interest, `numerator` of `denominator`, that another partner takes over from a day on.
    `commitment` is what of the commitment moved, or of one that waits, would move. `status` is PENDING, EFFECTIVE or
    REJECTED. `price` and `note` are between the two, and in no figure of the fund."""

    id: int
    fund_id: int
    fund_name: str
    currency: str
    number: int
    transferor_id: int
    transferor_name: str
    transferee_id: int
    transferee_name: str
    numerator: int
    denominator: int
    commitment: Amount
    effective_on: date
    status: str
    reason: str
    price: Amount | None
    note: str
    document: str
    parties_named: bool
    recorded_at: datetime
    approved_at: datetime | None
    rejected_at: datetime | None


class TransfersAnswer(Answer):
    transfers: list[TransferAnswer]
    total: int


class TransferTotalAnswer(Answer):
    name: str
    before: Amount
    moved: Amount
    kept: Amount


class TransferredRowAnswer(Answer):
    """What its transferor held of a row of the ledger, in its sign: what of that moves, and what is kept."""

    row_id: int
    on: date
    due_on: date
    what: str
    deal: str
    kind: str
    held: Amount
    moved: Amount
    kept: Amount


class TransferDetailAnswer(TransferAnswer):
    """A transfer with every row: posted, or of one that waits worked out as things stand. `problems` say why one that
    waits could not take effect now."""

    totals: list[TransferTotalAnswer]
    rows: list[TransferredRowAnswer]
    problems: list[str]

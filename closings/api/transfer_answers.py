"""What clients get about transfers of interests. Statuses in capitals."""

from datetime import date, datetime

from blackgem.http.schemas import Amount, Answer


class TransferAnswer(Answer):
    """A share of a partner's interest, `numerator` of `denominator`, that another partner takes over from a day on.
    `commitment` is what of the commitment moved, or of one that waits, would move. `status` is PENDING, EFFECTIVE or
    REJECTED. `price` and `note` are between the two, and in no figure of the fund. `open_items`: what the transferor
    owes of calls is `settled` before, or its share of it is `assumed`."""

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
    open_items: str
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


class AssumedPartAnswer(Answer):
    """What the transferor owes of a line of a call, its item that by `item_id`: what of that moves to who takes over,
    and what is kept."""

    call_id: int
    number: int
    item_id: int
    line_id: int
    due_on: date
    what: str
    owed: Amount
    moved: Amount
    kept: Amount


class CameBackAnswer(Answer):
    """What came back `on` a day of the fund of what the transfer had moved. `PAYMENT`: a part of a line of the call
    `callId`, owed by the transferee since. `PAYOUT`: a part of the distribution `distributionId`, which is payable to
    whom it was declared and distributed to the transferee no longer, until it is paid out again (`againOn`)."""

    kind: str
    on: date
    call_id: int | None
    distribution_id: int | None
    line_id: int | None
    number: int
    what: str
    amount: Amount
    currency: str
    again_on: date | None


class TransferDetailAnswer(TransferAnswer):
    """A transfer with every row: posted, or of one that waits worked out as things stand. `problems` say why one that
    waits could not take effect now."""

    totals: list[TransferTotalAnswer]
    rows: list[TransferredRowAnswer]
    assumed: list[AssumedPartAnswer]
    came_back: list[CameBackAnswer]
    problems: list[str]

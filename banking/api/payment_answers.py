"""What clients get about payment files. States in capitals; amounts are positive."""

from datetime import date, datetime

from blackgem.http.schemas import Amount, Answer


class PayableAnswer(Answer):
    """Something to be paid to a partner. `account` is masked; `whyNot` says why a payment file cannot pay it now."""

    kind: str
    id: int
    commitment_id: int
    investor_name: str
    what: str
    amount: Amount
    account: str
    why_not: str


class PayablesAnswer(Answer):
    fund_id: int
    currency: str
    payables: list[PayableAnswer]


class PaymentFileAnswer(Answer):
    """A payment file. `state` is WAITING, APPROVED, HANDED_OVER, ACCEPTED, REFUSED, REJECTED or WITHDRAWN."""

    id: int
    fund_id: int
    fund_name: str
    currency: str
    account: str
    number: int
    format: str
    pay_on: date
    count: int
    total: Amount
    message_id: str
    sha256: str
    state: str
    four_eyes: bool
    note: str
    created_at: datetime
    approved_at: datetime | None
    handed_over_at: datetime | None
    answered_at: datetime | None


class PaymentFilesAnswer(Answer):
    payment_files: list[PaymentFileAnswer]
    total: int


class PaymentLineAnswer(Answer):
    """One payment. `state` is TO_BE_PAID or PAID by the books, or WITHDRAWN, REFUSED or RETURNED; `wasSent`: another
    file that left held the same."""

    id: int
    n: int
    kind: str
    payable_id: int
    commitment_id: int
    investor_name: str
    account: str
    payee_details_version: int
    amount: Amount
    end_to_end_id: str
    uetr: str
    state: str
    was_sent: bool


class PaymentFileDetailAnswer(PaymentFileAnswer):
    payments: list[PaymentLineAnswer]

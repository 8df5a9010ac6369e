"""What clients get about an investor's account as of a day. Amounts in the fund's currency."""

from datetime import date, datetime

from pydantic import Field

from blackgem.http.schemas import Amount, Answer, AnswerId, RandomId
from funds.api.measures import GrossAnswer, IrrAnswer, MultiplesAnswer, NavAnswer


class PeriodAnswer(Answer):
    """A column of the roll-forwards: from `since` (null: the beginning) to the day of the statement."""

    label: str
    since: date | None


class StepAnswer(Answer):
    """A row of a roll-forward, an amount per period. `place` is opening, line, closing or note."""

    label: str
    place: str
    amounts: list[Amount]


class StatedCallAnswer(Answer):
    """`dueDate` is the next call's once a residual was carried there, null while there is none."""

    capital_call_id: AnswerId
    item_id: AnswerId
    call_number: int
    purpose: str
    date: date
    due_date: date | None
    called_amount: Amount
    paid_amount: Amount
    outstanding: Amount
    document: str


class StatedDistributionAnswer(Answer):
    distribution_id: AnswerId
    item_id: AnswerId
    distribution_num: int
    date: date
    type: str
    source: str
    gross_amount: Amount
    return_of_capital: Amount
    preferred_return: Amount
    profit_share: Amount
    carried_interest: Amount
    recallable_amount: Amount
    withholding_tax: Amount
    net_amount: Amount
    paid_out: Amount
    payable: Amount
    document: str


class MovementAnswer(Answer):
    """Money that moved on a day, and the balance after it: contributed − distributed + other."""

    date: date
    kind: str
    description: str
    document: str
    contributed: Amount
    distributed: Amount
    other: Amount
    recallable: Amount
    balance: Amount


class StatementAnswer(Answer):
    """A commitment and its cash flows as of a day: outstanding = called − paid, payable = declared − distributed,
    unfunded = committed − called within the commitment + recallable, which is what may still be called;
    unfundedByDueDate = unfunded + calledNotYetDue. Every line is dated, with its document.

    Ids are numbers to those who work for the fund, and random to the investor's own people.
    `knownAt` (null: now) is when what it says was known; `changedAt`, newest first, when something that counts by
    `asOf` was recorded after that day: before each of these times the statement said something else."""

    investor_id: AnswerId
    investor_name: str
    fund_id: AnswerId
    fund_name: str
    commitment_id: AnswerId
    reference: str
    currency: str
    as_of: date
    known_at: datetime | None
    drawn_up_on: date
    changed_at: list[datetime]
    since: date
    committed: Amount
    called: Amount
    called_within: Amount
    paid: Amount
    outstanding: Amount
    declared: Amount
    distributed: Amount
    payable: Amount
    withheld: Amount
    returned_unused: Amount
    recallable: Amount
    unfunded: Amount
    called_not_yet_due: Amount
    unfunded_by_due_date: Amount
    unapplied: Amount
    other: Amount
    balance: Amount
    multiples: MultiplesAnswer
    nav: NavAnswer | None
    irr: IrrAnswer | None
    gross: GrossAnswer | None
    periods: list[PeriodAnswer]
    cash_flow: list[StepAnswer]
    unfunded_flow: list[StepAnswer]
    capital_calls: list[StatedCallAnswer]
    distributions: list[StatedDistributionAnswer]
    movements: list[MovementAnswer] = Field(description="Oldest first.")


class StatedSumsAnswer(Answer):
    """The sums of the statements in one currency: amounts of different currencies are not added up."""

    currency: str
    committed: Amount
    called: Amount
    paid: Amount
    outstanding: Amount
    unfunded: Amount
    declared: Amount
    distributed: Amount
    payable: Amount


class LaterAnswer(Answer):
    """A commitment that began after the day."""

    commitment_id: RandomId
    fund_name: str


class AllStatementsAnswer(Answer):
    sums: list[StatedSumsAnswer]
    statements: list[StatementAnswer]
    later: list[LaterAnswer]
    total: int

"""What a statement is made from, and what it says: frozen facts. Amounts in the fund's currency."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from funds.calc.irr import Irr
from funds.calc.multiples import Multiples, RecallableTreatment
from funds.calc.nav import Nav
from portal.calc.taken import TakenOver


class Flow(StrEnum):
    """What a row of the ledger is to a statement."""

    CONTRIBUTION = "contribution"
    DISTRIBUTION = "distribution"
    PASSED_ON = "passed_on"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class EventFact:
    """A dated event of the register: it raises or lowers (negative) the commitment, or where it does not change that,
    only what of it may still be called. `label` is its row in a roll-forward."""

    on: date
    amount: Decimal
    changes_commitment: bool = True
    label: str = "Commitment made"


@dataclass(frozen=True, slots=True)
class Account:
    """What was promised, by dated events, and the first day of the account; how multiples treat recallable money; the
    NAV where one is known."""

    promised: tuple[EventFact, ...]
    since: date
    nav: Nav | None = None
    recallable_treatment: RecallableTreatment = RecallableTreatment.ALL_IN
    #: What transfers moved of the tax withheld, each from a day on.
    withheld: tuple[tuple[date, Decimal], ...] = ()
    #: What later partners took over of what it holds by transfer alone.
    taken_over: tuple[TakenOver, ...] = ()

    def taken_over_by(self, day: date) -> tuple[TakenOver, ...]:
        return tuple(one for one in self.taken_over if one.on <= day)

    def committed_by(self, day: date) -> Decimal:
        """The commitment as it weighs on a day."""
        changed = (one.amount for one in self.promised if one.changes_commitment and one.on <= day)
        return sum(changed, Decimal(0))

    def released_by(self, day: date) -> Decimal:
        """What of it could no longer be called on a day, though it weighs."""
        released = (-one.amount for one in self.promised if not one.changes_commitment and one.on <= day)
        return sum(released, Decimal(0))


@dataclass(frozen=True, slots=True)
class ChangeFact:
    """By how much the partner's part of a call changed from a day on, below zero where it fell; `within` of it draws on
    the commitment. It was waived, or revised as a partner was excused or a closing reversed, or taken over by a later
    partner; where it was paid, it is not owed less then, but refunded; or what was owed of it was assumed with a
    transfer of the interest. `is_interest`: of interest between partners."""

    on: date
    amount: Decimal
    within: Decimal
    is_waiver: bool = True
    is_owed: bool = True
    is_taken_over: bool = False
    is_interest: bool = False
    is_assumed: bool = False


@dataclass(frozen=True, slots=True)
class CarriedFact:
    """A residual of at most this amount was carried: it counts from the day `on`, and was decided `at`."""

    on: date
    at: datetime
    amount: Decimal


@dataclass(frozen=True, slots=True)
class CallFact:
    """The partner's part of one call, as it was issued. `on` is the day from which it counts; `within` draws on the
    commitment; `changes` move both, each from its day on. What was `carried` is due with the partner's next call.

    `counts` is False for a call that was cancelled: nothing is owed on it, though money may have come and gone.
    """

    item_id: int
    call_id: int
    number: int
    purpose: str
    on: date
    due_on: date
    called: Decimal
    within: Decimal
    counts: bool = True
    document: str = ""
    changes: tuple[ChangeFact, ...] = ()
    issued_at: datetime | None = None
    carried: tuple[CarriedFact, ...] = ()
    #: Interest between partners in `called`, which the fund passes on: owed, and no part of any figure of capital.
    interest: Decimal = Decimal(0)

    def waived_by(self, day: date) -> Decimal:
        """What of it was waived by a day."""
        return -sum((one.amount for one in self.changes if one.is_waiver and one.on <= day), Decimal(0))

    def called_by(self, day: date) -> Decimal:
        """What was asked of the partner, with what changed of that by a day."""
        return self.called + sum(
            (one.amount for one in self.changes if one.is_owed and one.on <= day), Decimal(0)
        )

    def assumed_by(self, day: date) -> Decimal:
        """What of it was assumed by a day as an interest was transferred, below zero where another investor did."""
        return sum((one.amount for one in self.changes if one.is_assumed and one.on <= day), Decimal(0))

    def interest_by(self, day: date) -> Decimal:
        """What of it is interest between partners, with what changed of that by a day."""
        return self.interest + sum(
            (one.amount for one in self.changes if one.is_interest and one.on <= day), Decimal(0)
        )

    def taken_over_by(self, day: date) -> Decimal:
        """What of it later partners took over by a day."""
        return -sum((one.amount for one in self.changes if not one.is_owed and one.on <= day), Decimal(0))

    def within_by(self, day: date) -> Decimal:
        """What of that draws on the commitment."""
        return self.within + sum((one.within for one in self.changes if one.on <= day), Decimal(0))


@dataclass(frozen=True, slots=True)
class DistributionFact:
    """The partner's part of one distribution: gross = its four parts, net = gross − withheld."""

    item_id: int
    distribution_id: int
    number: int
    type: str
    source: str
    on: date
    gross: Decimal
    return_of_capital: Decimal
    preferred_return: Decimal
    profit_share: Decimal
    carried_interest: Decimal
    recallable: Decimal
    withheld: Decimal
    counts: bool = True
    document: str = ""

    @property
    def net(self) -> Decimal:
        return self.gross - self.withheld

    @property
    def profit(self) -> Decimal:
        """Everything but the return of capital."""
        return self.gross - self.return_of_capital


@dataclass(frozen=True, slots=True)
class LedgerFact:
    """One row of the ledger, with the ledger's sign: contributions positive, distributions negative.

    `posting` names the payment or payout it came with; `reverses` the row that it takes back.
    """

    row_id: int
    on: date
    flow: Flow
    amount: Decimal
    description: str
    posting: tuple[str, int]
    purpose: str = ""
    item_id: int | None = None
    recallable: bool = False
    reverses: int | None = None
    #: Part of what was paid in: of a contribution, unless it is interest; of a distribution, unused money of a call.
    counts_as_paid_in: bool = False
    #: Of a contribution below zero: refunded, because a later partner took it over.
    is_refund: bool = False
    #: A contribution that draws on the commitment.
    within: bool = False
    #: Of a row that a transfer of the interest moved, or a later closing: the day on which its first original counted.
    happened_on: date | None = None
    by_closing: bool = False
    #: The letter of a refund. What was called or distributed names its own.
    document: str = ""

    @property
    def is_moved(self) -> bool:
        return self.happened_on is not None

    @property
    def is_transferred(self) -> bool:
        return self.is_moved and not self.by_closing

    @property
    def returns_on(self) -> date:
        """The day on which it counts in a rate of return: of what was transferred the first, as if always held."""
        return self.happened_on if self.happened_on and self.is_transferred else self.on


@dataclass(frozen=True, slots=True)
class TransferLine:
    """What was acquired by transfer on a day, or went to another investor. Amounts above zero; `unfunded` is what of
    the commitment may still be called of it. `party` names the other one where the two agreed to that."""

    on: date
    is_acquired: bool
    committed: Decimal
    contributed: Decimal
    distributed: Decimal
    recallable: Decimal
    unfunded: Decimal
    #: What was owed of calls, and was assumed with the interest.
    assumed: Decimal = Decimal(0)
    party: str = ""

    @property
    def added(self) -> Decimal:
        """What it adds to what was called and paid in: below zero where it went to another."""
        return self.contributed if self.is_acquired else -self.contributed

    @property
    def paid_out(self) -> Decimal:
        """What it adds to what was declared and paid out."""
        return self.distributed if self.is_acquired else -self.distributed

    @property
    def said(self) -> str:
        other = self.party or "another investor"
        return f"Acquired by transfer from {other}" if self.is_acquired else f"Transferred to {other}"


@dataclass(frozen=True, slots=True)
class CallLine:
    """A call with what was called, waived and paid of it by the day of the statement, waivers and revisions of the
    call counted in `called`; negative outstanding is paid ahead.

    What is outstanding is due on `due_on`: where it was carried, with the call `due_with`, and on no day until there is
    one.
    """

    call: CallFact
    called: Decimal
    waived: Decimal
    paid: Decimal
    #: What of it draws on the commitment and is due after the day of the statement.
    not_yet_due: Decimal = Decimal(0)
    is_carried: bool = False
    due_with: CallFact | None = None
    #: What of it was assumed with the transfer of an interest, below zero where another investor did.
    assumed: Decimal = Decimal(0)

    @property
    def due_on(self) -> date | None:
        if not self.is_carried:
            return self.call.due_on
        return self.due_with.due_on if self.due_with else None

    @property
    def revised(self) -> Decimal:
        """By how much it was revised as a partner was excused."""
        return self.called + self.waived - self.assumed - self.call.called

    @property
    def assumed_by_another(self) -> Decimal:
        return -self.assumed

    @property
    def outstanding(self) -> Decimal:
        return self.called - self.paid


@dataclass(frozen=True, slots=True)
class DistributionLine:
    """A distribution with what of it had gone out by the day of the statement (gross)."""

    distribution: DistributionFact
    paid_out: Decimal

    @property
    def payable(self) -> Decimal:
        return self.distribution.gross - self.paid_out


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that moved on a day, with the balance after it. One payment is one movement, whatever it was applied to."""

    on: date
    flow: Flow
    description: str
    document: str
    contributed: Decimal
    distributed: Decimal
    other: Decimal
    recallable: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Period:
    """A column of the statement: from `since` (None: the beginning) to its day."""

    label: str
    since: date | None


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a roll-forward, an amount per period. `place` is opening, line, closing or note."""

    label: str
    amounts: tuple[Decimal, ...]
    place: str = "line"


@dataclass(frozen=True, slots=True)
class Statement:
    """Everything a statement says. `distributed` is what was paid out (gross); `declared` what was resolved. Of it
    `returned_unused` is money of calls that went back: multiples leave it out of what was paid in and distributed.

    `unfunded` is what may still be called, without what was `released`. A call reduces it from its issue.
    `not_yet_due` is the bridge to `unfunded_by_due_date`, which a call reduces once it is due.

    `multiples` and `irr` are net of accrued carried interest, `gross` and `gross_irr` the same before it.
    """

    as_of: date
    since: date
    committed: Decimal
    released: Decimal
    called: Decimal
    called_within: Decimal
    paid: Decimal
    outstanding: Decimal
    to_refund: Decimal
    declared: Decimal
    distributed: Decimal
    payable: Decimal
    withheld: Decimal
    returned_unused: Decimal
    recallable: Decimal
    unfunded: Decimal
    not_yet_due: Decimal
    other: Decimal
    balance: Decimal
    multiples: Multiples
    nav: Nav | None
    irr: Irr | None
    gross: Multiples
    gross_irr: Irr | None
    periods: tuple[Period, ...]
    cash: tuple[Step, ...]
    commitment: tuple[Step, ...]
    calls: tuple[CallLine, ...]
    distributions: tuple[DistributionLine, ...]
    movements: tuple[Movement, ...]
    transfers: tuple[TransferLine, ...] = ()
    taken_over: tuple[TakenOver, ...] = ()

    @property
    def acquired(self) -> list[TransferLine]:
        return [one for one in self.transfers if one.is_acquired]

    @property
    def given(self) -> list[TransferLine]:
        """What went to another investor."""
        return [one for one in self.transfers if not one.is_acquired]

    @property
    def interest_owed(self) -> Decimal:
        """What of `outstanding` is interest to earlier partners."""
        return self.outstanding + self.paid - self.called - self.to_refund

    @property
    def unfunded_by_due_date(self) -> Decimal:
        """The unfunded commitment as reports state it."""
        return self.unfunded + self.not_yet_due

    @property
    def within_and_due(self) -> Decimal:
        """What was called within the commitment and is due."""
        return self.called_within - self.not_yet_due

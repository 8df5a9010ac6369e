"""The lists of the portal: what each is narrowed by, and what its file, which has exactly these rows, says of each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from blackgem.lib.export import Column, Kind
from blackgem.shapes import status_of
from capital.calc.dues import days_overdue, due_state
from capital.models import CapitalCallItem, Payment
from closings.models import Refund
from distributions.models import DistributionItem
from funds.methods import method_word
from funds.models import Commitment, Notice
from portal.reader import Reader

from .calls import calls_of, payments_of
from .distributions import distributions_of
from .documents import documents_of
from .fees import fees_of
from .home import FIGURES
from .refunds import refunds_of, state_of

_WHOSE = (Column("Fund", width=32), Column("Investor", width=36), Column("Commitment", width=14))
_CURRENCY = Column("Currency", Kind.CURRENCY, 10)


@dataclass(frozen=True, slots=True)
class OwnFilter:
    """What a list is narrowed to: a fund by its public id, and days, both included."""

    fund: UUID | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnList:
    """One list: its rows in their order, what leads from a row to its fund and to the day that it is narrowed by, and
    of its file the name, the columns and the cells of a row at a moment."""

    read: Callable[[Reader], QuerySet]
    fund: str
    day: str
    name: str
    columns: Sequence[Column]
    cells: Callable[..., tuple]

    def rows(self, reader: Reader, chosen: OwnFilter = OwnFilter()) -> QuerySet:
        asked = {
            f"{self.fund}__public_id": chosen.fund,
            f"{self.day}__gte": chosen.since,
            f"{self.day}__lte": chosen.until,
        }
        return self.read(reader).filter(**{name: value for name, value in asked.items() if value is not None})


def _whose(fund, commitment: Commitment) -> tuple:
    return fund.name, commitment.investor.name, commitment.reference


# ---------------------------------------------------------------- calls and payments


def due_word(item: CapitalCallItem, at: datetime) -> str:
    """How far a part of a call is, as its list says it."""
    days = days_overdue(item.capital.due_on, item.capital.outstanding, item.call.fund.day_of(at))
    is_cancelled = item.call.cancelled_at is not None
    state = due_state(
        payment=item.capital.status, days=days, called=item.capital.called, is_cancelled=is_cancelled
    )
    return status_of("due", state).word


def _of_call(item: CapitalCallItem, at: datetime) -> tuple:
    call, capital = item.call, item.capital
    return (
        *_whose(call.fund, item.commitment),
        call.number,
        call.purpose,
        call.call_date,
        capital.due_on,
        call.fund.currency,
        capital.called,
        capital.waived,
        capital.paid,
        capital.outstanding,
        due_word(item, at),
    )


CALLS = OwnList(
    read=calls_of,
    fund="call__fund",
    day="capital__due_on",
    name="calls",
    columns=(
        *_WHOSE,
        Column("Call", Kind.INTEGER, 8),
        Column("Purpose", width=44),
        Column("Call date", Kind.DATE, 12),
        Column("Due", Kind.DATE, 12),
        _CURRENCY,
        Column("Called", Kind.MONEY),
        Column("of which waived", Kind.MONEY),
        Column("Paid", Kind.MONEY),
        Column("Still due", Kind.MONEY),
        Column("Status", width=16),
    ),
    cells=_of_call,
)


def _of_payment(payment: Payment, at: datetime) -> tuple:
    return (
        *_whose(payment.call.fund, payment.commitment),
        payment.value_date,
        payment.call.number,
        method_word(payment.method)
        if payment.receipt_id or payment.is_set_off
        else "Bank charges, borne by the fund",
        payment.reference,
        "Reversed" if payment.reverses_id else "Paid too much" if payment.excuse_id else "",
        payment.call.fund.currency,
        payment.amount,
    )


PAYMENTS = OwnList(
    read=payments_of,
    fund="call__fund",
    day="value_date",
    name="payments",
    columns=(
        *_WHOSE,
        Column("Value date", Kind.DATE, 12),
        Column("Call", Kind.INTEGER, 8),
        Column("How", width=24),
        Column("Reference", width=24),
        Column("Note", width=12),
        _CURRENCY,
        Column("Amount", Kind.MONEY),
    ),
    cells=_of_payment,
)


# ---------------------------------------------------------------- distributions and documents


def paid_word(item: DistributionItem) -> str:
    """Whether a part of a distribution was paid out, as its list says it."""
    if item.capital.paid_on:
        return "Paid out"
    return "Cancelled" if item.distribution.cancelled_at else "Not yet paid out"


def _of_distribution(item: DistributionItem, at: datetime) -> tuple:
    distribution = item.distribution
    return (
        *_whose(distribution.fund, item.commitment),
        distribution.number,
        distribution.get_type_display(),
        distribution.source,
        distribution.date,
        distribution.fund.currency,
        item.gross_amount,
        item.withholding_tax,
        item.net_amount,
        item.return_of_capital,
        item.preferred_return,
        item.profit_share,
        item.carried_interest,
        item.recallable_amount,
        item.capital.paid_on,
        paid_word(item),
    )


DISTRIBUTIONS = OwnList(
    read=distributions_of,
    fund="distribution__fund",
    day="distribution__date",
    name="distributions",
    columns=(
        *_WHOSE,
        Column("Distribution", Kind.INTEGER, 12),
        Column("Type", width=24),
        Column("Source", width=32),
        Column("Date", Kind.DATE, 12),
        _CURRENCY,
        Column("Gross", Kind.MONEY),
        Column("Tax withheld", Kind.MONEY),
        Column("Net", Kind.MONEY),
        Column("Return of capital", Kind.MONEY),
        Column("Preferred return", Kind.MONEY),
        Column("Profit share", Kind.MONEY),
        Column("Carried interest", Kind.MONEY),
        Column("of which recallable", Kind.MONEY),
        Column("Paid out on", Kind.DATE, 12),
        Column("Status", width=18),
    ),
    cells=_of_distribution,
)


# ---------------------------------------------------------------- refunds after later closings

_REFUND_WORDS = {
    "cancelled": "Cancelled",
    "paid": "Paid out",
    "partial": "Partly paid out",
    "open": "Not yet paid out",
}


def refund_word(refund: Refund) -> str:
    """How far a refund is, as its list says it."""
    return _REFUND_WORDS[state_of(refund)]


def _of_refund(refund: Refund, at: datetime) -> tuple:
    closing = refund.closing
    return (
        *_whose(closing.fund, refund.commitment),
        closing.number,
        closing.held_on,
        closing.pay_on,
        refund.currency,
        refund.capital,
        refund.interest,
        refund.amount,
        refund.paid_out,
        refund.paid_on,
        refund_word(refund),
    )


FEES = OwnList(
    read=fees_of,
    fund="fund",
    day="effective_on",
    name="management-fees",
    columns=(
        *_WHOSE,
        Column("From", Kind.DATE, 12),
        Column("To", Kind.DATE, 12),
        Column("Fell due, or the closing", Kind.DATE, 12),
        Column("For", width=22),
        Column("Withdrawn", width=12),
        _CURRENCY,
        Column("Gross", Kind.MONEY),
        Column("Fee", Kind.MONEY),
        Column("Tax", Kind.MONEY),
    ),
    cells=lambda one, at: (
        *_whose(one.fund, one.commitment),
        date.fromisoformat(one.facts["from"]),
        date.fromisoformat(one.facts["to"]),
        one.effective_on,
        "Time before the closing" if one.facts.get("catch_up") else "Period",
        "Withdrawn" if one.withdrawn_at else "",
        one.fund.currency,
        *(
            Decimal(amount)
            for amount in (one.facts["steps"][0]["amount"], one.facts["net"], one.facts["tax"])
        ),
    ),
)
REFUNDS = OwnList(
    read=refunds_of,
    fund="closing__fund",
    day="closing__held_on",
    name="refunds",
    columns=(
        *_WHOSE,
        Column("Closing", Kind.INTEGER, 8),
        Column("Closing held", Kind.DATE, 12),
        Column("Expected by", Kind.DATE, 12),
        _CURRENCY,
        Column("Capital", Kind.MONEY),
        Column("Interest", Kind.MONEY),
        Column("Refund", Kind.MONEY),
        Column("Paid out", Kind.MONEY),
        Column("Last paid out on", Kind.DATE, 12),
        Column("Status", width=18),
    ),
    cells=_of_refund,
)


def _of_document(notice: Notice, at: datetime) -> tuple:
    return (
        *_whose(notice.fund, notice.commitment),
        notice.dated_on,
        notice.title,
        notice.number,
        notice.version,
        status_of("letter", notice.state).word,
        "Yes" if notice.acknowledged else "No",
    )


DOCUMENTS = OwnList(
    read=documents_of,
    fund="fund",
    day="dated_on",
    name="documents",
    columns=(
        *_WHOSE,
        Column("Date", Kind.DATE, 12),
        Column("Kind", width=24),
        Column("Number", width=20),
        Column("Version", Kind.INTEGER, 8),
        Column("Status", width=14),
        Column("Acknowledged", width=14),
    ),
    cells=_of_document,
)


# ---------------------------------------------------------------- commitments, of which home has all

COMMITMENT_COLUMNS = (
    *_WHOSE,
    _CURRENCY,
    *(Column(label, Kind.MONEY) for label in FIGURES),
    Column("Recallable", Kind.MONEY),
    Column("Declared, not yet paid out", Kind.MONEY),
)


def of_commitment(one: Commitment) -> tuple:
    """One of the rows of `accounts_of` as `COMMITMENT_COLUMNS`."""
    figures = [amount for _, amount in one.figures]
    between = one.differences
    return (*_whose(one.fund, one), one.fund.currency, *figures, between.recallable, between.payable)

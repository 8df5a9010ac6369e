"""The dated lines of a statement, as a table: every call, every payment, every distribution, with its document; last
what the share is worth."""

from collections.abc import Iterator

from blackgem.lib.export import Column, Kind
from funds.calc.nav import Nav
from portal.calc.facts import CallFact, ChangeFact, Movement
from portal.calc.moved import CASH_LABELS, GIVEN_BACK, TAKEN_OVER

from .statement import StatementShown

EXPORT_COLUMNS = (
    Column("Fund", width=32),
    Column("Investor", width=36),
    Column("Commitment", width=14),
    Column("Date", Kind.DATE, 12),
    Column("Line", width=24),
    Column("What", width=44),
    Column("Document", width=18),
    Column("Currency", Kind.CURRENCY, 10),
    Column("Called", Kind.MONEY),
    Column("Declared", Kind.MONEY),
    Column("Contribution", Kind.MONEY),
    Column("Distribution", Kind.MONEY),
    Column("of which recallable", Kind.MONEY),
    Column("Other", Kind.MONEY),
    Column("Balance", Kind.MONEY),
    Column("Due", Kind.DATE, 12),
    Column("Called, not yet due", Kind.MONEY),
    Column("Share of NAV, net", Kind.MONEY),
    Column("Accrued carried interest", Kind.MONEY),
    Column("Net IRR", Kind.RATE),
)
_WORDS = {"contribution": "Payment", "distribution": "Payout", "other": "Adjustment"}


def _word_of(movement: Movement) -> str:
    if movement.description in (TAKEN_OVER, GIVEN_BACK):
        return "Later closing"
    moved = movement.description in CASH_LABELS.values()
    return "Transfer" if moved else _WORDS.get(movement.flow, "Adjustment")


def _said_of(change: ChangeFact, call: CallFact) -> tuple[str, str]:
    if change.is_waiver:
        return "Waived", f"Residual of call {call.number}"
    if change.is_assumed:
        taken = "taken over" if change.amount > 0 else "by another investor"
        return "Assumed", f"Call {call.number}, {taken}"
    return "Revised", f"Call {call.number}"


def _said_of_nav(nav: Nav) -> str:
    return "Fully realised" if nav.realised else f"Valued on {nav.on.isoformat()}"


def export_rows(shown: StatementShown) -> Iterator[tuple]:
    """The lines by date as `EXPORT_COLUMNS`; on one day what was asked comes before what moved."""
    statement, commitment = shown.statement, shown.commitment
    whose = (commitment.fund.name, commitment.investor.name, commitment.reference)
    lines = [
        (
            line.call.on,
            0,
            ("Capital call", f"Call {line.call.number}: {line.call.purpose}", line.call.document),
            (line.call.called, *[None] * 6, line.due_on, line.not_yet_due or None),
        )
        for line in statement.calls
    ]
    lines += [
        (change.on, 1, (*_said_of(change, line.call), ""), (change.amount,))
        for line in statement.calls
        for change in line.call.changes
        if change.on <= statement.as_of
    ]
    lines += [
        (
            one.on,
            1,
            ("Distribution", f"Distribution {one.number}: {one.type}", one.document),
            (None, one.gross),
        )
        for one in (line.distribution for line in statement.distributions)
    ]
    lines += [
        (
            one.on,
            2,
            (_word_of(one), one.description, one.document),
            (None, None, one.contributed, one.distributed, one.recallable, one.other, one.balance),
        )
        for one in statement.movements
    ]
    if statement.nav:
        worth = (statement.nav.amount, statement.nav.carry, statement.irr.irr)
        lines.append(
            (statement.as_of, 3, ("Share of NAV", _said_of_nav(statement.nav), ""), (*[None] * 9, *worth))
        )
    for on, _, words, amounts in sorted(lines, key=lambda line: line[:2]):
        yield (*whose, on, *words, shown.currency, *amounts, *[None] * (12 - len(amounts)))

"""What transfers of an interest moved, as a statement says it: who gave it away keeps every line of before, and one
dated line per kind takes it out; who took it over begins with what it acquired."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from .facts import CallFact, ChangeFact, EventFact, Flow, LedgerFact, TransferLine

ZERO = Decimal("0.00")
ACQUIRED, GIVEN = "Acquired by transfer", "Transferred to another investor"
TAKEN_OVER, GIVEN_BACK = (
    "Distributions: your part of earlier ones, at a later closing",
    "Distributions: given back to later partners",
)
#: The rows of a roll-forward of cash, by what moved and whether it was acquired.
CASH_LABELS = {
    (flow, acquired): f"{label}: {word}"
    for flow, word in ((Flow.CONTRIBUTION, "contributions"), (Flow.DISTRIBUTION, "distributions"))
    for acquired, label in ((True, ACQUIRED), (False, GIVEN))
}


def is_acquired(row: LedgerFact) -> bool:
    """Whether a moved row came to the partner: what it adds has the sign of its kind, or takes back what came."""
    return ((row.amount > 0) == (row.flow == Flow.CONTRIBUTION)) != bool(row.reverses)


def cash_label(row: LedgerFact) -> str:
    """The row of a roll-forward of cash in which a moved row stands."""
    if row.by_closing:
        return TAKEN_OVER if is_acquired(row) else GIVEN_BACK
    return CASH_LABELS[row.flow, is_acquired(row)]


@dataclass(frozen=True, slots=True)
class MovedSums:
    """What moved rows add to what was called, to what of that draws on the commitment, and to what was declared; below
    zero where it was transferred away."""

    called: Decimal
    within: Decimal
    declared: Decimal

    @classmethod
    def of(cls, rows: Iterable[LedgerFact]) -> "MovedSums":
        moved = [row for row in rows if row.is_moved]
        paid = [row for row in moved if row.flow == Flow.CONTRIBUTION]
        return cls(
            called=_total(row.amount for row in paid),
            within=_total(row.amount for row in paid if row.within),
            declared=-_total(row.amount for row in moved if row.flow == Flow.DISTRIBUTION),
        )


def assumed_changes(calls: Iterable[CallFact], as_of: date) -> list[ChangeFact]:
    """What was owed of calls and was assumed with transfers by a day."""
    return [change for one in calls for change in one.changes if change.is_assumed and change.on <= as_of]


def unfunded_moves(rows: Iterable[LedgerFact], assumed: Iterable[ChangeFact] = ()) -> list[EventFact]:
    """What moved rows add to what may still be called, and what was `assumed` of open calls, each on the day of its
    transfer, under the label of the events of the register that moved the commitment with them."""
    owed = [
        EventFact(one.on, -one.within, False, ACQUIRED if one.amount > 0 else GIVEN)
        for one in assumed
        if one.within
    ]
    return owed + [
        EventFact(row.on, -row.amount, False, ACQUIRED if is_acquired(row) else GIVEN)
        for row in rows
        if row.is_moved and (row.recallable or (row.flow == Flow.CONTRIBUTION and row.within))
    ]


def transfer_lines(
    promised: Iterable[EventFact], rows: Iterable[LedgerFact], assumed: Iterable[ChangeFact] = ()
) -> tuple[TransferLine, ...]:
    """What was acquired and what was given away, by day, in amounts above zero."""
    found: dict[tuple[date, bool], dict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for event in promised:
        if event.label in (ACQUIRED, GIVEN):
            name = "committed" if event.changes_commitment else "released"
            found[event.on, event.label == ACQUIRED][name] += event.amount
    for row in rows:
        if not row.is_transferred:
            continue
        sums = found[row.on, is_acquired(row)]
        if row.flow == Flow.CONTRIBUTION:
            sums["contributed"] += row.amount
            sums["within"] += row.amount if row.within else ZERO
        else:
            sums["distributed"] -= row.amount
            sums["recallable"] -= row.amount if row.recallable else ZERO
    for one in assumed:
        found[one.on, one.amount > 0]["assumed"] += one.amount
        found[one.on, one.amount > 0]["within"] += one.within
    return tuple(_line(*key, found[key]) for key in sorted(found))


def _line(on: date, acquired: bool, sums: dict[str, Decimal]) -> TransferLine:
    sign = 1 if acquired else -1
    return TransferLine(
        on,
        acquired,
        committed=sign * sums["committed"],
        contributed=sign * sums["contributed"],
        distributed=sign * sums["distributed"],
        recallable=sign * sums["recallable"],
        assumed=sign * sums["assumed"],
        unfunded=sign * (sums["committed"] + sums["released"] - sums["within"] + sums["recallable"]),
    )


def since_inception(
    promised: Sequence[EventFact], rows: Sequence[LedgerFact]
) -> tuple[tuple[EventFact, ...], list[LedgerFact]]:
    """The facts as if whoever acquired an interest had held it from the beginning: what was acquired counts on the days
    on which its originals did, and the commitment from the first of them."""
    acquired = [row for row in rows if row.is_transferred and is_acquired(row)]
    began = min((row.happened_on for row in acquired), default=None)
    events = tuple(
        replace(one, on=min(one.on, began)) if began and one.label == ACQUIRED else one for one in promised
    )
    ledger = [
        replace(row, on=row.happened_on, posting=(row.posting[0], row.row_id)) if row in acquired else row
        for row in rows
    ]
    return events, ledger


def _total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)

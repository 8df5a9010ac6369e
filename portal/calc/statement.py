"""A partner's commitment and cash-flow statement as of a day: dated facts in, figures out, in the fund's currency.

Every figure keeps these identities, which the database's roll-ups keep too:
outstanding = called − paid + interest between partners that is owed + what is to be refunded, called with what
was waived and revised of it, and without what later partners took over;
unfunded = commitment − released − called within it + recallable distributions paid;
unfunded by due date = unfunded + called, not yet due;
payable = declared − distributed; balance = contributed − distributed + other movements.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from funds.calc.irr import Irr, xirr
from funds.calc.multiples import Multiples, multiples

from .facts import (
    Account,
    CallFact,
    CallLine,
    DistributionFact,
    DistributionLine,
    EventFact,
    Flow,
    LedgerFact,
    Movement,
    Period,
    Statement,
    Step,
)
from .moved import (
    ACQUIRED,
    CASH_LABELS,
    GIVEN,
    GIVEN_BACK,
    TAKEN_OVER,
    MovedSums,
    assumed_changes,
    cash_label,
    transfer_lines,
    unfunded_moves,
)

ZERO = Decimal("0.00")

#: Under which words contributions are added up, by the kind of the line that they paid.
PURPOSES = {
    "investment": "Contributions for investments",
    "reserves": "Contributions to reserves",
    "management_fee": "Contributions for management fees",
    "partnership_expenses": "Contributions for expenses",
    "organisational_costs": "Contributions for expenses",
    "deemed_contribution": "Contributions for the general partner",
}
#: The rows of a roll-forward of the commitment, in their order.
EVENT_LABELS = (
    "Commitment made",
    ACQUIRED,
    "Commitment increased",
    "Commitment reduced by default",
    "Closing reversed",
    "Commitment released",
    "Commitment expired",
    GIVEN,
)
OTHER_PURPOSE = "Other contributions"
ADJUSTMENTS = "Fees, adjustments and transfers"
REFUNDS = "Refunds after later closings"
INTEREST = "Interest between partners"
LATE_INTEREST = "Interest on late payments"


def make_statement(
    account: Account,
    calls: Sequence[CallFact],
    distributions: Sequence[DistributionFact],
    ledger: Sequence[LedgerFact],
    *,
    as_of: date,
) -> Statement:
    """The statement of what was known to have happened up to and including `as_of`."""
    rows = sorted((row for row in ledger if row.on <= as_of), key=lambda row: (row.on, row.row_id))
    called = [one for one in calls if one.counts and one.on <= as_of]
    declared = [one for one in distributions if one.counts and one.on <= as_of]
    committed, released = account.committed_by(as_of), account.released_by(as_of)
    taken = account.taken_over_by(as_of)
    sums, nav = _Sums(called, taken, declared, rows, as_of), account.nav
    periods = periods_to(as_of)
    types = {one.item_id: one.type for one in distributions}
    documents = {(Flow.CONTRIBUTION, one.item_id): one.document for one in calls}
    documents |= {(Flow.DISTRIBUTION, one.item_id): one.document for one in distributions}
    statement = Statement(
        as_of=as_of,
        since=account.since,
        committed=committed,
        released=released,
        called=sums.called,
        called_within=sums.within,
        paid=sums.paid,
        outstanding=sums.outstanding,
        to_refund=sums.to_refund,
        declared=sums.declared,
        distributed=sums.distributed,
        payable=sums.declared - sums.distributed,
        withheld=sums.withheld + total(amount for on, amount in account.withheld if on <= as_of),
        returned_unused=sums.returned_unused,
        recallable=sums.recallable,
        unfunded=committed - released - sums.within + sums.recallable,
        not_yet_due=sums.not_yet_due,
        other=sums.other,
        balance=total(row.amount for row in rows),
        multiples=_multiples(account, committed, sums, nav.amount if nav else None),
        nav=nav,
        irr=_irr(nav.amount if nav else None, rows, as_of),
        gross=_multiples(account, committed, sums, nav.gross if nav else None),
        gross_irr=_irr(nav.gross if nav else None, rows, as_of),
        periods=periods,
        cash=_cash_steps(rows, periods, types),
        commitment=_commitment_steps(account, called, rows, periods, as_of),
        calls=tuple(_call_line(one, called, sums.of_item.get(one.item_id, ZERO), as_of) for one in called),
        distributions=tuple(
            DistributionLine(one, -sums.out_of_item.get(one.item_id, ZERO)) for one in declared
        ),
        movements=_movements(rows, documents),
        transfers=transfer_lines(
            (one for one in account.promised if one.on <= as_of), rows, assumed_changes(called, as_of)
        ),
        taken_over=taken,
    )
    _check(statement)
    return statement


def _call_line(call: CallFact, called: Sequence[CallFact], paid: Decimal, as_of: date) -> CallLine:
    """A residual that was carried is due with the first call that was issued since; more than that, as it was."""
    called_by_then = call.called_by(as_of)
    outstanding = called_by_then - paid
    line = CallLine(
        call,
        called_by_then,
        call.waived_by(as_of),
        paid,
        not_yet_due(call, as_of),
        assumed=call.assumed_by(as_of),
    )
    carried = [one.at for one in call.carried if one.on <= as_of and one.amount >= outstanding > 0]
    if not carried:
        return line
    since = [
        one for one in called if one.call_id != call.call_id and one.called and one.issued_at >= max(carried)
    ]
    following = min(since, key=lambda one: (one.issued_at, one.call_id), default=None)
    return replace(line, is_carried=True, due_with=following)


def not_yet_due(call: CallFact, as_of: date) -> Decimal:
    """What of a call draws on the commitment and is due after a day."""
    return call.within_by(as_of) if call.due_on > as_of else ZERO


def total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


class _Sums:
    """What the dated facts add up to."""

    def __init__(self, called, taken, declared, rows, as_of):
        paid_in = [row for row in rows if row.flow == Flow.CONTRIBUTION]
        paid_out = [row for row in rows if row.flow == Flow.DISTRIBUTION]
        self.paid_out = paid_out
        self.of_item = _by_item(row for row in rows if row.flow != Flow.DISTRIBUTION)
        self.out_of_item = _by_item(paid_out)
        taken_over = total(one.taken_over_by(as_of) for one in called) - total(one.amount for one in taken)
        moved = MovedSums.of(rows)
        asked = total(one.called_by(as_of) for one in called)
        self.called = asked - total(one.interest_by(as_of) for one in called) - taken_over
        self.called += moved.called
        self.within = total(
            [moved.within, *(one.within_by(as_of) for one in called), *(one.within for one in taken)]
        )
        self.not_yet_due = total(not_yet_due(one, as_of) for one in called)
        self.paid = total(row.amount for row in paid_in)
        self.outstanding = asked - total(self.of_item.values())
        self.to_refund = taken_over + total(row.amount for row in paid_in if row.is_refund)
        self.declared = total(one.gross for one in declared) + moved.declared
        self.distributed = -total(row.amount for row in paid_out)
        self.interest = total(row.amount for row in paid_in if not row.counts_as_paid_in)
        self.returned_unused = -total(row.amount for row in paid_out if row.counts_as_paid_in)
        self.recallable = -total(row.amount for row in paid_out if row.recallable)
        self.other = total(row.amount for row in rows if row.flow in (Flow.OTHER, Flow.PASSED_ON))
        # Payouts are whole items: what was withheld counts once the item went out.
        self.withheld = total(one.withheld for one in declared if self.out_of_item.get(one.item_id))


def _by_item(rows: Iterable[LedgerFact]) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for row in rows:
        if row.item_id is not None:
            sums[row.item_id] += row.amount
    return sums


def _check(statement: Statement) -> None:
    """What a reader can check with a calculator holds."""
    assert statement.balance == statement.paid - statement.distributed + statement.other
    last = statement.movements[-1].balance if statement.movements else ZERO
    assert last == statement.balance, "the running balance ends at the closing balance"
    for steps, closing in ((statement.cash, statement.balance), (statement.commitment, statement.unfunded)):
        for column in range(len(statement.periods)):
            before = total(one.amounts[column] for one in steps if one.place in ("opening", "line"))
            after = next(one.amounts[column] for one in steps if one.place == "closing")
            assert before == after == closing, "opening and what moved is closing"


# ---------------------------------------------------------------- multiples


def _multiples(account: Account, committed: Decimal, sums: _Sums, nav: Decimal | None) -> Multiples:
    return multiples(
        contributed=sums.paid - sums.interest - sums.returned_unused,
        distributed=sums.distributed - sums.returned_unused,
        nav=nav,
        commitment=committed,
        recallable=-total(
            row.amount for row in sums.paid_out if row.recallable and not row.counts_as_paid_in
        ),
        recallable_treatment=account.recallable_treatment,
    )


def _irr(nav: Decimal | None, rows: Sequence[LedgerFact], as_of: date) -> Irr | None:
    """The rate at which what was paid in grew to what was paid out and the NAV; None without a NAV. It is that of the
    interest that is held: what a transfer moved counts on the day on which it was paid."""
    if nav is None:
        return None
    reversed_rows = {row.reverses for row in rows if row.reverses}
    standing = [row for row in rows if not row.reverses and row.row_id not in reversed_rows]
    flows = [
        (row.returns_on, -row.amount) for row in standing if row.flow not in (Flow.OTHER, Flow.PASSED_ON)
    ]
    return xirr([*flows, (as_of, nav)])


# ---------------------------------------------------------------- roll-forwards


def periods_to(as_of: date) -> tuple[Period, ...]:
    """The calendar quarter and year that the day lies in, and everything since the beginning."""
    quarter = date(as_of.year, 3 * ((as_of.month - 1) // 3) + 1, 1)
    return (
        Period("Quarter to date", quarter),
        Period("Year to date", date(as_of.year, 1, 1)),
        Period("Since inception", None),
    )


def _per_period(facts, periods: Sequence[Period], amount: Callable) -> tuple[Decimal, ...]:
    """What moved within each period."""
    return tuple(
        total(amount(one) for one in facts if period.since is None or one.on >= period.since)
        for period in periods
    )


def _opening(facts, periods: Sequence[Period], amount: Callable) -> tuple[Decimal, ...]:
    """What had moved before each period began."""
    return tuple(
        total(amount(one) for one in facts if period.since is not None and one.on < period.since)
        for period in periods
    )


def _amount(row: LedgerFact) -> Decimal:
    return row.amount


def _cash_steps(rows, periods, types: dict[int, str]) -> tuple[Step, ...]:
    """From opening to closing balance: contributions by what they were for, distributions by their type."""
    groups: dict[str, list[LedgerFact]] = {label: [] for label in (*PURPOSES.values(), OTHER_PURPOSE)}
    groups |= {label: [] for label in (*CASH_LABELS.values(), TAKEN_OVER, GIVEN_BACK)}
    for row in rows:
        if row.is_moved:
            groups[cash_label(row)].append(row)
    groups[REFUNDS] = [row for row in rows if row.is_refund]
    passed_on = [row for row in rows if row.flow == Flow.PASSED_ON]
    groups[INTEREST] = [row for row in passed_on if row.purpose != "default_interest"]
    groups[LATE_INTEREST] = [row for row in passed_on if row.purpose == "default_interest"]
    for row in rows:
        if row.flow == Flow.CONTRIBUTION and not (row.is_refund or row.is_moved):
            groups[PURPOSES.get(row.purpose, OTHER_PURPOSE)].append(row)
    out = sorted((row for row in rows if row.flow == Flow.DISTRIBUTION), key=lambda row: (row.on, row.row_id))
    for row in out:
        if not row.is_moved:
            groups.setdefault(f"Distributions: {types.get(row.item_id, 'Other').lower()}", []).append(row)
    groups[ADJUSTMENTS] = [row for row in rows if row.flow == Flow.OTHER]
    recallable = [row for row in out if row.recallable]
    steps = [Step("Opening balance", _opening(rows, periods, _amount), "opening")]
    steps += [Step(label, _per_period(group, periods, _amount)) for label, group in groups.items() if group]
    steps.append(Step("Closing balance", (total(row.amount for row in rows),) * len(periods), "closing"))
    if recallable:
        amounts = _per_period(recallable, periods, _amount)
        steps.append(Step("of the distributions, recallable", amounts, "note"))
    return tuple(steps)


@dataclass(frozen=True, slots=True)
class _Change:
    on: date
    amount: Decimal


def _commitment_steps(account: Account, called, rows, periods, as_of: date) -> tuple[Step, ...]:
    """From opening to closing unfunded commitment, and from there to the one by due date."""
    moves = unfunded_moves(rows, assumed_changes(called, as_of))
    promised = [*(one for one in account.promised if one.on <= as_of), *moves]
    labels = sorted({one.label for one in promised} | {"Commitment made"}, key=EVENT_LABELS.index)
    drawn = [_Change(one.on, -one.within) for one in called]
    changes = [change for one in called for change in one.changes if change.on <= as_of]
    waived = [_Change(one.on, -one.within) for one in changes if one.is_waiver and one.within]
    by_transfer = account.taken_over_by(as_of)
    over = [*(one for one in changes if one.is_taken_over), *by_transfer]
    taken = [_Change(one.on, -one.within) for one in over if one.within]
    others = [one for one in changes if not (one.is_waiver or one.is_taken_over or one.is_assumed)]
    revised = [_Change(one.on, -one.within) for one in others if one.within]
    restored = [_Change(row.on, -row.amount) for row in rows if row.recallable and not row.is_moved]
    everything = [*promised, *drawn, *waived, *revised, *taken, *restored]
    closing = total(map(_change, everything))
    beyond = [(one, one.called - one.interest - one.within) for one in called]
    outside = [_Change(one.on, amount) for one, amount in beyond if amount]
    changed = [*(one for one in changes if not one.is_interest), *by_transfer]
    outside += [_Change(one.on, one.amount - one.within) for one in changed if one.amount != one.within]
    outside += [
        _Change(row.on, row.amount)
        for row in rows
        if row.is_moved and row.flow == Flow.CONTRIBUTION and not row.within
    ]
    steps = [
        Step("Opening unfunded commitment", _opening(everything, periods, _change), "opening"),
        *(
            Step(label, _per_period([one for one in promised if one.label == label], periods, _change))
            for label in labels
        ),
        Step("Called within the commitment", _per_period(drawn, periods, _change)),
        *([Step("Residuals waived", _per_period(waived, periods, _change))] if waived else []),
        *([Step("Calls revised", _per_period(revised, periods, _change))] if revised else []),
        *([Step("Taken over by later partners", _per_period(taken, periods, _change))] if taken else []),
        Step("Recallable distributions", _per_period(restored, periods, _change)),
        Step("Closing unfunded commitment", (closing,) * len(periods), "closing"),
    ]
    undue = total(not_yet_due(one, as_of) for one in called)
    if undue:
        steps.append(Step("Called, not yet due", (undue,) * len(periods), "note"))
        steps.append(Step("Unfunded commitment, by due date", (closing + undue,) * len(periods), "note"))
    if outside:
        amounts = _per_period(outside, periods, _change)
        steps.append(Step("Called outside the commitment", amounts, "note"))
    return tuple(steps)


def _change(change: _Change | EventFact) -> Decimal:
    return change.amount


# ---------------------------------------------------------------- movements


def _movements(
    rows: Sequence[LedgerFact], documents: dict[tuple[Flow, int | None], str]
) -> tuple[Movement, ...]:
    """The ledger in the order of its dates, the rows of one payment together, with a running balance."""
    postings: dict[tuple[str, int], list[LedgerFact]] = defaultdict(list)
    for row in rows:
        postings[row.posting].append(row)
    balance, found = ZERO, []
    for group in postings.values():
        balance += total(row.amount for row in group)
        found.append(_movement(group, documents, balance))
    return tuple(found)


def _movement(
    group: list[LedgerFact], documents: dict[tuple[Flow, int | None], str], balance: Decimal
) -> Movement:
    first = group[0]
    sums = {flow: total(row.amount for row in group if row.flow == flow) for flow in Flow}
    return Movement(
        on=first.on,
        flow=first.flow,
        description=first.description,
        document=documents.get((first.flow, first.item_id)) or first.document,
        contributed=sums[Flow.CONTRIBUTION],
        distributed=-sums[Flow.DISTRIBUTION],
        other=sums[Flow.OTHER] + sums[Flow.PASSED_ON],
        recallable=-total(row.amount for row in group if row.recallable),
        balance=balance,
    )

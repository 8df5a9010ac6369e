"""Working out a call: who is asked for how much, on which line, and what stands in the way. Writes nothing."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from blackgem.lib.checks import can
from blackgem.lib.errors import DomainError
from blackgem.lib.money import ZeroWeights, format_money, parse_amount, unit_of
from blackgem.lib.problems import Kind, Problem, raise_if
from capital.access import check_is_callable
from capital.calc.edits import split_edited
from capital.calc.prorata import (
    CallSplit,
    ExceedsUnfunded,
    ItemsDoNotAddUp,
    Line,
    Partner,
    PastPart,
    ProrataError,
    residuals,
)
from capital.models import CapitalCall, CapitalCallLine, HeldPart
from capital.queries.line_keys import Drafted, line_weights
from capital.queries.room import partners_on
from capital.services.excused import asked_all_the_same, excused_before, with_excused
from capital.services.line_keys import key_problems, nobody_shares
from capital.services.plans import CallPlan, ItemPlan
from capital.states import CALL_ISSUED
from funds.models import Commitment, Fund
from funds.services.inputs import problems_of

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Row:
    """One partner in a worked-out call: what it `committed` by the call's date, of all commitments the fraction
    `ownership`, and the least of it that is unfunded from then on. `excused_before` says, by the index of a line, why
    it was excused from the line's deal."""

    commitment_id: int
    investor_name: str
    reference: str
    kind: str
    committed: Decimal
    ownership: Decimal
    called: Decimal
    line_amounts: tuple[Decimal, ...]
    weights: tuple[Decimal, ...]
    bases: tuple[str, ...]
    excuse_reasons: tuple[str, ...]
    unfunded_before: Decimal
    unfunded_after: Decimal
    problem: str = ""
    included_reasons: tuple[str, ...] = ()
    excused_before: tuple[str, ...] = ()


@dataclass(frozen=True)
class WorkedOutCall:
    """A call as it would be. `difference` is the total minus the sum of its rows: zero unless there are problems."""

    fund: Fund
    plan: CallPlan
    rows: tuple[Row, ...]
    total: Decimal
    difference: Decimal
    problems: tuple[Problem, ...]


def work_out(plan: CallPlan) -> WorkedOutCall:
    """Split a plan over the fund's partners and name every reason why it could not be called.

    Raises InvalidInput for amounts that are no money of the fund's currency: nothing can be worked out with them.
    """
    fund = Fund.objects.get(pk=plan.fund_id)
    _check_amounts(fund, plan)
    partners = partners_on(fund, plan.call_date, named={item.commitment_id for item in plan.items})
    before = excused_before(fund, plan, partners)
    problems = [*_shape_problems(plan), *_line_problems(fund, plan), *_item_problems(plan)]
    problems += asked_all_the_same(plan, before, partners)
    plan = with_excused(plan, before)
    problems += [*_allocation_problems(fund, plan), *key_problems(plan)]
    weights = line_weights(fund, plan, partners)
    try:
        parts = _split(plan, partners, weights, _residuals(fund), unit_of(fund.currency))
    except (ProrataError, ZeroWeights) as error:
        problems.append(_explain(error, partners, fund))
        parts = _as_typed(plan, partners)
    rows = tuple(_rows(plan, partners, parts, weights, before))
    if not any(problem.code == "call.exceeds_uncalled" for problem in problems):
        problems += _over_unfunded(rows, fund)
    called = sum((row.called for row in rows), ZERO)
    return WorkedOutCall(fund, plan, rows, plan.total_amount, plan.total_amount - called, tuple(problems))


def raise_problems(worked_out: WorkedOutCall) -> None:
    """Refuse a plan that has problems: InvalidInput where it could never be right, else Conflict."""
    raise_if(worked_out.problems)


def _residuals(fund):
    """Each partner's rounding residual over what is held of the lines of the fund's issued calls. What a later closing
    split anew counts by its weights."""
    lines = defaultdict(dict)
    parts = HeldPart.objects.filter(fund=fund, call__status__in=CALL_ISSUED).order_by("line", "part")
    for root, pk, weight, held, basis in parts.values_list("root", "commitment", "weight", "held", "basis"):
        before = lines[root].get(pk)
        lines[root][pk] = PastPart(pk, weight, held + (before.amount if before else 0), basis)
    return residuals(line.values() for line in lines.values())


def _check_amounts(fund, plan) -> None:
    by_hand = [amount for item in plan.items for amount in (item.called_amount, *item.line_amounts)]
    asked = {
        "total_amount": [plan.total_amount],
        "lines": [line.amount for line in plan.lines],
        "items": by_hand,
    }
    for field_name, amounts in asked.items():
        for amount in amounts:
            if amount is not None:
                parse_amount(
                    amount, currency=fund.currency, allow_zero=True, allow_negative=True, field=field_name
                )


def _split(plan, commitments, weights, carried, unit) -> dict[int, list]:
    """Parts per commitment, one per line of the plan, in whole units of the currency."""
    if not plan.lines or not any(one.promised for one in commitments):
        raise ZeroWeights
    partners = [
        Partner(one.pk, one.promised, carried.get(one.pk, 0), max(ZERO, one.room)) for one in commitments
    ]
    items = _amounts_by_hand(plan)
    lines = [
        Line(
            index,
            line.amount,
            line.reduces_unfunded,
            frozenset(item.commitment_id for item in plan.items if index in item.excused),
            _parts_by_hand(plan, index),
            weights[index],
            line.split_by == CapitalCallLine.SplitBy.FIXED,
        )
        for index, line in enumerate(plan.lines)
    ]
    return _by_commitment(split_edited(lines, _uncapped(partners, plan), items, unit=unit))


def _amounts_by_hand(plan) -> dict[int, Decimal]:
    """Per commitment: its amount of the whole call, where a person set that."""
    return {
        item.commitment_id: item.called_amount
        for item in plan.items
        if item.called_amount is not None and not item.line_amounts
    }


def _parts_by_hand(plan, index: int) -> dict[int, Decimal]:
    """Per commitment: its amount on a line, where a person set that. An excuse goes before."""
    return {
        item.commitment_id: item.line_amounts[index]
        for item in plan.items
        if index < len(item.line_amounts)
        and item.line_amounts[index] is not None
        and index not in item.excused
    }


def _uncapped(partners: Sequence[Partner], plan) -> list[Partner]:
    """An amount set by hand is held to the unfunded commitment by its row, where the person is looking."""
    cleaned = {
        item.commitment_id: sum(
            (amount or ZERO for amount in item.line_amounts or (item.called_amount,)), ZERO
        )
        for item in plan.items
    }
    return [replace(one, unfunded=max(one.unfunded, cleaned.get(one.key, ZERO))) for one in partners]


def _by_commitment(call: CallSplit) -> dict[int, list]:
    parts = defaultdict(list)
    for line in call.lines:
        for part in line.parts:
            parts[part.key].append(part)
    return parts


@dataclass(frozen=True)
class _Typed:
    amount: Decimal
    basis: str


def _as_typed(plan, commitments) -> dict[int, list]:
    """What a person typed, where it cannot be split: so that it stays on the page."""
    cleaned = {item.commitment_id: item for item in plan.items}
    count = max(1, len(plan.lines))

    def parts(one):
        item = cleaned.get(one.pk)
        amounts = (
            list(item.line_amounts) if item and item.line_amounts else [item.called_amount if item else None]
        )
        amounts += [None] * (count - len(amounts))
        excused = item.excused if item else {}
        return [
            _Typed(ZERO if i in excused else amount or ZERO, "excused" if i in excused else "edited")
            for i, amount in enumerate(amounts)
        ]

    return {one.pk: parts(one) for one in commitments}


def _rows(plan, commitments, parts, weights, before) -> Iterator[Row]:
    whole = sum((one.promised for one in commitments), ZERO)
    items = {item.commitment_id: item for item in plan.items}
    for one in commitments:
        ownership = one.promised / whole if whole else Decimal(0)
        own_weights = tuple(by_partner[one.pk] for by_partner in weights)
        item = items.get(one.pk) or ItemPlan(one.pk)
        yield _row(plan, one, parts[one.pk], own_weights, ownership, item, before)


def _row(plan, commitment, parts, weights, ownership: Decimal, item: ItemPlan, excused_before) -> Row:
    before, places = commitment.room, range(len(parts))
    within = sum(
        (part.amount for part, line in zip(parts, plan.lines, strict=False) if line.reduces_unfunded), ZERO
    )
    return Row(
        commitment_id=commitment.pk,
        investor_name=commitment.investor.name,
        reference=commitment.reference,
        kind=commitment.kind,
        committed=commitment.promised,
        ownership=ownership,
        called=sum((part.amount for part in parts), ZERO),
        line_amounts=tuple(part.amount for part in parts),
        weights=weights,
        bases=tuple(str(part.basis) for part in parts),
        excuse_reasons=tuple(item.excused.get(index, "") for index in places),
        unfunded_before=before,
        unfunded_after=before - within,
        problem="More than is unfunded" if within > before else "",
        included_reasons=tuple(item.included.get(index, "") for index in places),
        excused_before=tuple(excused_before.get((commitment.pk, index), "") for index in places),
    )


def _shape_problems(plan):
    if plan.total_amount <= 0:
        yield Problem("amount.min_value", "The total must be more than zero.", "total_amount")
    if not 1 <= len(plan.purpose.strip()) <= 200:
        yield Problem("call.purpose", "Say what the call is for, in 1 to 200 characters.", "purpose")
    else:
        cleaned = {"purpose": plan.purpose, "purpose_detail": plan.purpose_detail}
        dates = {"call_date": plan.call_date, "due_date": plan.due_date}
        yield from problems_of(CapitalCall(**cleaned, **dates), [*cleaned, *dates])
    if plan.due_date <= plan.call_date:
        yield Problem("call.due_date", "The due date must be after the call date.", "due_date")


def _line_problems(fund, plan):
    lines = sum((line.amount for line in plan.lines), ZERO)
    if lines != plan.total_amount:
        yield Problem(
            "call.lines_do_not_add_up",
            f"The lines add up to {format_money(lines, fund.currency)}, not to the total.",
            "lines",
        )
    if any(line.kind not in Drafted.values for line in plan.lines):
        yield Problem("call.line_kind", "There is no such kind of line.", "lines")
    if any(line.amount <= 0 for line in plan.lines):
        yield Problem("amount.min_value", "Every line must be more than zero.", "lines")


def _item_problems(plan):
    if any(not reason.strip() for item in plan.items for reason in item.excused.values()):
        yield Problem("call.excuse_reason", "Say why an investor is excused.", "items")
    named = {item.commitment_id for item in plan.items}
    if named and Commitment.objects.filter(fund=plan.fund_id, pk__in=named).count() < len(named):
        yield Problem("commitment.unknown", "An investor named here has no commitment to this fund.", "items")
    if len({item.commitment_id for item in plan.items}) != len(plan.items):
        yield Problem("commitment.repeated", "An investor is named twice.", "items")
    places = range(len(plan.lines))
    if any(
        len(item.line_amounts) > len(places) or {*item.excused, *item.included} - set(places)
        for item in plan.items
    ):
        yield Problem(
            "call.no_such_line",
            "An investor is asked for, or excused from, a line that is not there.",
            "items",
        )


def _allocation_problems(fund, plan):
    wanted = defaultdict(lambda: ZERO)
    for line in plan.lines:
        if line.allocation_id is not None:
            wanted[line.allocation_id] += line.amount
            if line.kind != CapitalCallLine.Kind.INVESTMENT:
                yield Problem("allocation.unknown", "Only an investment line draws on a deal.", "lines")
    found = {one.pk: one for one in fund.allocations.filter(pk__in=wanted).select_related("capital", "deal")}
    for pk, amount in wanted.items():
        yield from _problems_of(found.get(pk), amount, fund)


def _problems_of(allocation, amount, fund):
    if allocation is None:
        yield Problem("allocation.unknown", "There is no such allocation in this fund.", "allocation_id")
    elif not can(check_is_callable, allocation):
        yield Problem(
            "transition.not_allowed",
            f"{allocation.deal} is called in full; nothing more can be called.",
            "amount",
            Kind.CONFLICT,
        )
    elif amount > allocation.capital.uncalled:
        left = format_money(allocation.capital.uncalled, fund.currency)
        yield Problem(
            "allocation.over_called",
            f"Only {left} of {allocation.deal} is still uncalled.",
            "amount",
            Kind.CONFLICT,
        )


def _over_unfunded(rows, fund):
    over = [row for row in rows if row.unfunded_after < 0]
    if over:
        names = ", ".join(
            f"{row.investor_name} (unfunded {format_money(row.unfunded_before, fund.currency)})"
            for row in over
        )
        yield Problem("call.exceeds_uncalled", f"More than is unfunded: {names}.", "items", Kind.CONFLICT)


def _explain(error: DomainError | ProrataError, commitments, fund) -> Problem:
    if isinstance(error, ItemsDoNotAddUp):
        amount = format_money(abs(error.difference), fund.currency)
        which = (
            "leave that much to nobody" if error.difference > 0 else "are that much more than its lines hold"
        )
        said = f"The investors' amounts miss the total by {amount}: those set by hand {which}."
        return Problem(error.code, said, "items")
    if isinstance(error, ExceedsUnfunded):
        names = ", ".join(one.investor.name for one in commitments if one.pk in error.keys)
        short = format_money(error.shortfall, fund.currency)
        return Problem(
            error.code,
            f"The call asks for {short} more than is unfunded by: {names}.",
            "total_amount",
            Kind.CONFLICT,
        )
    if isinstance(error, ZeroWeights):
        return nobody_shares(commitments)
    return Problem(error.code, str(error), "items")

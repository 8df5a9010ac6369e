"""The working of a waterfall, for people: the stretches of time behind a preferred return, and steps added up."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from distributions.calc.accounts import Accrual
from distributions.calc.accrual import ZERO
from distributions.calc.facts import History, Key
from distributions.calc.terms import Terms
from distributions.calc.tiers import Step, StepKind
from distributions.calc.waterfall import account_before

_RATES = frozenset({"rate", "catch_up", "carry"})


def accrual_schedule(
    history: History, terms: Terms, *, on: date, deal: Key | None = None
) -> tuple[Accrual, ...]:
    """Every stretch of time over which a preferred return grew, unrounded, in order.

    What was paid in between is the difference from one line to the next.
    """
    lines: list[Accrual] = []
    account_before(history, terms, on=on, deal=deal, trace=lines.append)
    return tuple(lines)


def sum_steps(passages: Iterable[Sequence[Step]]) -> tuple[Step, ...]:
    """The steps of several accounts as one list: amounts are added, other inputs stay where all agree."""
    together: dict[tuple[StepKind, int], list[Step]] = {}
    for steps in passages:
        for step in steps:
            together.setdefault((step.kind, step.tier), []).append(step)
    ordered = sorted(together.items(), key=lambda item: _place(item[1][0]))
    return tuple(_sum(steps) for _, steps in ordered)


def _place(step: Step) -> tuple[int, bool]:
    """Capital and preferred return stay in front as they come; then tier by tier, the catch-up before the split."""
    first = step.kind in (StepKind.RETURN_OF_CAPITAL, StepKind.PREFERRED_RETURN)
    return (0 if first else step.tier, step.kind == StepKind.SPLIT)


def _sum(steps: Sequence[Step]) -> Step:
    return Step(
        kind=steps[0].kind,
        tier=steps[0].tier,
        owed_before=_sum_amounts([step.owed_before for step in steps]),
        lp=sum((step.lp for step in steps), ZERO),
        gp=sum((step.gp for step in steps), ZERO),
        owed_after=_sum_amounts([step.owed_after for step in steps]),
        inputs=_sum_inputs(steps),
    )


def _sum_amounts(amounts: Sequence[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, ZERO) if len(known) == len(amounts) else None


def _sum_inputs(steps: Sequence[Step]) -> dict[str, object]:
    names = dict.fromkeys(name for step in steps for name in step.inputs)
    summed: dict[str, object] = {}
    for name in names:
        values = [step.inputs[name] for step in steps if name in step.inputs]
        amounts = [value for value in values if isinstance(value, Decimal)]
        if amounts and name not in _RATES:
            summed[name] = sum(amounts, ZERO)
        elif len(values) == len(steps) and len(set(values)) == 1:
            summed[name] = values[0]
    return summed | {"accounts": len(steps)}

"""How a random life is lived: so many lives of so many steps, told in a tally at the end."""

from collections import Counter

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.invariants.random_steps import print_tally
from tests.support.examples import LIVES

#: Of so many steps, each kind of deed is among them.
MANY = 150
_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def live(machine, lives: int, steps: int) -> int:
    """Live that many lives (LIVES=20 in the environment: twenty times as many); how many steps that were.

    Few steps are the same ones every time: of others, some would by chance hold too little of one kind.
    """
    lives *= LIVES
    limits = settings(
        max_examples=lives,
        stateful_step_count=steps,
        derandomize=lives * steps < MANY,
        deadline=None,
        suppress_health_check=_SLOW,
    )
    machine.tally = Counter()
    run_state_machine_as_test(machine, settings=limits)
    print_tally(machine.tally)
    return lives * steps

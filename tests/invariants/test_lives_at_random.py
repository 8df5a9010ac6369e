"""Random lives of a fund in which everything happens together that moves an interest, or what is owed for one: later
closings, transfers that settle or assume what is owed, defaults with notice, cure, interest, shortfall calls and what
the partner loses, calls netted with distributions and refunds, excuses, wires and payouts that come back.

After every step every sentence of `reconcile` holds. What moves rows from partner to partner leaves every sum of the
fund as it was, and all that was said of an earlier day. In the end each partner's statement says what the roll-ups say.
"""

from collections import Counter
from contextlib import ExitStack
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.integration.portal.test_statement import agrees_with_the_views
from tests.support.bounces import Bounces, Returns
from tests.support.examples import LIVES
from tests.support.invariants import violations
from tests.support.lives import Closings, Defaults, Excuses, Life, Setoffs

pytestmark = pytest.mark.django_db
#: What has to come about in the lives of a test together: nothing is proved of what does not.
LIVELY = {"close", "refund", "transfer", "assumed", "notice", "cure", "interest", "forfeit", "set_off"}
LIVELY |= {"set_off_refunds", "take_back", "bounce", "moved_bounce", "return_payout", "moved_return"}


class WholeLife(Returns, Bounces, Setoffs, Defaults, Closings, Excuses, Life, RuleBasedStateMachine):
    """A life of so many `steps`, in a currency; `number` is that of its dice, which each step throws anew."""

    number, steps, currencies, tally = 0, 20, ["USD", "KWD", "JPY"], Counter()

    def __init__(self):
        super().__init__()
        self.lived, self.done = 0, Counter()
        self.stack = ExitStack()
        self.stack.enter_context(transaction.atomic())
        self.stack.callback(transaction.set_rollback, True)

    def teardown(self):
        self.stack.close()
        self.tally.update(self.done)

    @initialize(data=st.data(), dice=st.integers(0, 2**32))
    def a_fund(self, data, dice):
        self.begin(Random(f"{self.number}:{dice}"), data.draw(st.sampled_from(self.currencies)))

    @rule(dice=st.integers(0, 2**32))
    def a_deed(self, dice):
        self.lived += 1
        self.dice = Random(f"{self.number}:{dice}:{self.lived}")
        self.live_on()

    @invariant()
    def everything_agrees(self):
        assert violations() == []
        if self.lived == self.steps:
            for partner in self.partners:
                agrees_with_the_views(partner, today=self.day)


def live(number: int, *, lives: int, steps: int, currencies) -> Counter:
    """What came about, and how often."""
    ours = {"number": number, "steps": steps, "currencies": list(currencies), "tally": Counter()}
    machine = type("Lives", (WholeLife,), ours)
    limits = settings(
        max_examples=lives,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=limits)
    return machine.tally


@pytest.mark.parametrize("number", [7])
def test_a_life_of_everything(number):
    tally = live(number, lives=1, steps=18, currencies=["KWD"])
    assert set(+tally) >= {"close", "transfer", "notice", "set_off", "bounce", "return_payout"}


@pytest.mark.deep
@pytest.mark.parametrize("number", range(4))
def test_lives_of_everything(number):
    """So many lives that each kind of deed comes about in one of them."""
    tally = live(number, lives=9 * LIVES, steps=30, currencies=["USD", "KWD", "JPY"])
    assert {name for name, count in tally.items() if count} >= LIVELY

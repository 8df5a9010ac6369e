"""The state machines, their page, and the functions that say the same in Python and in SQL."""

from decimal import Decimal
from itertools import product

import pytest
from django.db import connection
from django_fsm import GET_STATE

from blackgem.shapes import STATUSES
from capital.calc import states as capital_states
from capital.states import AllocationState, CallStatus
from devtools.management.commands.state_diagrams import PAGE, REACHABLE, machines, page
from distributions.calc import states as distribution_states
from distributions.states import DistributionStatus


def test_the_page_of_states_is_what_the_code_says():
    assert PAGE.read_text() == page(), "run `manage.py state_diagrams`"


@pytest.mark.parametrize(("model", "field"), machines(), ids=lambda one: str(one))
def test_the_machine_allows_whatever_amounts_can_decide(model, field):
    """A verb that the amounts allow must find a transition, whose target is among its states."""
    allowed = {
        (one.name, str(one.source), str(target))
        for one in field.get_all_transitions(model)
        if isinstance(one.target, GET_STATE)
        for target in one.target.allowed_states
    }
    assert REACHABLE[model._meta.label] <= allowed


def test_steps_forward_never_move_an_allocation_back():
    rank = {
        state: number
        for number, state in enumerate(
            ["committed", "partially_called", "partially_funded", "called", "funded"]
        )
    }
    for verb, before, after in REACHABLE["capital.FundAllocation"]:
        if verb in ("create_call", "receive_payment"):
            assert rank[after] >= rank[before], (verb, before, after)


GRID = ["0", "0.01", "99.99", "100.00"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "function", "arguments"),
    [
        ("allocation_state", capital_states.allocation_state, 3),
        ("issued_call_status", capital_states.issued_call_status, 2),
        ("issued_distribution_status", distribution_states.issued_distribution_status, 2),
    ],
)
def test_python_and_sql_agree_on_every_state(name, function, arguments):
    marks = ", ".join(["%s"] * arguments)
    with connection.cursor() as cursor:
        for amounts in product([Decimal(one) for one in GRID], repeat=arguments):
            cursor.execute(f"SELECT {name}({marks})", amounts)
            assert cursor.fetchone()[0] == function(*amounts), amounts


@pytest.mark.parametrize(
    ("kind", "choices"),
    [("call", CallStatus), ("allocation", AllocationState)],
)
def test_every_state_has_its_look(kind, choices):
    assert set(choices.values) <= STATUSES[kind].keys()


def test_the_words_of_distributions_are_those_of_the_model():
    assert DistributionStatus.ISSUED.label == CallStatus.ISSUED.label == "Issued"

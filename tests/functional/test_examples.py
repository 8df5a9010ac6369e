"""What docs/examples/ shows works against the running site, with nothing but Python's standard library."""

import subprocess
import sys
from pathlib import Path

import pytest

from capital.models import Payment
from distributions.models import Payout
from funds.models import CapitalTransaction
from tests.factories import UserFactory
from tests.support.api import token_of
from tests.support.invariants import violations

SCRIPT = Path(__file__).resolve().parents[2] / "docs/examples/fund_in_a_batch.py"


def run(site, token, name="Example Fund I"):
    """In a Python that sees no installed package."""
    command = [sys.executable, "-I", "-S", str(SCRIPT), site.url, token, name]
    return subprocess.run(command, capture_output=True, text=True, timeout=240)


@pytest.mark.django_db(transaction=True)
def test_a_fund_in_a_batch_and_the_same_batch_again(live_stack):
    token = token_of(UserFactory(opens_funds=True))
    first = run(live_stack, token)
    assert first.returncode == 0, first.stdout + first.stderr
    assert first.stdout.count("  ok\n") == 12
    assert first.stdout.endswith("Every figure agrees.\n")
    rows = [model.objects.count() for model in (Payment, Payout, CapitalTransaction)]
    assert rows[0] == 50
    assert run(live_stack, token).stdout == first.stdout
    assert [model.objects.count() for model in (Payment, Payout, CapitalTransaction)] == rows
    assert violations() == []


@pytest.mark.django_db(transaction=True)
def test_it_says_what_was_refused(live_server):
    done = run(live_server, "no-token")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "POST /funds: 401 This token is not known, or no longer good.\n"

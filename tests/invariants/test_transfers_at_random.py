"""Random lives of a fund of which one kind of deed is left out, or lived without the others: many of each, where there
is time. `test_lives_at_random.py` lives all of them together."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import transaction

from blackgem.lib.invariants import to_resolve
from capital.models import CallItemCapital
from closings.models import AssumedPart, Transfer
from tests.integration.portal.test_statement import agrees_with_the_views
from tests.support.bounces import Bounces, Returns
from tests.support.invariants import violations
from tests.support.lives import Closings, Defaults, Excuses, Life, OpenCalls, Setoffs

pytestmark = pytest.mark.django_db


class LifeOfOpenCalls(OpenCalls, Life):
    pass


class LifeOfClosings(Closings, Life):
    pass


class LifeOfDefaults(Defaults, Life):
    pass


class LifeOfBounces(Bounces, Life):
    pass


class LifeOfReturns(Returns, Bounces, Life):
    pass


class LifeOfRefundsThatComeBack(Returns, Bounces, Closings, Life):
    pass


class LifeOfEverythingThatBounces(Returns, Bounces, Setoffs, Defaults, Closings, Excuses, Life):
    pass


def lived(kind, seed: int, steps: int):
    """A life of that many steps, of which every sentence of `reconcile` holds."""
    life = kind.of(seed)
    for _ in range(steps):
        life.live_on()
        assert violations() == []
    for partner in life.partners:
        agrees_with_the_views(partner, today=life.day)
    return life


@pytest.mark.parametrize("seed", range(3, 14))
def test_a_life_of_open_calls(seed):
    life = LifeOfOpenCalls.of(seed)
    life.open_call()
    life.day += timedelta(1)  # what was paid is due by then
    assert life.moves("assumed", lambda: life.story.transfer(1, 3, on=life.day, open_items="assumed"))
    for _ in range(9):
        life.live_on()
        assert violations() == []
    assert AssumedPart.objects.filter(amount__gt=0).exists()
    for partner in life.partners:
        agrees_with_the_views(partner, today=life.day)


@pytest.mark.deep
def test_lives_of_defaults():
    done = Counter()
    for seed in range(1, 13):
        with transaction.atomic():
            done += lived(LifeOfDefaults, seed, 14).done
            transaction.set_rollback(True)
    assert set(+done) >= {"notice", "cure", "interest", "forfeit", "sell"}


@pytest.mark.parametrize("seed", range(3, 14))
def test_a_life_of_transfers_and_closings(seed):
    assert lived(LifeOfClosings, seed, 8).joined


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(2, 12))])
def test_a_life_of_transfers(seed):
    life = lived(Life, seed, 8)
    assert Transfer.objects.filter(fund=life.story.fund).exists()
    for partner in life.partners:
        statement = agrees_with_the_views(partner, today=life.day)
        assert sum((one.added for one in statement.transfers), Decimal(0)) == sum(
            statement.cash[n].amounts[-1]
            for n in range(len(statement.cash))
            if statement.cash[n].label.endswith(": contributions")
        )


@pytest.mark.parametrize("seed", [4, *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(5, 17))])
def test_a_life_of_wires_that_come_back(seed):
    """Whatever moved of what a wire paid, it comes back: what is called and held stays, and what is open is paid."""
    life = lived(LifeOfBounces, seed, 5)
    for _ in range(6):
        life.transfer()
        life.bounce()
        assert violations() == []
        life.day += timedelta(3)
    assert life.done["moved_bounce"]
    for one in CallItemCapital.objects.filter(outstanding__gt=0).order_by("item"):
        assert life.pay(one.item_id, one.outstanding)
    assert (violations(), to_resolve()) == ([], [])
    for partner in life.partners:
        agrees_with_the_views(partner, today=life.day)


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(1, 9))
def test_a_life_of_payouts_that_come_back(seed):
    life = lived(LifeOfReturns, seed, 5)
    for _ in range(6):
        life.distribute()
        life.transfer()
        life.return_payout()
        assert violations() == []
        life.day += timedelta(3)
    assert life.done["moved_return"], (life.done, life.refused)
    for partner in life.partners:
        agrees_with_the_views(partner, today=life.day)


@pytest.mark.deep
def test_refunds_come_back_in_lives_of_closings():
    done = Counter()
    for seed in range(1, 13):
        with transaction.atomic():
            life = lived(LifeOfRefundsThatComeBack, seed, 8)
            for _ in range(5):
                life.close()
                life.refund()
                life.transfer()
                life.return_refund()
                assert violations() == []
                life.day += timedelta(3)
            done += life.done
            transaction.set_rollback(True)
    assert done["moved_refund"] > 3, done


@pytest.mark.deep
@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD"])
def test_wires_come_back_in_lives_of_everything(currency):
    done = Counter()
    for seed in range(1, 9):
        with transaction.atomic():
            life = LifeOfEverythingThatBounces()
            life.begin(Random(f"{currency}:{seed}"), currency)
            for _ in range(18):
                life.live_on()
                assert violations() == []
            done += life.done
            transaction.set_rollback(True)
    assert done["moved_bounce"]

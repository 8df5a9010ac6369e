"""Two decide about one excuse at the same moment."""

from functools import partial

import pytest

from blackgem.lib.context import WriteContext
from capital.models import Payment
from capital.services import excuses
from tests.factories import MembershipFactory, UserFactory
from tests.integration.capital.story import NOW
from tests.integration.capital.test_excuses import called, excuse
from tests.support.invariants import violations
from tests.support.race import failures, together

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_excuse_approved_twice_at_once(monkeypatch):
    """The second finds it decided: what was paid too much is freed once."""
    monkeypatch.setattr(excuses, "nudge", lambda: None)
    story, _call, line, items = called(four_eyes=True)
    story.pay_item(items[2], items[2].amount)
    asked = excuse(story, line, items[2])
    third = UserFactory()
    MembershipFactory(fund=story.fund, user=third)
    answers = together(
        partial(excuses.approve_excuse, excuse_id=asked.pk, ctx=WriteContext(one, NOW))
        for one in (story.second, third)
    )
    assert [error.code for error in failures(answers)] == ["excuse.decided"]
    assert Payment.objects.filter(excuse=asked).count() == 1
    assert violations() == []

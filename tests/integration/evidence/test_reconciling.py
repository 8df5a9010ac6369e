"""Everything is reconciled once a day, and whoever looks at the overview, or after the site, sees what came of it."""

from datetime import UTC, datetime, timedelta

import pytest

from blackgem.health import WATCHED
from blackgem.lib import invariants
from blackgem.lib.invariants import Invariant
from evidence.models import Reconciliation
from evidence.services.reconciling import reconcile_of_the_day
from tests.factories import FundFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 12, 1, 2, tzinfo=UTC)


def test_once_a_day_every_sentence_is_asked_and_the_overview_says_so(client):
    manager = UserFactory()
    FundFactory(manager=manager, created_by=manager)
    done = reconcile_of_the_day(at=AT)
    assert (done.holds, done.sentences) == (True, len(invariants.invariants()) + 1)
    assert reconcile_of_the_day(at=AT + timedelta(hours=5)) is None
    client.force_login(manager)
    page = client.get("/").content.decode()
    assert f"all {done.sentences} sentences about the books hold" in page
    assert WATCHED["reconcile"]()


def test_what_does_not_hold_is_an_alarm(client, monkeypatch, caplog):
    manager = UserFactory()
    FundFactory(manager=manager, created_by=manager)
    broken = Invariant("two_and_two", "Two and two are four.", "SELECT 5 AS sum")
    monkeypatch.setattr(invariants, "invariants", lambda: [broken])
    done = reconcile_of_the_day(at=AT)
    assert done.broken == {"two_and_two": 1}
    assert "reconcile_broken" in caplog.text
    assert not WATCHED["reconcile"]()
    client.force_login(manager)
    assert "The books do not reconcile" in client.get("/").content.decode()
    monkeypatch.undo()
    reconcile_of_the_day(at=AT + timedelta(days=1))
    assert WATCHED["reconcile"]()
    assert Reconciliation.objects.count() == 2

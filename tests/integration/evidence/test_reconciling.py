"""Everything is reconciled once a day, and whoever looks at the overview, or after the site, sees what came of it."""

from datetime import UTC, datetime, timedelta

import pytest

from blackgem.health import WATCHED
from blackgem.lib import invariants
from blackgem.lib.audit import record
from blackgem.lib.context import WriteContext
from blackgem.lib.invariants import Invariant
from evidence.models import ChainSeal, Reconciliation
from evidence.services import reconciling
from evidence.services.reconciling import reconcile_of_the_day
from evidence.services.sealing import seal_all
from tests.factories import FundFactory, UserFactory
from tests.support import superuser_connection

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 12, 1, 2, tzinfo=UTC)


def test_once_a_day_every_sentence_is_asked_and_the_overview_says_so(client):
    manager = UserFactory()
    FundFactory(manager=manager, created_by=manager)
    done = reconcile_of_the_day(at=AT)
    assert (done.holds, done.sentences) == (True, len(invariants.invariants()) + 2)
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


def test_a_changed_row_of_the_trail_is_an_alarm_the_next_night(caplog, monkeypatch):
    """Whoever changes it, with the triggers off; of a long trail each seal has its turn."""
    FundFactory()
    for number in range(3):
        record(verb="create_fund", ctx=WriteContext(None, AT), subject=None, label=f"Fund {number}")
        seal_all(at=AT)
    assert reconcile_of_the_day(at=AT).holds
    with superuser_connection() as administrator:
        administrator.execute("SET session_replication_role = replica")
        administrator.execute("UPDATE audit_events SET verb = 'change_fund' WHERE object_label = 'Fund 1'")
    done = reconcile_of_the_day(at=AT + timedelta(days=1))
    assert (done.broken, "seals_broken" in caplog.text) == ({"seals_hold": 1}, True)
    assert not WATCHED["reconcile"]()
    seals = ChainSeal.objects.count()
    monkeypatch.setattr(reconciling, "MOST_ROWS", 1)
    rows = sum(ChainSeal.objects.values_list("leaves", flat=True))
    assert rows >= seals
    nights = [reconcile_of_the_day(at=AT + timedelta(days=2 + night)).holds for night in range(rows)]
    assert nights.count(False) == 1

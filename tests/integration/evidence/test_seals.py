"""What was written is sealed, and whoever changes it afterwards, past every rail, is found out."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from blackgem.models import AuditEvent
from evidence import checker
from evidence.models import ChainSeal, FrozenInput
from evidence.queries.export import exported
from evidence.queries.verify import Anchor, broken_content, broken_seals, unsealed
from evidence.ranges import last_of, missing
from evidence.services import sealing
from evidence.services.sealing import GIVEN_BACK, seal_all, seal_next
from evidence.watched import LATE, seals_are_made
from funds.models import CapitalTransaction
from tests.integration.closings.story import ClosingStory
from tests.support import superuser_connection
from tests.support.encrypted import stored

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)

_FIRST_EVENT = "WHERE id = (SELECT min(id) FROM audit_events)"
_LAST_ROW = "WHERE id = (SELECT max(id) FROM capital_transactions)"
#: What an administrator of the database does with the triggers off, and what is said of it.
CHANGED = [
    (
        "UPDATE audit_events SET reason = 'x' WHERE id = (SELECT min(id) FROM audit_events)",
        "a row is not what",
    ),
    (f"UPDATE audit_events SET happened_at = happened_at + '1 us' {_FIRST_EVENT}", "a row"),
    (f"UPDATE capital_transactions SET amount = amount + 0.01 {_LAST_ROW}", "a row"),
    (f"DELETE FROM capital_transactions {_LAST_ROW}", "that were sealed"),
    ("UPDATE frozen_inputs SET fund_id = fund_id + 1", "a row"),
    ("UPDATE notice_documents SET page_count = 9", "a row"),
    ("UPDATE leaf_salts SET salt = '16 bytes of salt' WHERE id = (SELECT min(id) FROM leaf_salts)", "a row"),
    ("UPDATE chain_seals SET leaves = leaves + 1 WHERE number = 2", "Seal 2 is not chained"),
    ("UPDATE chain_seals SET sealed_at = sealed_at + '1 us' WHERE number = 1", "Seal 1 is not chained"),
    ("DELETE FROM chain_seals WHERE number = 2", "Seal 2 is not there"),
    (
        "DELETE FROM chain_seals WHERE number = (SELECT max(number) FROM chain_seals)",
        "is known outside and not there",
    ),
]


@pytest.mark.django_db(transaction=True)
def test_the_worker_seals_what_came_and_a_change_of_any_of_it_is_named(monkeypatch, tmp_path):
    story = ClosingStory()
    story.first_two_calls()
    story.second_closing()
    with superuser_connection() as administrator:
        administrator.execute("SET session_replication_role = replica")
        pdf = stored(administrator, "notice_documents", {"content": b"PDF"})["content"]
        administrator.execute(
            "INSERT INTO notice_documents (notice_id, content, sha256, seal, page_count, rendered_at)"
            " SELECT min(id), %s, encode(sha256('PDF'), 'hex'), repeat('0', 64), 1, now() FROM notices",
            [pdf],
        )
    later = timezone.now() + LATE
    assert FrozenInput.objects.get().subject_table == "closings"
    assert not seals_are_made(at=later)
    seal_next(at=NOW, limit=10)
    seal_next(at=NOW, limit=10)
    seal_all(at=NOW)
    sealed = list(ChainSeal.objects.order_by("number"))
    assert len(sealed) > 1
    assert seals_are_made(at=later)
    assert not any(unsealed().values())
    assert seal_next(at=NOW) is None
    anchor = Anchor(sealed[-1].number, sealed[-1].hash)
    assert [*broken_seals((anchor,)), *broken_content()] == []
    number, last, broken = checker.check(list(exported()), {anchor.number: anchor.hash})
    assert (number, last, broken) == (anchor.number, anchor.hash, None)
    with superuser_connection() as administrator:
        administrator.execute("SET session_replication_role = replica")
        for statement, said in CHANGED:
            _tried(administrator, statement, said, anchor)
    told = StringIO()
    call_command("verify_audit", anchor=[str(anchor)], stdout=told)
    assert f"All {anchor.number} seals hold" in told.getvalue()
    with pytest.raises(CommandError, match="1 places"):
        call_command("verify_audit", anchor=[f"{anchor.number}:{'0' * 64}"], stdout=told)
    call_command("export_audit", str(tmp_path), by="Nina Kowalski of Examiners & Co", stdout=told)
    taken = AuditEvent.objects.latest("pk")
    assert (taken.verb, taken.object_label, taken.actor) == ("take_file", "audit.jsonl", None)
    assert taken.changes["in_the_name_of"] == [None, "Nina Kowalski of Examiners & Co"]
    assert "the command line, by " in taken.changes["asked_as"][1]
    assert (tmp_path / "audit.jsonl").stat().st_size
    _keys_that_were_given_back_are_sealed_as_empty(story, monkeypatch)


def _tried(administrator, statement, said, anchor):
    table = statement.split()[1 if statement.startswith("UPDATE") else 2]
    administrator.execute(f"CREATE TEMPORARY TABLE kept AS SELECT * FROM {table}")
    administrator.execute(statement)
    found = list(broken_seals((anchor,)))
    assert any(said in one for one in found), (statement, found)
    administrator.execute(f"DELETE FROM {table}")
    administrator.execute(f"INSERT INTO {table} SELECT * FROM kept")
    administrator.execute("DROP TABLE kept")
    assert list(broken_seals((anchor,))) == []


def _keys_that_were_given_back_are_sealed_as_empty(story, monkeypatch):
    """A row that appears under one of them later was put there past everything. While something of then still runs they
    are left open."""
    last = CapitalTransaction.objects.latest("pk").pk
    with connection.cursor() as cursor:
        drawn = (
            "SELECT nextval(pg_get_serial_sequence('capital_transactions', 'id')) FROM generate_series(1, 3)"
        )
        cursor.execute(drawn)
    story.call(date(2026, 8, 1), date(2026, 8, 16), ("D3", "1000.00"))
    seal_all(at=NOW)
    assert [last + 1, last + 3] in _missing_keys()
    story.call(date(2026, 9, 1), date(2026, 9, 16), ("D4", "1000.00"))
    monkeypatch.setattr(sealing, "oldest_running", lambda: 0)
    seal_all(at=NOW + GIVEN_BACK + timedelta(seconds=1))
    assert [last + 1, last + 3] in _missing_keys()
    story.call(date(2026, 10, 1), date(2026, 10, 16), ("D5", "1000.00"))
    monkeypatch.setattr(sealing, "oldest_running", lambda: 2**62)
    seal_all(at=NOW + GIVEN_BACK + timedelta(seconds=2))
    assert _missing_keys() == []
    assert list(broken_seals()) == []


def _missing_keys():
    keys = ChainSeal.objects.latest("number").covered["capital_transactions"]["keys"]
    return missing(keys, 0, last_of(keys))

"""What was written is sealed, and whoever changes it afterwards, past every rail, is found out."""

import json
import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from blackgem.models import AuditEvent
from evidence import checker, tasks
from evidence.models import ChainSeal, FrozenInput
from evidence.queries.export import exported
from evidence.queries.rows import form_in, leaves_in
from evidence.queries.verify import Anchor, broken_content, broken_seals, unsealed
from evidence.ranges import last_of, missing
from evidence.services import sealing
from evidence.services.sealing import GIVEN_BACK, _drawn, seal_all, seal_next
from evidence.watched import LATE, seals_are_made
from funds.models import CapitalTransaction
from tests.integration.capital.story import Story
from tests.integration.closings.story import ClosingStory
from tests.support import superuser_connection
from tests.support.encrypted import stored
from tests.support.leaves import salted_leaf

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


#: A column of each kind that a covered table has, and of two that none has.
ODD = """CREATE TABLE odd (
    id bigint PRIMARY KEY, small smallint, middle integer, yes boolean, words text, shorter varchar(90), padded char(9),
    amount numeric(20, 3), rate numeric, day date, at timestamptz, own uuid, content bytea, said jsonb, as_said json,
    names varchar(90)[], "Ünits" text[], days date[])"""


@pytest.mark.django_db(transaction=True)
def test_rows_are_joined_into_the_leaves_that_their_values_make():
    """Whatever is in them: quotes, controls, several alphabets, nothing, numbers of any length, moments of any year."""
    chance = random.Random(11)
    hidden = ("words", "said", "amount", "at", "Ünits")
    with superuser_connection() as administrator:
        administrator.execute(ODD)
        administrator.execute("GRANT SELECT ON odd TO PUBLIC")
        try:
            _compared(administrator, chance, hidden)
        finally:
            administrator.execute("DROP TABLE odd")


def _compared(administrator, chance, hidden):
    drawn: dict[int, bytes] = {}
    for key in range(1, 201):
        values = [key, *(None if chance.random() < 0.1 else value for value in _odd(chance))]
        administrator.execute(f"INSERT INTO odd VALUES ({', '.join(['%s'] * len(values))})", values)
    with connection.cursor() as cursor:
        cursor.execute("SELECT *, said::text AS said, as_said::text AS as_said FROM odd WHERE id <> 91")
        names = [column.name for column in cursor.description]
        form = form_in("odd", {"key": "id", "columns": [*dict.fromkeys(names)], "salted": hidden})
        salts = partial(_drawn, drawn)
        found = dict(leaves_in(form, [[1, 90], [92, 200]], salt_of=salts))
        for values in cursor.fetchall():
            row = dict(zip(names, values, strict=True))
            for name in ("said", "as_said"):
                row[name] = row[name] and json.loads(row[name], parse_float=str)
            assert found.pop(row["id"]) == salted_leaf("odd", row, hidden, drawn[row["id"]])
    assert not found
    assert drawn.keys() == {*range(1, 91), *range(92, 201)}
    administrator.execute("ALTER TABLE odd ADD share real DEFAULT 0.1")
    share = form_in("odd", {"key": "id", "columns": ["share"], "salted": []})
    with pytest.raises(TypeError):
        list(leaves_in(share, [[1, 1]]))


def _odd(chance):
    def text(most=30):
        signs = "ab\"\\/\b\f\n\r\t\x01\x1f\x7f\x85\u2028<>&'é漢ไทย😀 \ufeff,{}"
        return "".join(chance.choice(signs) for _ in range(chance.randrange(most)))

    def number(decimals):
        return Decimal(chance.randrange(-(10**9), 10**9)) / 10 ** chance.randrange(decimals)

    at = datetime(
        chance.choice([1000, 1999, 2026, 9999]), 2, 3, 4, 5, 6, chance.choice([0, 1, 500000, 120]), UTC
    )
    document = {text(): [text(), number(4), {"b": 1.5, "aa": None, "é": True}], "z": 10**30, "": 1e30}
    said = json.dumps(document, default=str)
    yield from (chance.randrange(-9, 9), chance.randrange(-(2**31), 2**31), chance.random() < 0.5)
    yield from (
        text(),
        text(),
        text(9),
        number(4),
        number(12),
        at.date(),
        at,
        UUID(int=chance.getrandbits(128)),
    )
    yield from (chance.randbytes(5), said, said)
    yield from ([text() for _ in range(chance.randrange(3))], [text(), None], [at.date()])


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


def test_what_is_written_while_a_seal_is_made_waits_for_the_next_turn(db, monkeypatch):
    """Or a busy site would be sealed row by row. What one seal has no room for is sealed in the same turn."""
    story = Story()
    for _ in range(5):
        story.receive("10.00")
    most, made = sum(unsealed().values()), []

    def sealed(*, at):
        made.append(seal_next(at=at, limit=most))
        story.receive("10.00")
        return made[-1]

    monkeypatch.setattr(tasks, "seal_next", sealed)
    monkeypatch.setattr(tasks, "MOST_ROWS", most)
    tasks.seal_rows()
    full, rest = (one.leaves for one in made)
    assert (full, rest) == (most, sum(unsealed().values()))
    assert 0 < rest < most

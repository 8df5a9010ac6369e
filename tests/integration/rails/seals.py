"""Attempts on the seals of the audit trail, their salts, and the inputs that decisions froze."""

from tests.integration.rails.world import DENIED, UNIQUE, allowed, refused
from tests.support.opened import open_raw

FIRST, SECOND, SALT = "a" * 64, "b" * 64, b"16 bytes of salt"


def seal(t, number=1, previous="0" * 64, own=FIRST, at="2026-12-01 12:00+00", covered="{}"):
    open_raw(t.connection)
    t.connection.execute(
        "INSERT INTO chain_seals (number, previous, hash, root, leaves, covered, sealed_at, horizon)"
        " VALUES (%s, %s, %s, %s, 1, %s, %s, 1)",
        [number, previous, own, SECOND, covered, at],
    )


@allowed
def a_chain_of_two_with_salts(t, base):
    seal(t)
    seal(t, 2, FIRST, SECOND)
    t.add("leaf_salts", table_name="audit_events", row_key=1, salt=SALT)
    t.add(
        "anchors_told",
        told_on="2026-12-01",
        seal_id=2,
        hash=SECOND,
        told_at="2026-12-01 12:00+00",
        recipients=1,
    )


@refused("seals_follow_each_other")
def a_seal_with_a_gap_before_it(t, base):
    seal(t)
    seal(t, 3, FIRST, SECOND)


@refused("seals_follow_each_other")
def a_seal_that_is_not_chained(t, base):
    seal(t)
    seal(t, 2, SECOND, SECOND)


@refused("seals_follow_each_other")
def a_first_seal_that_is_chained_to_another(t, base):
    seal(t, previous=SECOND)


@refused("seals_follow_each_other")
def a_seal_before_the_one_before_it(t, base):
    seal(t)
    seal(t, 2, FIRST, SECOND, at="2026-12-01 11:59+00")


@refused("seals_cover_what_was_covered")
def a_seal_that_covers_less(t, base):
    seal(t, covered='{"audit_events": {"keys": [[1, 5], [7, 9]]}}')
    seal(t, 2, FIRST, SECOND, covered='{"audit_events": {"keys": [[1, 8]]}}')


@refused("anchor_told_has_a_hash")
def an_anchor_that_is_none(t, base):
    seal(t)
    t.add(
        "anchors_told", told_on="2026-12-01", seal_id=1, hash="", told_at="2026-12-01 12:00+00", recipients=1
    )


@refused("leaf_salt_is_sixteen_bytes")
def a_salt_that_can_be_guessed(t, base):
    t.add("leaf_salts", table_name="audit_events", row_key=1, salt=b"")


@refused("chain_seal_hashes_are_hashes")
def a_seal_whose_hash_is_none(t, base):
    seal(t, own="A" * 64)


@refused("one_salt_per_sealed_row", UNIQUE)
def two_salts_of_a_row(t, base):
    for _ in range(2):
        t.add("leaf_salts", table_name="audit_events", row_key=1, salt=SALT)


@refused("seals_are_append_only", DENIED, role="owner")
def a_seal_changed_by_the_owner(t, base):
    t.sql("UPDATE chain_seals SET leaves = 2")


@refused("seals_are_append_only", DENIED, role="owner")
def a_salt_taken_out_by_the_owner(t, base):
    t.sql("DELETE FROM leaf_salts")


@refused("seals_are_append_only", DENIED, role="owner")
def frozen_inputs_emptied_by_the_owner(t, base):
    t.sql("TRUNCATE frozen_inputs")


def reconciled(t, **values):
    row = {"done_on": "2026-12-01", "done_at": "2026-12-01 02:00+00", "sentences": 100, "broken": "{}"}
    return t.add("reconciliations", **{**row, "to_resolve": 0, "milliseconds": 900, **values})


@refused("reconciliations_are_append_only", DENIED, role="owner")
def a_reconciliation_that_says_something_else(t, base):
    reconciled(t)
    t.sql("UPDATE reconciliations SET broken = '{}'")


@refused("reconciliation_asks_something")
def a_reconciliation_of_nothing(t, base):
    reconciled(t, sentences=0)

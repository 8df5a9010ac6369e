"""Attempts of one person to act as two by an account that it makes, takes over or opens again."""

import json

from tests.integration.rails.world import refused
from tests.support.opened import open_raw
from tests.support.trail import AT

IN_A_MONTH = "2199-12-31 00:00+00"


def _as_administrator(t) -> tuple[int, int]:
    """An administrator, in whose name the transaction is open, and somebody else."""
    boss, other = t.user(is_superuser=True), t.user()
    open_raw(t.connection, boss, AT)
    return boss, other


def _asked(t, *, by, account, becomes, other_administrator=True, **values) -> int:
    """A change that waits, as the service writes one."""
    if other_administrator:
        t.user(is_superuser=True)
    row = {
        "was": "{}",
        "becomes": json.dumps(becomes),
        "reason": "A colleague",
        "asked_as": "",
        "requested_at": AT,
    }
    return t.add(
        "account_changes", account_id=account, requested_by_id=by, **row, **{"four_eyes": True, **values}
    )


@refused("accounts_are_changed_by_two")
def a_second_administrator_whom_one_makes(t, base):
    _, other = _as_administrator(t)
    t.sql("UPDATE users SET is_staff = true, is_superuser = true WHERE id = %s", other)


@refused("accounts_are_changed_by_two")
def another_persons_address(t, base):
    _, other = _as_administrator(t)
    t.sql("UPDATE users SET email = 'mine@attacker.example' WHERE id = %s", other)


@refused("accounts_are_changed_by_two")
def another_persons_password(t, base):
    _, other = _as_administrator(t)
    t.sql("UPDATE users SET password = 'md5$mine' WHERE id = %s", other)


@refused("accounts_are_changed_by_two")
def a_group_that_one_gives(t, base):
    _, other = _as_administrator(t)
    t.sql("INSERT INTO users_groups (user_id, group_id) SELECT %s, min(id) FROM auth_group", other)


@refused("accounts_are_changed_by_two")
def a_permission_that_one_gives(t, base):
    _, other = _as_administrator(t)
    t.sql(
        "INSERT INTO users_user_permissions (user_id, permission_id) SELECT %s, min(id) FROM auth_permission",
        other,
    )


@refused("accounts_are_changed_by_two")
def an_account_that_one_opens_again(t, base):
    gone = t.user(is_active=False)
    _as_administrator(t)
    t.sql("UPDATE users SET is_active = true WHERE id = %s", gone)


@refused("accounts_are_changed_by_two")
def another_persons_second_factor_taken_away(t, base):
    other = t.user()
    t.add("mfa_authenticator", user_id=other, type="totp", data="{}", created_at=AT)
    open_raw(t.connection, t.user(is_superuser=True), AT)
    t.sql("DELETE FROM mfa_authenticator WHERE user_id = %s", other)


@refused("accounts_are_changed_by_two")
def a_token_of_another_person(t, base):
    _, other = _as_administrator(t)
    t.sql(
        "INSERT INTO api_tokens (user_id, name, scope, token_sha256, expires_at) VALUES (%s, 'x', 'write', 'x', %s)",
        other,
        IN_A_MONTH,
    )


@refused("accounts_are_changed_by_two")
def another_right_than_was_agreed_to(t, base):
    boss, other = t.user(is_superuser=True), t.user()
    asked = _asked(t, by=boss, account=other, becomes={"is_staff": True})
    _approve(t, asked, t.user(is_superuser=True))
    t.sql("UPDATE users SET is_staff = true, is_superuser = true WHERE id = %s", other)


@refused("accounts_are_changed_by_two")
def what_only_waits(t, base):
    boss, other = t.user(is_superuser=True), t.user()
    _asked(t, by=boss, account=other, becomes={"is_superuser": True})
    open_raw(t.connection, boss, AT)
    t.sql("UPDATE users SET is_superuser = true WHERE id = %s", other)


@refused("accounts_are_changed_by_two")
def a_request_that_says_that_nobody_else_is_there(t, base):
    t.user(is_superuser=True)
    boss, other = _as_administrator(t)
    t.sql(
        "INSERT INTO account_changes (account_id, was, becomes, reason, four_eyes, effective_from,"
        " asked_as, requested_at, requested_by_id) "
        " VALUES (%s, '{}', '{}', 'x', false, %s::timestamptz + interval '2 days', '', %s, %s)",
        other,
        AT,
        AT,
        boss,
    )


@refused("accounts_are_changed_by_two")
def what_a_manager_approves(t, base):
    boss, other = t.user(is_superuser=True), t.user()
    _approve(t, _asked(t, by=boss, account=other, becomes={"is_staff": True}), t.person)


@refused("accounts_are_changed_by_two")
def what_somebody_asked_for_who_administers_no_more(t, base):
    boss, other = t.user(is_superuser=True), t.user()
    asked = _asked(t, by=boss, account=other, becomes={"is_staff": True})
    t.change("users", boss, is_superuser=False)
    _approve(t, asked, t.user(is_superuser=True))


@refused("accounts_are_changed_by_two")
def what_has_not_rested(t, base):
    boss, other = t.user(is_superuser=True), t.user()
    rests = {"four_eyes": False, "effective_from": IN_A_MONTH, "other_administrator": False}
    _approve(t, _asked(t, by=boss, account=other, becomes={"is_staff": True}, **rests), boss)


@refused("account_change_approver_is_another")
def what_one_asked_for_oneself(t, base):
    boss = t.user(is_superuser=True)
    asked = _asked(t, by=boss, account=t.user(), becomes={"is_staff": True})
    t.change("account_changes", asked, approved_at=AT, approved_by_id=boss)


@refused("account_changes_are_fixed")
def another_account_than_was_shown(t, base):
    asked = _asked(t, by=t.user(is_superuser=True), account=t.user(), becomes={"is_staff": True})
    mine = t.user()
    open_raw(t.connection, t.user(is_superuser=True), AT)
    t.sql("UPDATE account_changes SET account_id = %s WHERE id = %s", mine, asked)


@refused("account_changes_are_fixed", sqlstate="42501")
def a_request_that_is_gone(t, base):
    asked = _asked(t, by=t.user(is_superuser=True), account=t.user(), becomes={"is_staff": True})
    t.sql("DELETE FROM account_changes WHERE id = %s", asked)


@refused("account_change_rests")
def a_rest_of_an_hour(t, base):
    rests = {"four_eyes": False, "effective_from": AT, "other_administrator": False}
    _asked(t, by=t.user(is_superuser=True), account=t.user(), becomes={}, **rests)


@refused("account_change_is_decided_once")
def approved_and_refused(t, base):
    boss = t.user(is_superuser=True)
    asked = _asked(t, by=t.user(is_superuser=True), account=t.user(), becomes={})
    decided = {"approved_at": AT, "approved_by_id": boss, "rejected_at": AT, "rejected_by_id": boss}
    t.change("account_changes", asked, **decided)


@refused("account_change_rejected_at_with_by")
def refused_by_nobody(t, base):
    asked = _asked(t, by=t.user(is_superuser=True), account=t.user(), becomes={})
    t.change("account_changes", asked, rejected_at=AT)


@refused("account_change_has_reason")
def a_change_without_a_reason(t, base):
    t.change(
        "account_changes", _asked(t, by=t.user(is_superuser=True), account=t.user(), becomes={}), reason=""
    )


@refused("account_change_says_who_asked")
def asked_for_by_nobody(t, base):
    _asked(t, by=None, account=t.user(), becomes={})


@refused("one_account_change_waits", sqlstate="23505")
def two_changes_of_one_account(t, base):
    account = t.user()
    for _ in range(2):
        _asked(t, by=t.user(is_superuser=True), account=account, becomes={})


def _approve(t, asked: int, by: int) -> None:
    open_raw(t.connection, by, AT)
    t.sql("UPDATE account_changes SET approved_at = %s, approved_by_id = %s WHERE id = %s", AT, by, asked)

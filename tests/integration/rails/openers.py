"""Attempts on who opens funds, and on the names that letters are sent under."""

from tests.integration.rails.world import refused
from tests.support.opened import open_raw
from tests.support.trail import AT


@refused("accounts_are_changed_by_two")
def a_right_that_one_gives_oneself(t, base):
    person = t.user()
    open_raw(t.connection, person, AT)
    t.sql("UPDATE users SET opens_funds = true WHERE id = %s", person)


@refused("accounts_are_changed_by_two")
def a_person_who_comes_with_the_right(t, base):
    open_raw(t.connection, t.person, AT)
    t.sql(
        "INSERT INTO users (email, password, full_name, opens_funds) VALUES ('opener@attacker.example', '!', 'E', true)"
    )


@refused("accounts_are_changed_by_two")
def a_right_that_a_manager_gives(t, base):
    person = t.user()
    open_raw(t.connection, t.person, AT)
    t.sql("UPDATE users SET opens_funds = true WHERE id = %s", person)


@refused("accounts_are_changed_by_two")
def an_administrator_whom_a_manager_makes(t, base):
    person = t.user()
    open_raw(t.connection, t.person, AT)
    t.sql("UPDATE users SET is_staff = true, is_superuser = true WHERE id = %s", person)


@refused("rights_are_given_by_administrators")
def a_permission_that_a_manager_gives_a_group(t, base):
    open_raw(t.connection, t.person, AT)
    t.sql(
        "INSERT INTO auth_group_permissions (group_id, permission_id)"
        " SELECT (SELECT min(id) FROM auth_group WHERE name = 'Support'), max(id) FROM auth_permission"
    )


@refused("fund_is_opened_by_who_may")
def a_fund_of_somebody_who_may_open_none(t, base):
    t.fund(created_by_id=t.user())


@refused("fund_is_opened_by_who_may")
def a_fund_of_an_administrator_who_is_inactive(t, base):
    t.fund(created_by_id=t.user(is_superuser=True, is_active=False))


@refused("fund_names_differ_to_the_eye")
def another_funds_legal_name(t, base):
    t.fund(name="Granite Fund I", legal_name="Granite Fund I, L.P.")
    t.fund(name="GRANITE  Fund l L.P.", legal_name="Something else")


@refused("fund_names_differ_to_the_eye")
def another_funds_name_in_other_letters(t, base):
    t.fund(name="Granite Fund I")
    t.change("funds", t.fund(), legal_name="Gr\u0430nite \u200bFund \u0406")


@refused("fund_sender_is_admitted_by_who_may")
def a_sender_that_a_manager_admits(t, base):
    t.change("funds", t.fund(), sender_admitted_at=AT, sender_admitted_by_id=t.user())


@refused("deed_is_of_who_writes")
def a_sender_in_the_name_of_somebody_who_may(t, base):
    open_raw(t.connection, base.second, AT)
    t.sql("UPDATE funds SET name = 'Granite', sender_admitted_at = now() WHERE id = %s", base.fund)


@refused("fund_sender_admitted_at_with_by")
def a_sender_that_nobody_admits(t, base):
    t.change("funds", t.fund(), sender_admitted_at=AT)


@refused("letters_leave_from_admitted_senders")
def a_letter_of_a_fund_that_took_another_name(t, base):
    t.change("funds", base.fund, legal_name="Another Fund, L.P.")
    t.change("notice_deliveries", _queued(t, base), state="sending", lease_until=AT)


@refused("letters_leave_from_admitted_senders")
def a_letter_that_is_on_its_way_when_it_is_entered(t, base):
    t.change("funds", base.fund, sender_admitted_at=None, sender_admitted_by_id=None)
    _queued(t, base, state="sending", lease_until=AT)


def _queued(t, base, **values) -> int:
    who = {"requested_at": AT, "requested_by_id": t.person, "due_at": AT, "message_id": "<rails@example.com>"}
    queued = {"notice_id": base.notice, "recipients": ["a@example.com"], "state": "queued", "round": 9}
    return t.add("notice_deliveries", **who, **queued | values)

"""Attempts on what contacts see in the portal, and on who manages a fund."""

import json

from tests.integration.rails.controls import change
from tests.integration.rails.world import UNIQUE, refused
from tests.support.trail import AT


def manager(t, fund) -> int:
    person = t.user()
    t.add("fund_memberships", fund_id=fund, user_id=person, role="manager")
    return person


def grant(t, fund=None, by=None, investor=None, times=1):
    """A contact of the investor is let see its commitment, in a fund that has issued nothing."""
    fund = fund or t.fund()
    commitment = t.commitment(fund)
    own = t.one("SELECT investor_id FROM commitments WHERE id = %s", commitment)
    contact = t.add(
        "investor_contacts",
        investor_id=investor or own,
        name="C",
        email="c@trail.example",
        takes_notices=False,
    )
    row = {"commitment_id": commitment, "contact_id": contact, "granted_at": AT}
    for _ in range(times):
        t.add("portal_grants", granted_by_id=by or manager(t, fund), **row)


@refused("portal_grant_once", UNIQUE)
def a_commitment_shown_twice(t, base):
    grant(t, times=2)


@refused("portal_grant_is_to_a_contact_of_the_investor")
def a_commitment_shown_to_the_contact_of_another(t, base):
    grant(t, investor=t.one("SELECT investor_id FROM commitments WHERE id = %s", base.a))


@refused("portal_grant_is_by_a_manager_of_the_fund")
def a_commitment_shown_by_the_manager_of_another_fund(t, base):
    grant(t, by=manager(t, t.fund()))


@refused("fund_keeps_a_manager")
def the_last_manager_taken_out(t, base):
    fund = t.fund()
    manager(t, fund)
    t.sql("DELETE FROM fund_memberships WHERE fund_id = %s", fund)


@refused("fund_keeps_a_manager")
def the_account_of_the_last_manager_closed(t, base):
    t.change("users", manager(t, t.fund()), is_active=False)


@refused("fund_keeps_a_manager")
def the_last_active_manager_made_an_analyst(t, base):
    fund = t.fund()
    last = manager(t, fund)
    t.change("users", manager(t, fund), is_active=False)
    t.sql("UPDATE fund_memberships SET role = 'analyst' WHERE fund_id = %s AND user_id = %s", fund, last)


def let_in(t, base, **agreed):
    """A contact is let see the commitment of a fund in use under four eyes, by what two people agreed to."""
    investor = t.one("SELECT investor_id FROM commitments WHERE id = %s", base.c)
    contact = t.add(
        "investor_contacts", investor_id=investor, name="C", email="c@trail.example", takes_notices=False
    )
    if agreed:
        becomes = {"contact_id": contact, "email": "c@trail.example"} | agreed
        change(t, base, "portal", json.dumps(becomes), subject_id=investor)
    change(t, base, "role", '{"role": "manager"}', subject_id=base.second)
    t.add("fund_memberships", fund_id=base.strict, user_id=base.second, role="manager")
    row = {"commitment_id": base.c, "contact_id": contact, "granted_at": AT}
    t.add("portal_grants", granted_by_id=base.second, **row)


TAKES_TWO = "control_changes_need_another_person"


@refused(TAKES_TWO)
def a_contact_let_in_by_one_person(t, base):
    let_in(t, base)


@refused(TAKES_TWO)
def another_mailbox_let_in_than_was_agreed_to(t, base):
    let_in(t, base, email="d@trail.example")


@refused(TAKES_TWO)
def another_contact_let_in_than_was_agreed_to(t, base):
    let_in(t, base, contact_id=0)


def raise_right(t, base, right, **agreed):
    """A contact who reads a commitment of a fund in use under four eyes is given a right by one statement."""
    investor = t.one("SELECT investor_id FROM commitments WHERE id = %s", base.c)
    contact = t.add(
        "investor_contacts", investor_id=investor, name="C", email="c@trail.example", takes_notices=False
    )
    who = {"contact_id": contact, "email": "c@trail.example"}
    reads = {"acknowledges": False, "manages_contacts": False}
    change(t, base, "portal", json.dumps(who | reads), subject_id=investor)
    row = {"commitment_id": base.c, "contact_id": contact, "granted_at": AT} | reads
    t.add("portal_grants", granted_by_id=t.user(is_superuser=True), **row)
    if agreed:
        change(t, base, "portal", json.dumps(who | agreed), subject_id=investor)
    t.sql(f"UPDATE portal_grants SET {right} = true WHERE contact_id = %s", contact)


@refused(TAKES_TWO)
def a_contact_let_acknowledge_by_one_person(t, base):
    raise_right(t, base, "acknowledges")


@refused(TAKES_TWO)
def a_contact_let_manage_others_by_one_person(t, base):
    raise_right(t, base, "manages_contacts")


@refused(TAKES_TWO)
def another_right_given_than_was_agreed_to(t, base):
    raise_right(t, base, "manages_contacts", acknowledges=True)


@refused(TAKES_TWO)
def a_right_given_by_what_says_nothing_of_it(t, base):
    raise_right(t, base, "acknowledges", manages_contacts=False)


@refused(TAKES_TWO)
def a_contact_let_in_with_more_than_was_agreed_to(t, base):
    investor = t.one("SELECT investor_id FROM commitments WHERE id = %s", base.c)
    contact = t.add(
        "investor_contacts", investor_id=investor, name="C", email="c@trail.example", takes_notices=False
    )
    becomes = {"contact_id": contact, "email": "c@trail.example", "acknowledges": True}
    change(t, base, "portal", json.dumps(becomes), subject_id=investor)
    row = {"commitment_id": base.c, "contact_id": contact, "granted_at": AT, "manages_contacts": True}
    t.add("portal_grants", granted_by_id=t.user(is_superuser=True), **row)

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

"""Attempts to ask for advisers of an investor without the right to, past a manager, or to change what was asked for."""

import json

from tests.integration.rails.controls import change
from tests.integration.rails.world import DENIED, refused
from tests.support.opened import open_raw
from tests.support.trail import AT


def world_of(t, base, manages=True):
    """A contact of a partner of a fund in use who is the person of the attempt; and one who shall be let in."""
    investor = t.one("SELECT investor_id FROM commitments WHERE id = %s", base.a)
    row = {"investor_id": investor, "takes_notices": False}
    own = t.add("investor_contacts", name="Ann", email="ann@trail.example", user_id=t.person, **row)
    grant = {"commitment_id": base.a, "contact_id": own, "granted_at": AT, "manages_contacts": manages}
    t.add("portal_grants", granted_by_id=t.user(is_superuser=True), **grant)
    contact = t.add("investor_contacts", name="Ada", email="ada@trail.example", **row)
    return investor, contact


def ask(t, base, manages=True, becomes=None, decided=None, **values):
    investor, contact = world_of(t, base, manages)
    agreed = {"contact_id": contact, "email": "ada@trail.example", "manages_contacts": False}
    waits = decided or {"approved_at": None, "approved_by_id": None}
    asked = change(
        t, base, "portal", json.dumps(agreed | (becomes or {})), fund=base.fund, subject_id=investor, **waits
    )
    row = {"commitment_id": base.a, "contact_id": contact, "name": "Ada", "email": "ada@trail.example"}
    row |= {"role": "adviser", "change_id": asked, "asked_at": AT, "asked_by_id": t.person}
    return t.add("advisers", **row | values)


@refused("adviser_is_of_who_manages_contacts")
def an_adviser_asked_for_by_who_only_reads(t, base):
    ask(t, base, manages=False)


@refused("adviser_is_of_who_manages_contacts")
def an_adviser_asked_for_in_the_name_of_another(t, base):
    ask(t, base, asked_by_id=base.second)


@refused("adviser_is_of_who_manages_contacts")
def an_adviser_withdrawn_by_somebody_else(t, base):
    adviser = ask(t, base)
    t.change("advisers", adviser, withdrawn_at=AT, withdrawn_by_id=base.second)


@refused("adviser_waits_for_a_manager")
def an_adviser_who_manages_contacts(t, base):
    ask(t, base, becomes={"manages_contacts": True})


@refused("adviser_waits_for_a_manager")
def an_adviser_let_in_before_it_is_asked_for(t, base):
    ask(t, base, decided={"approved_at": AT, "approved_by_id": base.second})


@refused("adviser_waits_for_a_manager")
def an_adviser_of_another_commitment_than_was_asked_about(t, base):
    investor, contact = world_of(t, base)
    becomes = {"contact_id": contact, "email": "ada@trail.example", "manages_contacts": False}
    waits = {"approved_at": None, "approved_by_id": None}
    asked = change(t, base, "portal", json.dumps(becomes), subject_id=investor, **waits)
    row = {"commitment_id": base.a, "contact_id": contact, "name": "Ada", "email": "ada@trail.example"}
    t.add("advisers", role="adviser", change_id=asked, asked_at=AT, asked_by_id=t.person, **row)


@refused("advisers_role_known")
def an_adviser_of_no_role(t, base):
    ask(t, base, role="manager")


@refused("adviser_withdrawn_at_with_by")
def an_adviser_withdrawn_by_nobody(t, base):
    open_raw(t.connection)
    ask(t, base, withdrawn_at=AT)


@refused("advisers_stay_as_asked", role="owner")
def another_name_for_an_adviser(t, base):
    adviser = ask(t, base)
    t.change("advisers", adviser, name="Eve")


@refused("advisers_stay_as_asked", DENIED, role="owner")
def an_adviser_taken_away(t, base):
    t.sql("DELETE FROM advisers")

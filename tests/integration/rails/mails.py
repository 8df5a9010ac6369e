"""Attempts to say what is mailed to whom without the right to, and to leave a kind of letter without a recipient."""

from tests.integration.rails.world import refused
from tests.support.opened import open_raw
from tests.support.trail import AT


def takers(t, *, by=None, manages=True):
    """An investor of a fund that has issued nothing, with two mailboxes that take notices; of the first the ids, and
    whoever `by` is, as a contact."""
    fund = t.fund()
    commitment = t.commitment(fund)
    investor = t.one("SELECT investor_id FROM commitments WHERE id = %s", commitment)
    ids = [
        t.add(
            "investor_contacts",
            investor_id=investor,
            name="C",
            email=f"c{n}@trail.example",
            takes_notices=True,
        )
        for n in range(2)
    ]
    if by:
        row = {"investor_id": investor, "name": "Ann", "email": "ann@trail.example", "takes_notices": False}
        own = t.add("investor_contacts", user_id=by, **row)
        grant = {
            "commitment_id": commitment,
            "contact_id": own,
            "granted_at": AT,
            "manages_contacts": manages,
        }
        t.add("portal_grants", granted_by_id=t.user(is_superuser=True), **grant)
    return investor, ids


def switch(t, contact, by, **fields):
    open_raw(t.connection, by, AT)
    for name, value in fields.items():
        t.sql(f"UPDATE investor_contacts SET {name} = %s WHERE id = %s", value, contact)


@refused("mails_are_switched_by_who_manages_contacts")
def a_mailbox_left_out_by_who_only_reads(t, base):
    _, (contact, _) = takers(t, by=t.person, manages=False)
    switch(t, contact, t.person, gets_calls=False)


@refused("mails_are_switched_by_who_manages_contacts")
def a_mailbox_left_out_by_who_is_no_contact(t, base):
    _, (contact, _) = takers(t)
    switch(t, contact, t.person, gets_distributions=False)


@refused("mails_are_switched_by_who_manages_contacts")
def a_mailbox_left_out_by_who_manages_for_one_of_two_funds(t, base):
    investor, (contact, _) = takers(t, by=t.person)
    t.commitment(t.fund(), investor_id=investor)
    switch(t, contact, t.person, gets_calls=False)


@refused("each_letter_has_a_recipient")
def the_last_mailbox_for_calls_left_out(t, base):
    _, contacts = takers(t, by=t.person)
    for contact in contacts:
        switch(t, contact, t.person, gets_calls=False)


@refused("each_letter_has_a_recipient")
def the_only_mailbox_that_gets_distributions_removed(t, base):
    _, (first, second) = takers(t, by=t.person)
    switch(t, first, t.person, gets_distributions=False)
    t.sql("DELETE FROM investor_contacts WHERE id = %s", second)


@refused("each_letter_has_a_recipient")
def the_only_mailbox_that_gets_calls_takes_no_notices_any_more(t, base):
    _, (first, second) = takers(t, by=t.person)
    switch(t, first, t.person, gets_calls=False)
    t.change("investor_contacts", second, takes_notices=False)

"""Attempts on the domains of senders."""

from tests.integration.rails.world import UNIQUE, refused
from tests.support.opened import open_raw
from tests.support.trail import AT


@refused("fund_contact_is_of_an_admitted_domain")
def investors_who_answer_to_a_stranger(t, base):
    t.change("funds", t.fund(), contact_email="capital@demo.example.attacker.example")


@refused("fund_contact_is_of_an_admitted_domain")
def a_new_fund_whose_investors_answer_to_a_stranger(t, base):
    t.fund(contact_email="capital@attacker.example")


@refused("mail_domain_is_an_administrators")
def a_domain_that_a_manager_admits(t, base):
    t.add("mail_domains", name="attacker.example", admitted_by_id=t.user())


@refused("mail_domain_is_an_administrators")
def a_domain_that_nobody_admits(t, base):
    t.add("mail_domains", name="attacker.example")


@refused("mail_domain_is_a_domain")
def a_domain_that_is_none(t, base):
    t.add("mail_domains", name="@attacker", admitted_by_id=_administrator(t))


@refused("mail_domain_admitted_once", UNIQUE)
def a_domain_twice(t, base):
    by = _administrator(t)
    for _ in range(2):
        t.add("mail_domains", name="fund.example", admitted_by_id=by)


@refused("mail_domain_withdrawn_at_with_by")
def a_domain_that_nobody_withdrew(t, base):
    domain = t.add("mail_domains", name="fund.example", admitted_by_id=_administrator(t))
    t.sql("UPDATE mail_domains SET withdrawn_by_id = admitted_by_id WHERE id = %s", domain)


@refused("mail_domain_is_an_administrators")
def a_domain_that_a_manager_withdraws(t, base):
    domain = t.add("mail_domains", name="fund.example", admitted_by_id=_administrator(t))
    t.change("mail_domains", domain, withdrawn_at=AT, withdrawn_by_id=t.user())


@refused("mail_domains_are_append_only")
def a_domain_that_is_admitted_again(t, base):
    by = _administrator(t)
    domain = t.add("mail_domains", name="fund.example", admitted_by_id=by)
    t.change("mail_domains", domain, withdrawn_at=AT, withdrawn_by_id=by)
    t.sql("UPDATE mail_domains SET withdrawn_at = NULL, withdrawn_by_id = NULL WHERE id = %s", domain)


@refused("deed_is_of_who_writes")
def a_domain_in_the_name_of_an_administrator(t, base):
    by = _administrator(t)
    open_raw(t.connection, t.person, AT)
    t.sql("INSERT INTO mail_domains (name, admitted_by_id) VALUES ('attacker.example', %s)", by)


@refused("deed_is_of_who_writes")
def a_domain_withdrawn_in_the_name_of_an_administrator(t, base):
    by = _administrator(t)
    open_raw(t.connection, t.person, AT)
    site = "SELECT min(id) FROM mail_domains WHERE withdrawn_at IS NULL"
    t.sql(f"UPDATE mail_domains SET withdrawn_at = %s, withdrawn_by_id = %s WHERE id = ({site})", AT, by)


def _administrator(t) -> int:
    person = t.user()
    t.sql("UPDATE users SET is_superuser = true WHERE id = %s", person)
    return person

"""Attempts on bank details of partners, on numbers on file and on calls."""

from tests.integration.rails.world import DENIED, UNIQUE, refused
from tests.support.opened import open_raw
from tests.support.trail import AT

EARLIER, LATER = "2026-02-01 12:00+00", "2026-02-18 12:00+00"


def number(t, base, **values) -> int:
    row = {"fund_id": base.fund, "commitment_id": base.a, "person_name": "Ann", "number": "+12125550100"}
    return t.add("phone_numbers", **row | {"recorded_at": EARLIER, "recorded_by_id": t.person} | values)


def details(t, base, **values) -> int:
    """They wait, in a fund without four eyes that issued something: another person decides."""
    row = {"fund_id": base.fund, "commitment_id": base.a, "version": 1, "four_eyes": True}
    row |= {"bank_name": "Bank", "account_name": "A", "account_number": "000111222333"}
    row |= {"created_at": AT, "usable_from": AT, "created_by_id": t.person}
    return t.add("payee_details", **row | values)


def call(t, base, about, on=None, **values) -> int:
    row = {"fund_id": base.fund, "payee_details_id": about, "number_id": on or number(t, base)}
    row |= {"spoke_to": "Ann", "called_at": AT, "outcome": "confirmed"}
    return t.add("call_backs", **row | {"recorded_at": AT, "recorded_by_id": base.second} | values)


def verify(t, base, about, **values) -> None:
    t.change("payee_details", about, **{"verified_at": AT, "verified_by_id": base.second} | values)


def verified(t, base) -> None:
    about = details(t, base)
    call(t, base, about)
    verify(t, base, about)


@refused("details_are_verified_by_a_call_back")
def a_partners_account_without_a_call(t, base):
    verify(t, base, details(t, base))


@refused("details_are_verified_by_a_call_back")
def a_partners_account_that_begins_verified(t, base):
    details(t, base, verified_at=AT, verified_by_id=base.second)


@refused("details_are_verified_by_a_call_back")
def a_partners_account_by_a_call_that_nobody_answered(t, base):
    about = details(t, base)
    call(t, base, about, outcome="unreached")
    verify(t, base, about)


@refused("details_are_verified_by_a_call_back")
def a_partners_account_by_a_call_of_somebody_else(t, base):
    about = details(t, base)
    call(t, base, about, recorded_by_id=t.user())
    verify(t, base, about)


@refused("details_are_verified_by_a_call_back")
def a_funds_account_without_a_call(t, base):
    open_raw(t.connection, base.second, AT)
    decided = "UPDATE bank_details SET verified_at = %s, verified_by_id = %s WHERE id = %s"
    t.sql(decided, AT, base.second, base.unverified)


@refused("payee_verifier_is_another")
def ones_own_account_of_a_partner(t, base):
    # Asked for under four eyes, which the fund gave up since; nothing of it is issued.
    fund = t.fund(four_eyes=True)
    partner = t.commitment(fund)
    about = details(t, base, fund_id=fund, commitment_id=partner)
    on = number(t, base, fund_id=fund, commitment_id=partner)
    t.change("funds", fund, four_eyes=False)
    call(t, base, about, on=on, fund_id=fund, recorded_by_id=t.person)
    verify(t, base, about, verified_by_id=t.person)


@refused("bank_details_verifier_is_another")
def ones_own_account_of_a_partner_once_the_fund_is_in_use(t, base):
    about = details(t, base)
    call(t, base, about, recorded_by_id=t.person)
    verify(t, base, about, verified_by_id=t.person)


@refused("payee_details_rest_first")
def a_partners_account_before_it_rested(t, base):
    about = details(t, base, usable_from=LATER)
    call(t, base, about, on=number(t, base, recorded_at="2026-01-01 12:00+00"))
    verify(t, base, about)


@refused("call_back_goes_to_a_number_on_file")
def a_number_that_came_with_the_request(t, base):
    about = details(t, base)
    call(t, base, about, on=number(t, base, recorded_at=AT))


@refused("call_back_goes_to_a_number_on_file")
def a_number_that_is_younger_than_the_rest(t, base):
    about = details(t, base, usable_from="2026-03-15 12:00+00")
    call(t, base, about)


@refused("call_back_goes_to_a_number_on_file")
def a_number_of_another_partner(t, base):
    about = details(t, base)
    call(t, base, about, on=number(t, base, commitment_id=base.b))


@refused("call_back_goes_to_a_number_on_file")
def a_number_that_was_withdrawn(t, base):
    about, on = details(t, base), number(t, base)
    t.change("phone_numbers", on, withdrawn_at=EARLIER, withdrawn_by_id=t.person)
    call(t, base, about, on=on)


@refused("call_back_follows_its_request")
def a_call_before_the_request(t, base):
    call(t, base, details(t, base), called_at=EARLIER)


@refused("call_back_follows_its_request")
def a_call_that_is_still_to_come(t, base):
    call(t, base, details(t, base), called_at=LATER)


@refused("call_back_is_about_one_account")
def a_call_about_two_accounts(t, base):
    call(t, base, details(t, base), bank_details_id=base.bank)


@refused("call_back_says_who_answered")
def a_call_that_reached_nobody_and_confirmed(t, base):
    call(t, base, details(t, base), spoke_to="")


@refused("call_backs_outcome_known")
def a_call_with_another_outcome(t, base):
    call(t, base, details(t, base), outcome="perhaps")


@refused("call_backs_are_append_only", DENIED, role="owner")
def a_call_with_other_words(t, base):
    t.change("call_backs", call(t, base, details(t, base)), spoke_to="Eve")


@refused("phone_numbers_are_append_only", role="owner")
def another_number_under_an_old_date(t, base):
    t.change("phone_numbers", number(t, base), number="+12125550199")


@refused("phone_numbers_are_append_only", DENIED, role="owner")
def a_number_that_was_never_there(t, base):
    t.sql("DELETE FROM phone_numbers WHERE id = %s", number(t, base))


@refused("phone_number_can_be_called")
def a_number_that_is_none(t, base):
    number(t, base, number="call me")


@refused("phone_number_is_on_file_once", UNIQUE)
def a_number_twice(t, base):
    number(t, base)
    number(t, base)


@refused("phone_number_withdrawn_at_with_by")
def a_number_withdrawn_by_nobody(t, base):
    t.change("phone_numbers", number(t, base), withdrawn_at=AT)


@refused("payee_is_a_partner_of_the_fund")
def an_account_of_another_funds_partner(t, base):
    details(t, base, commitment_id=base.c)


@refused("payee_is_a_partner_of_the_fund")
def a_number_of_another_funds_partner(t, base):
    number(t, base, commitment_id=base.c)


@refused("payee_details_version_once")
def a_version_that_skips_one(t, base):
    details(t, base, version=3)


@refused("one_set_of_payee_details_waits", UNIQUE)
def two_accounts_of_a_partner_that_wait(t, base):
    details(t, base)
    details(t, base, version=2)


@refused("payee_details_name_an_account")
def an_account_without_a_number(t, base):
    details(t, base, account_number="")


@refused("payee_country_has_two_letters")
def a_holder_in_a_country_that_is_none(t, base):
    details(t, base, holder_country="U1")


@refused("payee_details_are_decided_once")
def an_account_rejected_and_verified(t, base):
    about = details(t, base)
    call(t, base, about)
    verify(t, base, about, rejected_at=AT, rejected_by_id=base.second)


@refused("payee_details_verified_at_with_by")
def an_account_verified_at_no_time(t, base):
    about = details(t, base)
    call(t, base, about)
    verify(t, base, about, verified_at=None)


@refused("payee_details_rejected_at_with_by")
def an_account_rejected_by_nobody(t, base):
    t.change("payee_details", details(t, base), rejected_at=AT)


@refused("payee_details_are_append_only", role="owner")
def another_account_under_the_same_version(t, base):
    t.change("payee_details", details(t, base), account_number="000999888777")


@refused("payee_details_are_append_only", DENIED, role="owner")
def a_version_that_was_never_there(t, base):
    t.sql("DELETE FROM payee_details WHERE id = %s", details(t, base))


@refused("four_eyes_as_the_fund_demands")
def an_account_that_asks_for_nobody_else(t, base):
    details(t, base, four_eyes=False)


@refused("letters_without_account_are_for_administrators")
def a_manager_who_asks_that_letters_name_no_account(t, base):
    open_raw(t.connection, t.person, AT)
    t.sql(
        "INSERT INTO control_changes"
        " (fund_id, kind, about, was, becomes, batch, four_eyes, recorded_at, recorded_by_id)"
        """ VALUES (%s, 'no_account', '', '{}', '{"letters_without_account": true}',"""
        " gen_random_uuid(), true, %s, %s)",
        base.fund,
        AT,
        t.person,
    )


@refused("letters_without_account_are_for_administrators")
def a_manager_who_ends_that_letters_name_no_account(t, base):
    row = {"kind": "no_account", "was": "{}", "becomes": '{"letters_without_account": true}'}
    row |= {"approved_by_id": base.second, "approved_at": AT, "recorded_by_id": t.person, "recorded_at": AT}
    t.add("control_changes", fund_id=base.fund, **row)
    t.change("funds", base.fund, letters_without_account=True)
    open_raw(t.connection, t.person, AT)
    t.sql("UPDATE funds SET letters_without_account = false WHERE id = %s", base.fund)


@refused("letters_without_account_are_for_administrators")
def a_fund_whose_letters_name_no_account_from_the_start(t, base):
    boss = t.user(is_superuser=True)
    open_raw(t.connection, boss, AT)
    t.sql(
        "INSERT INTO funds (name, code, legal_name, currency, lpa_date, address, contact_name, contact_email,"
        " contact_phone, signatory_name, signatory_title, paper_size, attach_notices, four_eyes,"
        " last_call_number, last_distribution_number, created_at, created_by_id, letters_without_account)"
        " VALUES ('Granite Peak', 'GRANITE', 'Granite Peak', 'USD', '2025-09-01', '', '', '', '', '', '', 'a4', true,"
        " false, 0, 0, %s, %s, true)",
        AT,
        boss,
    )


@refused("control_changes_need_another_person")
def letters_without_an_account_by_one_person(t, base):
    t.change("funds", t.fund(), letters_without_account=True)


@refused("letters_give_payment_instructions")
def a_letter_that_leaves_without_an_account(t, base):
    open_raw(t.connection, t.person, AT)
    t.sql(
        "INSERT INTO notice_deliveries (notice_id, round, recipients, state, requested_at, requested_by_id, due_at,"
        " attempts, message_id, failure) VALUES (%s, 1, '{}', 'queued', %s, %s, %s, 0, '<1@trail.example>', '')",
        base.notice,
        AT,
        t.person,
        AT,
    )

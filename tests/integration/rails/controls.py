"""Attempts on the controls of funds in use: by one person, by an approval of something else, or by one used before."""

from tests.integration.rails.world import DENIED, UNIQUE, refused
from tests.support.trail import AT

RAIL = "control_changes_need_another_person"


def change(t, base, kind="four_eyes", becomes='{"four_eyes": false}', fund=None, **values):
    """A change that two people agreed to, unless told otherwise."""
    row = {"kind": kind, "was": "{}", "becomes": becomes, "recorded_by_id": t.person, "recorded_at": AT}
    decided = {"approved_by_id": base.second, "approved_at": AT}
    return t.add("control_changes", fund_id=fund or base.strict, **row | decided | values)


WAITS = {"approved_by_id": None, "approved_at": None}


@refused(RAIL)
def four_eyes_turned_off(t, base):
    t.change("funds", base.strict, four_eyes=False)


@refused(RAIL)
def four_eyes_turned_off_while_the_change_waits(t, base):
    change(t, base, **WAITS)
    t.change("funds", base.strict, four_eyes=False)


@refused(RAIL)
def four_eyes_turned_off_again_by_an_approval_that_was_used(t, base):
    change(t, base)
    for four_eyes in (False, True, False):
        t.change("funds", base.strict, four_eyes=four_eyes)


@refused(RAIL)
def four_eyes_turned_off_by_the_approval_of_another_fund(t, base):
    change(t, base, fund=base.fund)
    t.change("funds", base.strict, four_eyes=False)


@refused(RAIL)
def another_address_for_replies_than_was_approved(t, base):
    change(t, base, "sender", '{"contact_email": "ir@fund.example"}', fund=base.fund)
    t.change("funds", base.fund, contact_email="ir@fvnd.example")


@refused(RAIL)
def a_limit_raised_under_four_eyes(t, base):
    t.change("funds", base.strict, residual_limit="1000000.00")


@refused(RAIL)
def another_lpa_date_under_four_eyes(t, base):
    t.change("funds", base.strict, lpa_date="2001-01-01")


@refused(RAIL)
def shorter_notice_under_four_eyes(t, base):
    t.change("funds", base.strict, notice_days=20)
    t.change("funds", base.strict, notice_days=5)


@refused(RAIL)
def warnings_no_longer_acknowledged_under_four_eyes(t, base):
    t.change("funds", base.strict, warnings_acknowledged=True)
    t.change("funds", base.strict, warnings_acknowledged=False)


@refused(RAIL)
def looking_twice_at_less_under_four_eyes(t, base):
    t.change("funds", base.strict, looked_at_above="100.00")
    t.change("funds", base.strict, looked_at_above="0.00")


@refused(RAIL)
def a_limit_raised_beside_the_date_that_was_agreed_to(t, base):
    change(t, base, "limit", '{"lpa_date": "2001-01-01"}')
    t.change("funds", base.strict, lpa_date="2001-01-01", residual_limit="1000000.00")


@refused(RAIL)
def letters_that_show_more_under_four_eyes(t, base):
    t.change("funds", base.strict, partner_totals="none")
    t.change("funds", base.strict, partner_totals="all")


@refused(RAIL)
def terms_of_ninety_per_cent_under_four_eyes(t, base):
    t.add(
        "fund_terms",
        fund_id=base.strict,
        created_by_id=t.person,
        version=9,
        carry_rate="0.9",
        catch_up_rate="1",
    )


@refused(RAIL)
def a_side_letter_under_four_eyes(t, base):
    t.add("side_letters", commitment_id=base.c, created_by_id=t.person, version=9, carry_rate="0.01")


NAV = (
    '{"as_of": "2026-01-01", "amount": "9.00", "receivables_included": false, "payables_deducted": false, '
    '"deals": %s}'
)


def value(t, base, *, approved, fund=None, **written) -> int:
    """A value of the strict fund, where two people decided on what is `approved` (the parts of deals)."""
    if approved is not None:
        change(t, base, "nav", NAV % approved)
    row = {"as_of": "2026-01-01", "amount": "9.00", "created_by_id": t.person} | written
    return t.add("nav_entries", fund_id=base.strict, **row)


@refused(RAIL)
def a_value_of_one_person_under_four_eyes(t, base):
    value(t, base, approved=None)


@refused(RAIL)
def another_value_than_was_agreed_to(t, base):
    value(t, base, approved="{}", amount="9.01")


@refused(RAIL)
def a_value_without_what_deals_were_agreed_to_be_worth(t, base):
    value(t, base, approved='{"1": "9.00"}')


@refused(RAIL)
def a_value_that_gives_to_a_deal_what_nobody_agreed_to(t, base):
    deal = t.add("deals", name="D", created_by_id=t.person)
    entry = value(t, base, approved="{}")
    t.add("nav_entry_deals", fund_id=base.strict, entry_id=entry, deal_id=deal, amount="9.00")


@refused(RAIL)
def a_tier_that_nobody_agreed_to(t, base):
    rates = {"hurdle_rate": "0.5", "catch_up_rate": "1", "carry_rate": "0.9"}
    becomes = '{"effective_on": "2026-01-01", "hurdle_rate": "0.08", "carry_rate": "0.2", "tiers": []}'
    change(t, base, "terms", becomes)
    row = {"effective_on": "2026-01-01", "hurdle_rate": "0.08", "carry_rate": "0.2", "catch_up_rate": "1"}
    terms = t.add("fund_terms", fund_id=base.strict, created_by_id=t.person, version=9, **row)
    t.add("fund_terms_tiers", terms_id=terms, position=2, **rates)


@refused(RAIL)
def a_manager_who_makes_another(t, base):
    t.add("fund_memberships", fund_id=base.fund, user_id=t.user(), role="manager")


@refused(RAIL)
def an_analyst_who_rises(t, base):
    change(t, base, "role", '{"role": "analyst"}', fund=base.fund, subject_id=base.second)
    member = t.add("fund_memberships", fund_id=base.fund, user_id=base.second, role="analyst")
    t.change("fund_memberships", member, role="manager")


@refused(RAIL)
def a_member_who_becomes_somebody_else(t, base):
    change(t, base, "role", '{"role": "analyst"}', fund=base.fund, subject_id=base.second)
    member = t.add("fund_memberships", fund_id=base.fund, user_id=base.second, role="analyst")
    t.change("fund_memberships", member, user_id=t.user())


def offer(t, base, fund, **values) -> int:
    days = {"created_at": AT, "expires_at": "2099-01-01", "created_by_id": t.person}
    token = {"email": "new@example.com", "token_sha256": "f" * 64}
    return t.add("invitations", fund_id=fund, role="analyst", **days | token | values)


@refused(RAIL)
def a_role_offered_by_one_person(t, base):
    offer(t, base, base.fund)


@refused("invitations_stay_as_offered")
def an_offer_of_another_role_than_was_agreed_to(t, base):
    t.change("invitations", offer(t, base, t.fund()), role="manager")


@refused("bank_details_verifier_is_another")
def bank_details_of_before_the_first_call_verified_alone_after_it(t, base):
    fund = t.fund()
    details = t.bank_details(fund)
    t.call(fund, {t.commitment(fund): ["1.00"]})
    t.change("bank_details", details, verified_at=AT, verified_by_id=t.person)


@refused("control_change_approver_is_another")
def a_change_approved_by_who_asked(t, base):
    change(t, base, approved_by_id=t.person)


@refused("four_eyes_as_the_fund_demands")
def a_change_that_needs_nobody_else(t, base):
    change(t, base, four_eyes=False)


@refused("control_change_kind_is_known")
def a_change_of_another_kind(t, base):
    change(t, base, "anything")


@refused("control_change_is_decided_once")
def a_change_approved_and_rejected(t, base):
    change(t, base, rejected_by_id=base.second, rejected_at=AT)


@refused("control_change_approved_at_with_by")
def a_change_approved_by_nobody(t, base):
    change(t, base, approved_by_id=None)


@refused("control_change_rejected_at_with_by")
def a_change_rejected_by_nobody(t, base):
    change(t, base, **WAITS, rejected_at=AT)


@refused("one_control_change_waits", UNIQUE)
def two_changes_of_one_thing_that_wait(t, base):
    for _ in range(2):
        change(t, base, **WAITS)


@refused("control_changes_are_fixed")
def a_change_that_is_decided_again(t, base):
    t.change("control_changes", change(t, base), approved_by_id=t.user())


@refused("control_changes_are_fixed", DENIED, role="owner")
def changes_deleted(t, base):
    t.sql("DELETE FROM control_changes")


def contact(t, base, **values) -> int:
    """Of an investor of the plain fund, agreed to."""
    investor = t.one("SELECT investor_id FROM commitments WHERE id = %s", base.a)
    becomes = '{"email": "c@trail.example", "takes_notices": true}'
    change(t, base, "contact", becomes, fund=base.fund, subject_id=investor)
    row = {"name": "C", "email": "c@trail.example", "takes_notices": True}
    return t.add("investor_contacts", investor_id=investor, **row | values)


@refused(RAIL)
def another_mailbox_than_was_agreed_to(t, base):
    contact(t, base, email="c@trai1.example")


@refused(RAIL)
def a_mailbox_that_becomes_another(t, base):
    t.change("investor_contacts", contact(t, base), email="c@trai1.example")


@refused(RAIL)
def a_mailbox_that_is_taken_away(t, base):
    t.sql("DELETE FROM investor_contacts WHERE id = %s", contact(t, base))


@refused(RAIL)
def another_withholding_rate_under_four_eyes(t, base):
    investor = t.one("SELECT investor_id FROM commitments WHERE id = %s", base.c)
    t.change("investors", investor, withholding_rate="0.9")


@refused(RAIL)
def another_name_of_a_partner_under_four_eyes(t, base):
    investor = t.one("SELECT investor_id FROM commitments WHERE id = %s", base.c)
    t.change("investors", investor, name="Eve, L.P.")


@refused(RAIL)
def another_address_of_a_fund_under_four_eyes(t, base):
    t.change("funds", base.strict, address="1 Elsewhere")


def strict_call(t, base) -> int:
    """Issued by two, and nothing paid on it."""
    return t.call(base.strict, {base.c: ["5.00"]}, four_eyes=True, approved_by_id=base.second).id


def withdrawn(t, reason="Not needed") -> dict:
    return {"status": "cancelled", "cancelled_at": AT, "cancelled_by_id": t.person, "cancel_reason": reason}


@refused(RAIL)
def an_issued_call_that_says_something_else(t, base):
    t.change("capital_calls", strict_call(t, base), purpose="Pay to another account")


@refused(RAIL)
def an_issued_call_that_is_due_later(t, base):
    t.change("capital_calls", strict_call(t, base), due_date="2199-12-31")


@refused(RAIL)
def an_issued_call_that_gives_another_reason(t, base):
    t.change("capital_calls", strict_call(t, base), cancel_reason="Anything")


@refused(RAIL)
def an_issued_call_cancelled(t, base):
    t.change("capital_calls", strict_call(t, base), **withdrawn(t))


@refused(RAIL)
def an_issued_call_cancelled_for_another_reason_than_was_agreed_to(t, base):
    call = strict_call(t, base)
    change(t, base, "capital_call", '{"status": "cancelled", "cancel_reason": "Not needed"}', subject_id=call)
    t.change("capital_calls", call, **withdrawn(t, "Call +49 30 666"))


@refused(RAIL)
def two_issued_calls_reworded_by_one_approval(t, base):
    one, other = strict_call(t, base), strict_call(t, base)
    change(t, base, "capital_call", '{"purpose": "Agreed"}', subject_id=one)
    t.change("capital_calls", one, purpose="Agreed")
    t.change("capital_calls", other, purpose="Agreed")


def strict_distribution(t, base) -> int:
    parts = {base.c: {"return_of_capital": "5.00"}}
    four = {"four_eyes": True, "approved_by_id": base.second}
    return t.distribution(base.out.strict_terms, parts, **four).id


@refused(RAIL)
def an_issued_distribution_cancelled(t, base):
    t.change("distributions", strict_distribution(t, base), **withdrawn(t))


@refused(RAIL)
def an_issued_distribution_cancelled_while_the_change_waits(t, base):
    one = strict_distribution(t, base)
    becomes = '{"status": "cancelled", "cancel_reason": "Not needed"}'
    change(t, base, "distribution", becomes, subject_id=one, **WAITS)
    t.change("distributions", one, **withdrawn(t))

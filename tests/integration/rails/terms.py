"""Attempts on terms, side letters, net asset values and bank details."""

from tests.integration.rails.world import DENIED, FOREIGN, UNIQUE, refused
from tests.support.trail import AT


@refused("fund_terms_recall_limits_at_least_the_commitment")
def less_unfunded_than_the_commitment_allowed(t, base):
    t.terms(base.fund, max_unfunded="0.9999", version=9)


@refused("fund_terms_version_once", UNIQUE)
def two_terms_of_one_version(t, base):
    for _ in range(2):
        t.add("fund_terms", fund_id=base.fund, created_by_id=t.person)


@refused("fund_terms_rates_are_fractions")
def a_hurdle_of_eight_instead_of_eight_per_cent(t, base):
    t.add("fund_terms", fund_id=base.fund, created_by_id=t.person, hurdle_rate="8")


@refused("fund_terms_catch_up_reaches_carry")
def a_catch_up_that_never_catches_up(t, base):
    t.add("fund_terms", fund_id=base.fund, created_by_id=t.person, catch_up_rate="0.10")


@refused("fund_terms_are_append_only", DENIED, role="owner")
def terms_edited(t, base):
    t.sql("UPDATE fund_terms SET hurdle_rate = 0")


@refused("bank_details_version_once", UNIQUE)
def two_bank_details_of_one_version(t, base):
    t.bank_details(base.fund, version=1, four_eyes=True)


@refused("bank_details_name_an_account")
def bank_details_without_an_account(t, base):
    t.bank_details(base.fund, version=2, four_eyes=True, account_number="")


@refused("bank_details_verified_at_with_by")
def verified_by_nobody(t, base):
    t.bank_details(base.fund, version=2, four_eyes=True, verified_at=AT)


@refused("bank_details_rejected_at_with_by")
def verified_and_rejected(t, base):
    people = {"verified_at": AT, "verified_by_id": t.person, "rejected_at": AT, "rejected_by_id": t.person}
    t.bank_details(base.fund, version=2, four_eyes=True, **people)


@refused("bank_details_verifier_is_another")
def bank_details_verified_by_who_entered_them(t, base):
    t.change("bank_details", base.unverified, verified_at=AT, verified_by_id=t.person)


@refused("four_eyes_as_the_fund_demands")
def bank_details_that_claim_to_need_no_second_person(t, base):
    t.bank_details(base.fund, version=2, four_eyes=False)  # without four eyes, and in use


@refused("bank_details_are_append_only")
def another_account_on_verified_bank_details(t, base):
    t.change("bank_details", base.bank, account_number="999")


@refused("bank_details_are_append_only")
def another_account_before_the_call_back(t, base):
    t.change("bank_details", base.unverified, account_number="999")


@refused("bank_details_are_append_only")
def bank_details_verified_again(t, base):
    t.change("bank_details", base.bank, verified_by_id=t.person)


@refused("bank_details_are_append_only", DENIED, role="owner")
def bank_details_deleted(t, base):
    t.sql("DELETE FROM bank_details")


# ---------------------------------------------------------------- further tiers, side letters, values


def terms(t, base) -> int:
    return t.add("fund_terms", fund_id=base.fund, created_by_id=t.person)


def tier(t, base, terms_id=None, **changes):
    rates = {"hurdle_rate": "0.12", "catch_up_rate": "0", "carry_rate": "0.25"}
    t.add("fund_terms_tiers", terms_id=terms_id or terms(t, base), position=1, **{**rates, **changes})


@refused("fund_terms_tier_position_once", UNIQUE)
def two_tiers_in_one_place(t, base):
    one = terms(t, base)
    for _ in range(2):
        tier(t, base, one)


@refused("fund_terms_tier_rates_are_fractions")
def a_tier_that_carries_everything(t, base):
    tier(t, base, carry_rate="1")


@refused("fund_terms_tier_catch_up_reaches_carry")
def a_tier_that_never_catches_up(t, base):
    tier(t, base, catch_up_rate="0.10")


@refused("terms_tiers_in_order")
def a_hurdle_at_that_of_the_tier_below(t, base):
    tier(t, base, hurdle_rate="0.08")


@refused("terms_tiers_in_order")
def a_carry_that_falls(t, base):
    tier(t, base, carry_rate="0.19")


@refused("fund_terms_are_append_only", DENIED, role="owner")
def tiers_deleted(t, base):
    t.sql("DELETE FROM fund_terms_tiers")


def side_letter(t, base, **changes):
    t.add("side_letters", commitment_id=base.a, version=1, effective_on=AT, created_by_id=t.person, **changes)


@refused("side_letter_version_once", UNIQUE)
def two_side_letters_of_one_version(t, base):
    for _ in range(2):
        side_letter(t, base)


@refused("side_letter_rates_are_fractions")
def a_side_letter_with_a_rate_below_zero(t, base):
    side_letter(t, base, carry_rate="-0.01")


def letter_of_tiers(t, base, **rates):
    tier(t, base)
    side_letter(t, base, **rates)


@refused("terms_agree_with_side_letters")
def a_preferred_return_of_ones_own_above_the_next_hurdle(t, base):
    letter_of_tiers(t, base, hurdle_rate="0.12")


@refused("terms_agree_with_side_letters")
def a_catch_up_of_ones_own_below_the_carry(t, base):
    letter_of_tiers(t, base, catch_up_rate="0.22")


@refused("terms_agree_with_side_letters")
def a_tier_below_the_preferred_return_of_a_side_letter(t, base):
    side_letter(t, base, hurdle_rate="0.12")
    tier(t, base)


@refused("side_letters_need_an_account_each")
def a_side_letter_where_all_share_one_account(t, base):
    t.add("fund_terms", fund_id=base.fund, created_by_id=t.person, scope="aggregate")
    side_letter(t, base, carry_rate="0.10")


@refused("side_letters_are_append_only", DENIED, role="owner")
def a_side_letter_rewritten(t, base):
    t.sql("UPDATE side_letters SET note = ''")


@refused("nav_not_negative")
def a_fund_worth_less_than_nothing(t, base):
    t.add("nav_entries", fund_id=base.fund, as_of=AT, amount="-1.00", created_by_id=t.person)


@refused("nav_entries_are_append_only", DENIED, role="owner")
def a_value_changed_afterwards(t, base):
    t.sql("UPDATE nav_entries SET amount = 0")


def value_of_a_deal(t, base, times=1, **changes):
    entry = t.add("nav_entries", fund_id=base.fund, as_of=AT, amount="5.00", created_by_id=t.person)
    deal = t.one("SELECT deal_id FROM fund_allocations WHERE id = %s", base.allocation)
    row = {"fund_id": base.fund, "entry_id": entry, "deal_id": deal, "amount": "5.00", **changes}
    for _ in range(times):
        t.add("nav_entry_deals", **row)


@refused("nav_entry_deal_once", UNIQUE)
def two_values_of_one_deal(t, base):
    value_of_a_deal(t, base, times=2)


@refused("values_of_deals_come_with_their_entry")
def a_value_added_to_an_entry_afterwards(t, base):
    entry = t.add("nav_entries", fund_id=base.fund, as_of=AT, amount="5.00", created_by_id=t.person)
    t.sql("SET CONSTRAINTS ALL IMMEDIATE")
    deal = t.one("SELECT deal_id FROM fund_allocations WHERE id = %s", base.allocation)
    t.add("nav_entry_deals", fund_id=base.fund, entry_id=entry, deal_id=deal, amount="5.00")


@refused("nav_entry_deal_not_negative")
def a_deal_worth_less_than_nothing(t, base):
    value_of_a_deal(t, base, amount="-1.00")


@refused("nav_entry_deal_of_fund", FOREIGN)
def a_value_in_the_entry_of_another_fund(t, base):
    value_of_a_deal(t, base, fund_id=base.strict)


@refused("nav_entries_are_append_only", DENIED, role="owner")
def the_value_of_a_deal_changed_afterwards(t, base):
    t.sql("UPDATE nav_entry_deals SET amount = 0")

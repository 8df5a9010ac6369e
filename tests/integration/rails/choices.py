"""Attempts on what a field may hold, and on what stays as it was written."""

from tests.integration.rails.funds import delivery, letter
from tests.integration.rails.world import UNIQUE, refused
from tests.support.trail import AT

_TERMS = (
    *("style", "scope", "compounding", "day_count", "order", "pref_start"),
    *("fee_allocation", "fee_base", "recallable_treatment"),
)


def _attempt(rail, write):
    def attempt(t, base):
        write(t, base)

    attempt.__name__ = rail
    refused(rail)(attempt)


for _column in _TERMS:
    _attempt(
        f"fund_terms_{_column}_known",
        lambda t, base, column=_column: t.terms(base.fund, **{"version": 9, column: "zz"}),
    )


@refused("funds_paper_size_known")
def paper_of_no_size(t, base):
    t.change("funds", base.fund, paper_size="zz")


@refused("funds_investments_split_by_known")
def investments_shared_by_no_key(t, base):
    t.change("funds", base.fund, investments_split_by="zz")


@refused("commitments_kind_known")
def a_partner_of_no_kind(t, base):
    t.commitment(base.fund, kind="zz")


@refused("commitments_standing_known")
def a_standing_that_is_none(t, base):
    t.change("commitments", base.a, standing="zz")


@refused("investors_kind_known")
def an_investor_of_no_kind(t, base):
    t.investor(kind="zz")


@refused("fund_memberships_role_known")
def a_role_that_is_none(t, base):
    t.sql(
        "INSERT INTO fund_memberships (fund_id, user_id, role) VALUES (%s, %s, 'zz')", t.fund(), base.person
    )


@refused("api_tokens_scope_known")
def a_token_without_bounds(t, base):
    times = {"created_at": AT, "expires_at": "2027-01-01"}
    t.add("api_tokens", user_id=base.person, name="x", scope="zz", token_sha256="x", **times)


@refused("notices_kind_known")
def a_letter_of_no_kind(t, base):
    letter(t, base, kind="zz", number="X", item_id=base.open.items[base.b], commitment_id=base.b)


@refused("notice_deliveries_state_known")
def a_mail_in_no_state(t, base):
    delivery(t, base, state="zz")


@refused("capital_call_lines_kind_known")
def a_line_of_no_kind(t, base):
    t.line(base.draft.id, base.fund, "1.00", kind="zz", position=7)


@refused("capital_call_lines_split_by_known")
def a_line_split_in_an_unknown_way(t, base):
    t.change("capital_call_lines", base.draft.lines[0], split_by="units")


@refused("capital_call_item_lines_basis_known")
def a_share_of_no_basis(t, base):
    t.sql("UPDATE capital_call_item_lines SET basis = 'zz' WHERE item_id = %s", base.draft.item)


@refused("distribution_tiers_kind_known")
def a_tier_of_no_kind(t, base):
    t.sql("UPDATE distribution_tiers SET kind = 'zz' WHERE distribution_id = %s", base.out.draft.id)


@refused("commitment_belongs_to_its_partner")
def a_gp_that_becomes_an_lp(t, base):
    t.change("commitments", base.out.gp, kind="lp")


@refused("membership_is_of_one_person")
def a_role_that_goes_over_to_another(t, base):
    t.sql(
        "INSERT INTO fund_memberships (fund_id, user_id, role) VALUES (%s, %s, 'analyst')",
        t.fund(),
        base.second,
    )
    t.sql("UPDATE fund_memberships SET user_id = %s WHERE user_id = %s", base.person, base.second)


@refused("contact_is_of_one_investor")
def a_contact_who_reads_for_another_investor(t, base):
    whose = "SELECT investor_id FROM commitments WHERE id = %s"
    first, other = (t.one(whose, one) for one in (base.a, base.b))
    t.sql(
        "INSERT INTO investor_contacts (investor_id, name, email, takes_notices) VALUES (%s, 'x', 'x@y.io', false)",
        first,
    )
    t.sql("UPDATE investor_contacts SET investor_id = %s WHERE investor_id = %s", other, first)


@refused("delivery_is_of_one_letter")
def a_mail_that_becomes_another_letters(t, base):
    delivery(t, base)
    t.sql("UPDATE notice_deliveries SET message_id = 'other@trail.example' WHERE notice_id = %s", base.notice)


@refused("tiers_come_with_their_terms")
def a_tier_of_ninety_percent_for_old_terms(t, base):
    t.add(
        "fund_terms_tiers",
        terms_id=base.out.terms,
        position=2,
        hurdle_rate="0.20",
        catch_up_rate="0",
        carry_rate="0.90",
    )


@refused("rates_are_fractions")
def more_withheld_than_there_is(t, base):
    t.investor(withholding_rate="1.5")


@refused("names_say_something")
def an_investor_without_a_name(t, base):
    t.investor(name=" \u2003\u200b")


@refused("names_say_something")
def a_name_that_turns_the_line(t, base):
    t.change("funds", base.fund, legal_name="Fund \u202e.P.L")


@refused("commitment_belongs_to_its_partner")
def a_commitment_under_another_reference(t, base):
    t.change("commitments", base.a, reference="other")


@refused("saved_view_name_once_per_list", UNIQUE)
def two_views_of_one_name(t, base):
    for _ in range(2):
        t.add("saved_views", user_id=base.person, page="capital:call_list", name="Mine", query="")

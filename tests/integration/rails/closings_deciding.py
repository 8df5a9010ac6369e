"""Attempts on the states of later closings, on what was submitted, and on who decides."""

from psycopg.types.json import Jsonb

from tests.integration.rails.closings import draft, waiting
from tests.integration.rails.world import DENIED, refused
from tests.support.trail import AT
from tests.support.trail_closings import SETTLED_AT, SUBMITTED_AT

# ---------------------------------------------------------------- states


@refused("closing_moves_along_its_states")
def a_closing_that_begins_settled(t, base):
    draft(t, base, status="settled")


@refused("closing_moves_along_its_states")
def a_draft_settled(t, base):
    values = {"inputs_sha256": "0" * 64, "submitted_at": AT, "submitted_by_id": t.person}
    t.approve_closing(draft(t, base), **values)


@refused("closing_moves_along_its_states")
def a_settled_closing_withdrawn(t, base):
    closing = t.settled(t.joined()).joined.closing
    t.change("closings", closing, status="cancelled", cancelled_at=AT, cancelled_by_id=t.person)


@refused("closing_status_known", role="owner")
def a_closing_in_no_known_state(t, base):
    t.sql("ALTER TABLE closings DISABLE TRIGGER USER")
    draft(t, base, status="guessed")


@refused("closing_submitted_at_with_by")
def a_closing_submitted_by_nobody(t, base):
    t.submit_closing(draft(t, base), submitted_by_id=None)


@refused("closing_approved_at_with_by")
def a_closing_approved_by_nobody(t, base):
    t.approve_closing(waiting(t, base), approved_by_id=None)


@refused("closing_cancelled_at_with_by")
def a_closing_withdrawn_by_nobody(t, base):
    t.change("closings", draft(t, base), status="cancelled", cancelled_at=AT)


@refused("closing_cancelled_at_with_status")
def a_closing_withdrawn_that_waits(t, base):
    t.change("closings", draft(t, base), cancelled_at=AT, cancelled_by_id=t.person)


@refused("closing_settled_was_approved")
def a_closing_settled_and_never_approved(t, base):
    t.approve_closing(waiting(t, base), approved_at=None, approved_by_id=None)


@refused("closing_submitted_has_inputs")
def a_closing_submitted_without_what_it_was_worked_out_from(t, base):
    t.submit_closing(draft(t, base), inputs_sha256="")


@refused("closing_admits_somebody")
def a_closing_that_admits_nobody(t, base):
    t.submit_closing(t.closing(base.fund, {}))


@refused("closing_has_one_rate")
def a_closing_without_a_rate(t, base):
    waiting(t, base, rate=None)


@refused("closing_has_one_rate")
def a_closing_with_a_rate_and_a_table(t, base):
    closing = draft(t, base)
    t.add("closing_rates", closing_id=closing, starts_on="2026-01-01", rate="0.05")
    t.submit_closing(closing)


# ---------------------------------------------------------------- what was submitted


def fixed(column, other):
    @refused("submitted_closing_is_fixed")
    def run(t, base):
        t.change("closings", waiting(t, base), **{column: other})

    run.__name__ = f"the_{column}_of_a_closing_that_waits"


for column, other in {
    "held_on": "2026-03-09",
    "pay_on": "2026-03-21",
    "rate": "0.01",
    "spread": "0.01",
    "fee_interest": "first_closing",
    "fees_inside": False,
    "general_partner_bears_interest": True,
    "inputs": Jsonb({"other": 1}),
    "inputs_sha256": "1" * 64,
    "revision": 9,
    "submitted_at": AT,
    "number": 99,
}.items():
    fixed(column, other)


@refused("submitted_closing_is_fixed")
def a_draft_that_names_a_call(t, base):
    t.change("closings", draft(t, base), call_id=base.open.id)


@refused("submitted_closing_is_fixed")
def a_settled_closing_that_names_another_call(t, base):
    settled = t.settled(t.joined())
    t.whole()
    t.change("closings", settled.joined.closing, call_id=None)


@refused("submitted_closing_is_fixed")
def another_admitted_while_it_waits(t, base):
    closing = waiting(t, base)
    t.whole()
    t.tranche(closing, base.fund, t.investor())


@refused("submitted_closing_is_fixed")
def a_tranche_raised_while_it_waits(t, base):
    closing = draft(t, base)
    tranche = t.tranche(closing, base.fund, t.investor())
    t.submit_closing(closing)
    t.change("closing_tranches", tranche, amount="2000.00")


@refused("submitted_closing_is_fixed")
def a_deal_left_out_while_it_waits(t, base):
    t.add("closing_exclusions", closing_id=waiting(t, base), deal_id=t.deal())


@refused("submitted_closing_is_fixed")
def a_rate_struck_after_settlement(t, base):
    closing = draft(t, base, rate=None)
    rate = t.add("closing_rates", closing_id=closing, starts_on="2026-01-01", rate="0.05")
    t.submit_closing(closing)
    t.sql("DELETE FROM closing_rates WHERE id = %s", rate)


@refused("submitted_closing_is_fixed")
def a_closing_sent_back_that_stays_submitted(t, base):
    t.change("closings", waiting(t, base), status="draft")


@refused("only_drafts_are_deleted")
def a_closing_deleted_while_it_waits(t, base):
    t.sql("DELETE FROM closings WHERE id = %s", waiting(t, base))


@refused("closings_keep_their_history", DENIED, role="owner")
def tranches_emptied(t, base):
    t.sql("TRUNCATE closing_tranches CASCADE")


@refused("four_eyes_as_the_fund_demands")
def a_closing_submitted_as_if_one_person_were_enough(t, base):
    closing = t.closing(base.strict, {t.investor(): "1000.00"})
    t.submit_closing(closing)


@refused("closing_approver_is_another")
def a_closing_settled_by_who_submitted_it(t, base):
    t.approve_closing(t.joined(second=base.second).closing)


@refused("submitted_closing_is_fixed")
def a_closing_settled_by_one_as_the_rule_is_dropped(t, base):
    t.approve_closing(t.joined(second=base.second).closing, four_eyes=False)


# ---------------------------------------------------------------- in turn


@refused("closings_are_settled_in_turn")
def a_closing_held_before_the_last_was_due(t, base):
    joined = t.joined()
    t.settled(joined)
    later = t.closing(joined.fund, {t.investor(): "1.00"}, held_on="2026-03-19", pay_on="2026-04-01")
    t.submit_closing(later, submitted_at=SETTLED_AT)
    t.approve_closing(later, approved_at="2026-03-21 12:00+00")


@refused("closings_are_settled_in_turn")
def a_closing_settled_before_the_last_was_paid(t, base):
    joined = t.joined()
    t.settled(joined)
    later = t.closing(joined.fund, {t.investor(): "1.00"}, held_on="2026-03-21", pay_on="2026-04-01")
    t.submit_closing(later, submitted_at=SETTLED_AT)
    t.approve_closing(later, approved_at="2026-03-21 12:00+00")


@refused("nothing_waits_beside_a_closing")
def a_closing_settled_while_a_call_waits(t, base):
    joined = t.joined()
    t.call(joined.fund, {joined.who["p"]: ["1.00"], joined.who["q"]: ["1.00"]}, status="pending_approval")
    t.settled(joined)


@refused("nothing_waits_beside_a_closing")
def a_closing_settled_while_a_distribution_is_not_issued(t, base):
    joined = t.joined()
    some = {name: {"return_of_capital": "1.00"} for name in joined.who.values()}
    t.distribution(t.terms(joined.fund), some, status="approved")
    t.settled(joined)


@refused("closing_not_ahead")
def a_closing_settled_before_its_day(t, base):
    t.settled(t.joined(), approved_at=SUBMITTED_AT)

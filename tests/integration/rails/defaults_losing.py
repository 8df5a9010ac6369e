"""Attempts on what a partner in default loses by rows, and on withdrawing a notice."""

from tests.integration.rails.defaults import LATER_AT, NOTICE_ON, UNTIL, Open, notice, opened, remedy
from tests.integration.rails.world import DENIED, FOREIGN, UNIQUE, allowed, refused

HALF = {"numerator": 1, "denominator": 2}
MOVING = {"kind": "forfeiture", "amount": "50000.00", "due_on": None, **HALF}


def loss(t, one, default=None, **values) -> int:
    return remedy(t, one, default or notice(t, one), **{**MOVING, **values})


def transfer(t, one, of, **values) -> int:
    """p's part of the interest to q, by the remedy."""
    row = {"fund_id": one.fund, "number": 1, "transferor_id": one.p, "transferee_id": one.q, "remedy_id": of}
    row |= {"parties_named": False, "note": "", "document": "", "effective_on": UNTIL, **HALF}
    row |= {"recorded_at": LATER_AT, "recorded_by_id": t.person, "approved_at": LATER_AT, "four_eyes": False}
    return t.add("transfers", **{**row, "approved_by_id": t.person, "reason": "Forfeiture", **values})


def event(t, one, of, who, kind, amount, **values):
    row = {"kind": kind, "effective_on": UNTIL, "reason": "Forfeiture", "transfer_id": of}
    t.promised(who, one.fund, amount, **{**row, "recorded_at": LATER_AT, "approved_at": LATER_AT, **values})


def forfeited(t, *, commitment="50000.00", of=None, more=None, moved=True, **values) -> tuple[Open, int]:
    """Half of the interest of p, which paid nothing yet, passes to q."""
    one = opened(t)
    of = of or loss(t, one, **(more or {}))
    if moved:
        made = transfer(t, one, of, **values)
        event(t, one, made, one.p, "transfer_out", f"-{commitment}")
        event(t, one, made, one.q, "transfer_in", commitment)
    return one, of


@allowed
def an_interest_that_is_forfeited(t, base):
    one, _ = forfeited(t)
    t.whole()
    sql = "SELECT committed FROM commitment_capital WHERE commitment_id = %s"
    assert (t.one(sql, one.p), t.one(sql, one.q)) == (50000, 150000)


def losing(rail, name, *more, **values):
    @refused(rail, *more)
    def run(t, base):
        forfeited(t, **values)

    run.__name__ = name


losing("default_remedy_fits_its_kind", "a_forfeiture_that_is_due", more={"due_on": "2026-05-01"})
losing("default_remedy_fits_its_kind", "a_forfeiture_with_costs", more={"costs": "1.00"})
losing("default_remedy_takes_a_share", "a_forfeiture_of_more_than_all", more={"numerator": 3})
losing(
    "default_remedy_takes_a_share", "a_forfeiture_of_no_share", more={"numerator": None, "denominator": None}
)
losing("forced_sale_has_a_buyer", "a_sale_to_nobody", more={"kind": "sale", "value": "1.00"})
losing(
    "loss_follows_the_time_to_cure", "a_forfeiture_while_it_may_be_cured", more={"effective_on": NOTICE_ON}
)
losing("remedy_moves_what_it_says", "a_forfeiture_that_moves_nothing", moved=False)
losing("remedy_moves_what_it_says", "a_forfeiture_of_another_day", effective_on="2026-04-04")
losing("remedy_leaves_what_is_owed", "a_cent_less_of_the_commitment", commitment="49999.99")
losing(
    "remedy_leaves_what_is_owed",
    "less_of_the_commitment_than_its_share",
    commitment="40000.00",
    more={"amount": "40000.00"},
)
losing(
    "remedy_moves_what_it_says",
    "a_reduction_that_is_not_in_the_register",
    moved=False,
    more={"kind": "reduction", "numerator": None, "denominator": None},
)


@refused("remedy_moves_what_it_says")
def a_forfeiture_of_who_paid(t, base):
    one = opened(t)
    made = transfer(t, one, loss(t, one), transferor_id=one.q, transferee_id=one.p)
    t.sql(
        "INSERT INTO transfer_rows (transfer_id, fund_id, row_id, amount) SELECT %s, fund_id, id, amount / 2"
        " FROM capital_transactions WHERE commitment_id = %s",
        made,
        one.q,
    )


@refused("remedy_moves_what_it_says")
def a_sale_to_another_than_the_buyer(t, base):
    one = opened(t)
    third = t.commitment(one.fund)
    of = loss(t, one, kind="sale", value="1.00", buyer_id=third, amount="1.00")
    transfer(t, one, of, numerator=1, denominator=1)


@refused("remedy_moves_what_it_says")
def interest_that_moves_an_interest(t, base):
    one = opened(t)
    transfer(t, one, remedy(t, one, notice(t, one)))


@refused("remedy_is_written_whole")
def a_transfer_by_a_remedy_of_before(t, base):
    one, of = forfeited(t)
    t.whole()
    transfer(t, one, of, number=2)


@refused("sale_to_partner_of_fund", FOREIGN)
def a_sale_to_a_partner_of_another_fund(t, base):
    loss(t, opened(t), kind="sale", value="1.00", buyer_id=base.a)


@refused("transfer_of_remedy", FOREIGN)
def a_transfer_by_a_remedy_of_another_fund(t, base):
    one, other = opened(t), opened(t)
    transfer(t, other, loss(t, one))


@refused("loss_follows_the_time_to_cure")
def a_forfeiture_of_what_was_cured(t, base):
    one = opened(t)
    given = notice(t, one)
    t.payment(one.call, one.p, "365.00")
    loss(t, one, given)


# ---------------------------------------------------------------- withdrawing a notice


def withdrawal(t, one, default, **values) -> int:
    row = {"default_id": default, "fund_id": one.fund, "reason": "Sent in error", "four_eyes": False}
    row |= {"requested_at": LATER_AT, "requested_by_id": t.person}
    return t.add(
        "default_withdrawals", **{**row, "approved_at": LATER_AT, "approved_by_id": t.person, **values}
    )


def withdrawing(rail, name, *more, second=False, **values):
    @refused(rail, *more)
    def run(t, base):
        one = opened(t, base.second if second else None)
        strict = {"four_eyes": True, "approved_by_id": base.second} if second else {}
        withdrawal(t, one, notice(t, one, **strict), **values)

    run.__name__ = name


@allowed
def a_notice_that_is_withdrawn_and_given_anew(t, base):
    one = opened(t)
    withdrawal(t, one, notice(t, one))
    t.whole()
    notice(t, one, number=2)
    t.whole()


withdrawing("default_withdrawal_has_reason", "withdrawn_for_no_reason", reason="")
withdrawing("default_withdrawal_decided_once", "withdrawn_and_not", rejected_at=LATER_AT, rejected_by_id=1)
withdrawing("default_withdrawal_approved_at_with_by", "withdrawn_by_nobody", approved_by_id=None)
withdrawing(
    "default_withdrawal_rejected_at_with_by",
    "a_withdrawal_turned_down_by_nobody",
    approved_at=None,
    approved_by_id=None,
    rejected_at=LATER_AT,
)
withdrawing("default_withdrawal_approver_is_another", "withdrawn_by_who_asked", second=True, four_eyes=True)
withdrawing("four_eyes_as_the_fund_demands", "withdrawn_as_if_one_were_enough", second=True)


@refused("withdrawal_of_default", FOREIGN)
def a_withdrawal_of_another_fund(t, base):
    one = opened(t)
    withdrawal(t, one, notice(t, one), fund_id=base.fund)


@refused("one_withdrawal_per_default", UNIQUE)
def a_notice_withdrawn_twice(t, base):
    one = opened(t)
    given = notice(t, one)
    for _ in range(2):
        withdrawal(t, one, given)


@refused("withdrawn_while_nothing_followed")
def a_notice_withdrawn_of_which_an_interest_was_forfeited(t, base):
    one = opened(t)
    given = notice(t, one)
    loss(t, one, given, approved_at=None, approved_by_id=None)
    withdrawal(t, one, given)


@refused("withdrawn_while_nothing_followed")
def a_notice_withdrawn_that_waits(t, base):
    one = opened(t)
    withdrawal(t, one, notice(t, one, approved_at=None, approved_by_id=None))


@refused("remedy_follows_its_notice")
def a_remedy_of_a_notice_that_was_withdrawn(t, base):
    one = opened(t)
    given = notice(t, one)
    withdrawal(t, one, given)
    remedy(t, one, given)


@refused("defaults_are_append_only", role="owner")
def a_withdrawal_that_changes(t, base):
    one = opened(t)
    found = withdrawal(t, one, notice(t, one))
    t.change("default_withdrawals", found, reason="Otherwise")


@refused("defaults_are_append_only", DENIED, role="owner")
def a_withdrawal_that_goes(t, base):
    one = opened(t)
    t.sql("DELETE FROM default_withdrawals WHERE id = %s", withdrawal(t, one, notice(t, one)))

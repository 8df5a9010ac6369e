"""Attempts on waived fees that a general partner uses, and on runs that are cancelled by themselves."""

from tests.integration.rails.fees import approved, billed, call, charged, following
from tests.integration.rails.fees_paid import back, owed, payment
from tests.integration.rails.world import DENIED, FOREIGN, UNIQUE, allowed, attempt, refused
from tests.support.trail import AT

USED_ON, ASKED_AT = "2026-02-16", "2026-02-16 12:00+00"


def decided(t, fund, **values) -> dict:
    who = {"fund_id": fund, "four_eyes": False, "recorded_at": ASKED_AT, "recorded_by_id": t.person}
    who |= {"approved_at": ASKED_AT, "approved_by_id": t.person, "effective_on": USED_ON}
    return {**who, **values}


def cancellation(t, one, **values) -> int:
    return t.add("fee_run_cancellations", **decided(t, one.fund, run_id=one.run, **{"reason": "x", **values}))


class Waived:
    """A run of which 100.00 was waived, and a general partner who owes 200.00 of a call."""

    def __init__(self, t, **values):
        self.t, self.values = t, values
        spared = {"waiver": "100.00", "net": "400.00"}
        self.run, _ = self._run(t, spared)
        self.fund = self.run.fund
        self.gp = t.commitment(self.fund, kind="gp")
        self.made = t.bare_call(self.fund, total_amount=200.0)
        line = t.line(self.made, self.fund, "200.00", kind="other")
        self.item = t.item(self.made, self.fund, self.gp, ["200.00"], [line])

    def _run(self, t, spared):
        one = charged(t, first=spared, net="900.00", waived="100.00")
        approved(t, one.run)
        made = call(t, one.fund, {one.p: "400.00", one.q: "500.00"})
        t.add("fee_bills", run_id=one.run, fund_id=one.fund, call_id=made)
        return one, made

    def use(self, **values) -> int:
        row = {"item_id": self.item, "amount": "60.00", "due_on": "2026-03-01", "reason": ""}
        return self.t.add("fee_waiver_uses", **decided(self.t, self.fund, **{**row, **values}))

    def ask(self, use, amount="60.00", kind="deemed_contribution", of=None) -> int:
        made = call(self.t, self.fund, {of or self.run.p: amount}, kind=kind)
        self.t.add("fee_waiver_calls", use_id=use, fund_id=self.fund, call_id=made)
        return made

    def deem(self, use, **values) -> int:
        row = {"amount": "60.00", "value_date": USED_ON, "method": "waived fee", "reference": ""}
        keys = {"fund_id": self.fund, "call_id": self.made, "item_id": self.item, "commitment_id": self.gp}
        who = {"recorded_at": ASKED_AT, "recorded_by_id": self.t.person}
        made = self.t.add("payments", waiver_use_id=use, **{**row, **keys, **who, **values})
        self.t.settle()
        return made

    def whole(self, **values) -> int:
        use = self.use(**values)
        self.ask(use)
        self.deem(use)
        return use


@allowed
def a_waived_fee_that_the_general_partner_uses(t, base):
    Waived(t).whole()


@allowed
def a_run_of_cash_that_is_cancelled_once_its_payment_came_back(t, base):
    one = owed(t)
    back(t, one, payment(t, one))
    cancellation(t, one)


for _rail, _name, _values in (
    ("fee_waiver_use_positive", "a_use_of_nothing", {"amount": "0.00"}),
    (
        "fee_waiver_use_decided_once",
        "a_use_approved_and_rejected",
        {"rejected_at": AT, "rejected_by_id": 1},
    ),
    ("fee_waiver_use_approved_at_with_by", "a_use_approved_by_nobody", {"approved_by_id": None}),
    (
        "fee_waiver_use_rejected_at_with_by",
        "a_use_rejected_by_nobody",
        {"approved_at": None, "approved_by_id": None, "rejected_at": AT},
    ),
):
    attempt(_rail, _name, lambda t, base, values=_values: Waived(t).use(**values))
for _rail, _name, _values in (
    ("fee_cancellation_has_reason", "a_run_cancelled_for_no_reason", {"reason": ""}),
    (
        "fee_cancellation_decided_once",
        "a_cancellation_approved_and_rejected",
        {"rejected_at": AT, "rejected_by_id": 1},
    ),
    ("fee_cancellation_approved_at_with_by", "a_cancellation_by_nobody", {"approved_by_id": None}),
    (
        "fee_cancellation_rejected_at_with_by",
        "a_cancellation_rejected_by_nobody",
        {"approved_at": None, "approved_by_id": None, "rejected_at": AT},
    ),
):
    attempt(_rail, _name, lambda t, base, values=_values: cancellation(t, owed(t), **values))


@refused("fee_cancellation_approver_is_another")
def a_cancellation_approved_by_who_asked(t, base):
    cancellation(t, owed(t, four_eyes=True), four_eyes=True)


@refused("fee_waiver_use_approver_is_another")
def a_use_approved_by_who_asked(t, base):
    item = base.open.item
    row = {"item_id": item, "amount": "1.00", "due_on": "2026-03-01", "reason": "", "four_eyes": True}
    t.add("fee_waiver_uses", **decided(t, base.strict, **row))


@refused("one_fee_waiver_use_waits_per_fund", UNIQUE)
def two_uses_that_wait(t, base):
    one = Waived(t)
    for _ in range(2):
        one.use(approved_at=None, approved_by_id=None)


@refused("fee_run_cancelled_once", UNIQUE)
def a_run_cancelled_twice(t, base):
    one = owed(t)
    for _ in range(2):
        cancellation(t, one)


@refused("fee_cancellation_of_run", FOREIGN)
def a_cancellation_of_a_run_of_another_fund(t, base):
    one = owed(t)
    values = decided(t, base.fund, run_id=one.run, reason="x")
    t.add("fee_run_cancellations", **values | {"approved_at": None, "approved_by_id": None})


@refused("fee_cancellation_of_a_run_without_a_call")
def a_run_that_a_call_asks_for_cancelled_by_itself(t, base):
    cancellation(t, billed(t)[0])


@refused("fee_cancellation_after_its_payment")
def a_run_cancelled_while_its_payment_stands(t, base):
    one = owed(t)
    payment(t, one)
    cancellation(t, one)


@refused("fee_calls_are_cancelled_in_turn")
def a_run_of_cash_cancelled_before_a_later_one(t, base):
    one = owed(t)
    approved(t, following(t, one))
    t.whole()
    cancellation(t, one)


@refused("fee_payment_pays_its_run")
def a_payment_of_a_run_that_is_cancelled(t, base):
    one = owed(t)
    cancellation(t, one)
    payment(t, one)


@refused("fee_waivers_are_used_once")
def more_used_than_was_waived(t, base):
    one = Waived(t)
    for _ in range(2):
        one.whole()


@refused("fee_waiver_use_is_posted_on_both_sides")
def a_use_that_nobody_pays_for(t, base):
    one = Waived(t)
    one.deem(one.use())


@refused("fee_waiver_use_is_posted_on_both_sides")
def a_use_that_pays_nothing(t, base):
    one = Waived(t)
    one.ask(one.use())


for _name, _asked, _deemed in (
    ("a_use_that_partners_pay_a_cent_less_of", {"amount": "59.99"}, {}),
    ("a_use_that_partners_pay_as_another_thing", {"kind": "other"}, {}),
    ("a_use_that_counts_on_another_day", {}, {"value_date": "2026-02-15"}),
    ("a_use_that_pays_a_cent_less", {}, {"amount": "59.99"}),
):

    def _posted(t, base, asked=_asked, deemed=_deemed):
        one = Waived(t)
        use = one.use()
        one.ask(use, **asked)
        one.deem(use, **deemed)

    attempt("fee_waiver_use_is_posted_on_both_sides", _name, _posted)


@refused("fee_waiver_use_is_posted_on_both_sides")
def a_use_that_the_general_partner_pays_itself(t, base):
    one = Waived(t)
    use = one.use()
    one.ask(use, of=one.gp)
    one.deem(use)


@refused("fee_waiver_use_is_posted_on_both_sides")
def a_call_for_the_general_partner_cancelled_while_it_counts_as_paid(t, base):
    one = Waived(t)
    use = one.use()
    made = one.ask(use)
    one.deem(use)
    t.whole()
    said = {"cancelled_at": AT, "cancelled_by_id": t.person, "cancel_reason": "x"}
    t.change("capital_calls", made, status="cancelled", **said)


@refused("fee_waiver_calls_use_id_key", UNIQUE)
def a_use_that_is_asked_for_twice(t, base):
    one = Waived(t)
    use = one.use()
    for _ in range(2):
        one.ask(use)


@refused("fee_waiver_calls_call_id_key", UNIQUE)
def a_call_that_asks_for_two_uses(t, base):
    one = Waived(t)
    made = one.ask(one.use())
    t.add("fee_waiver_calls", use_id=one.use(), fund_id=one.fund, call_id=made)


@refused("fee_waiver_call_of_use", FOREIGN)
def a_use_asked_for_by_another_fund(t, base):
    one = Waived(t)
    t.add("fee_waiver_calls", use_id=one.use(), fund_id=base.fund, call_id=base.open.id)


@refused("fee_waiver_call_of_call", FOREIGN)
def a_use_asked_for_by_a_call_of_another_fund(t, base):
    one = Waived(t)
    t.add("fee_waiver_calls", use_id=one.use(), fund_id=one.fund, call_id=base.open.id)


@refused("one_payment_per_use_of_a_waived_fee", UNIQUE)
def a_use_that_pays_twice(t, base):
    one = Waived(t)
    use = one.use()
    for _ in range(2):
        one.deem(use, amount="30.00")


@refused("payment_of_waiver_use", FOREIGN)
def a_part_of_another_fund_deemed_paid(t, base):
    one = Waived(t)
    keys = {"fund_id": base.fund, "call_id": base.open.id, "item_id": base.open.item}
    one.deem(one.use(), **keys, commitment_id=base.a, amount="1.00")


@refused("deemed_contribution_follows_a_waiver")
def a_call_for_the_general_partner_of_nothing_waived(t, base):
    one = Waived(t)
    call(t, one.fund, {one.run.p: "1.00"}, kind="deemed_contribution")


@refused("fee_rows_are_append_only", DENIED, role="owner")
def a_use_of_another_call(t, base):
    one = Waived(t)
    one.whole()
    t.sql("UPDATE fee_waiver_calls SET call_id = call_id + 1 WHERE fund_id = %s", one.fund)

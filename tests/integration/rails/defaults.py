"""Attempts on defaults: the notice, interest that is asked for and passed on, and what the others are asked for."""

from dataclasses import dataclass

from tests.integration.rails.world import CHECK, FOREIGN, UNIQUE, allowed, refused
from tests.support.trail import Call

NOTICE_ON, UNTIL, DUE_ON = "2026-03-10", "2026-04-05", "2026-05-01"
ASKED_AT, DONE_AT, LATER_AT = "2026-03-10 12:00+00", "2026-03-10 13:00+00", "2026-04-05 12:00+00"


@dataclass(frozen=True)
class Open:
    """A fund of two partners: p owes 365.00 of a call that was due on 1 March, a part of it for the fee; q paid."""

    fund: int
    p: int
    q: int
    call: Call


def opened(t, second=None) -> Open:
    strict = {"four_eyes": True, "approved_by_id": second} if second else {}
    fund = t.fund(**({"four_eyes": True} if second else {}))
    p, q = t.commitment(fund), t.commitment(fund)
    made = t.bare_call(fund, total_amount="730.00", **strict)
    lines = (
        t.line(made, fund, "600.00", position=1),
        t.line(made, fund, "130.00", position=2, kind="management_fee"),
    )
    items = {one: t.item(made, fund, one, ["300.00", "65.00"], lines) for one in (p, q)}
    call = Call(made, fund, lines, items)
    t.payment(call, q, "365.00")
    t.settle()
    return Open(fund, p, q, call)


def asked(t, **values) -> dict:
    who = {"four_eyes": False, "recorded_at": ASKED_AT, "recorded_by_id": t.person, "reason": "Clause 6.6"}
    return {**who, "approved_at": DONE_AT, "approved_by_id": t.person, **values}


def notice(t, one, **values) -> int:
    keys = {
        "fund_id": one.fund,
        "call_id": one.call.id,
        "item_id": one.call.items[one.p],
        "commitment_id": one.p,
    }
    terms = {
        "due_on": "2026-03-01",
        "effective_on": NOTICE_ON,
        "cure_by": "2026-03-17",
        "rate": "0.1",
        "cap": "0.5",
    }
    return t.add("defaults", **{"number": 1, **keys, **terms, **asked(t), **values})


def remedy(t, one, default, **values) -> int:
    """35 days of 365.00 at 10 % are 3.50."""
    row = {"default_id": default, "fund_id": one.fund, "number": 1, "kind": "interest", "amount": "3.50"}
    days = {"effective_on": UNTIL, "due_on": DUE_ON, "recorded_at": LATER_AT, "approved_at": LATER_AT}
    return t.add("default_remedies", **{**row, **asked(t), **days, **values})


def call(t, one, parts, *, of=None, **line) -> int:
    total = f"{sum(map(float, parts.values())):.2f}"
    made = t.bare_call(one.fund, total_amount=total, due_date=DUE_ON)
    facts = {"kind": "default_interest", "reduces_unfunded": False, "counts_as_called": False} | line
    of_call = t.line(made, one.fund, total, **facts)
    for commitment, amount in parts.items():
        item = t.add(
            "capital_call_items", call_id=made, fund_id=one.fund, commitment_id=commitment, amount=amount
        )
        counts = {name: facts[name] for name in ("reduces_unfunded", "counts_as_called")}
        keys = {"item_id": item, "line_id": of_call, "call_id": made, "fund_id": one.fund}
        t.add("capital_call_item_lines", commitment_id=commitment, amount=amount, **keys, **counts)
    if of:
        t.add("default_calls", remedy_id=of, fund_id=one.fund, call_id=made)
    return made


def passed_on(t, one, of, who=None, amount="3.50", **values) -> int:
    row = {"remedy_id": of, "until": UNTIL, "fund_id": one.fund, "commitment_id": who or one.q}
    money = {"capital": "0.00", "interest": amount, "amount": amount}
    return t.add("refunds", **{**row, **money, **values})


def charged(t, one=None, *, parts=None, on=True, **values) -> tuple[Open, int, int]:
    """Interest that is asked for and passed on; the open default, the remedy and its call."""
    one = one or opened(t)
    of = remedy(t, one, notice(t, one), **values)
    made = call(t, one, parts or {one.p: "3.50"}, of=of)
    if on:
        passed_on(t, one, of)
    return one, of, made


def part(t, one, of, who=None, amount="150.00", cap="182.50") -> int:
    row = {"remedy_id": of, "fund_id": one.fund, "commitment_id": who or one.q}
    return t.add("default_parts", **row, amount=amount, cap=cap)


def short(t, one=None, *, uncovered="150.00", amount="300.00", extra=None, line=None, **values):
    """The others are asked for 300.00, of which 150.00 stay uncovered."""
    one = one or opened(t)
    row = {"kind": "shortfall", "amount": amount, "uncovered": uncovered, "effective_on": NOTICE_ON}
    of = remedy(t, one, values.pop("default", None) or notice(t, one), **{**row, **values})
    part(t, one, of, **(extra or {}))
    amount = (extra or {}).get("amount", "150.00")
    who = (extra or {}).get("who", one.q)
    plain = {"kind": "other", "reduces_unfunded": True, "counts_as_called": True}
    made = call(t, one, {who: amount}, of=of, **(plain | (line or {})))
    return one, of, made


def cancelled(t, made) -> None:
    who = {"cancelled_at": LATER_AT, "cancelled_by_id": t.person, "cancel_reason": "x"}
    t.change("capital_calls", made, status="cancelled", **who)


@allowed
def interest_that_is_asked_for_and_paid_on(t, base):
    one, of, made = charged(t)
    t.whole()
    assert (
        t.one(
            "SELECT released FROM refund_capital r JOIN refunds x ON x.id = r.refund_id WHERE x.remedy_id = %s",
            of,
        )
        == 0
    )
    cancelled(t, made)
    again = remedy(
        t,
        one,
        t.one("SELECT default_id FROM default_remedies WHERE id = %s", of),
        number=2,
        approved_at="2026-04-05 13:00+00",
    )
    call(t, one, {one.p: "3.50"}, of=again)
    passed_on(t, one, again)


@allowed
def a_shortfall_with_what_is_uncovered(t, base):
    short(t)


def with_notice(rail, name, *more, second=False, **values):
    """An attempt to give notice otherwise."""

    @refused(rail, *more)
    def run(t, base):
        one = opened(t, base.second if second else None)
        notice(t, one, **{key: value(one) if callable(value) else value for key, value in values.items()})

    run.__name__ = name


with_notice("default_has_reason", "a_notice_for_no_reason", reason="")
with_notice("default_after_due_day", "a_notice_on_the_day_that_is_due", effective_on="2026-03-01")
with_notice("default_may_be_cured", "a_default_that_nobody_can_cure", cure_by="2026-03-09")
with_notice("default_terms_are_shares", "interest_of_two_hundred_percent", rate="2")
with_notice("default_decided_once", "a_notice_decided_twice", rejected_at=DONE_AT, rejected_by_id=1)
with_notice("default_approved_at_with_by", "a_notice_approved_by_nobody", approved_by_id=None)
with_notice(
    "default_rejected_at_with_by",
    "a_notice_turned_down_by_nobody",
    approved_at=None,
    approved_by_id=None,
    rejected_at=DONE_AT,
)
with_notice("four_eyes_as_the_fund_demands", "a_notice_as_if_one_were_enough", second=True)
with_notice("default_approver_is_another", "a_notice_approved_by_who_asked", second=True, four_eyes=True)
with_notice("default_not_ahead", "a_notice_of_tomorrow", effective_on="2026-03-11")
with_notice(
    "default_is_of_what_is_owed",
    "a_notice_to_who_paid",
    item_id=lambda one: one.call.items[one.q],
    commitment_id=lambda one: one.q,
)
with_notice("default_is_of_what_is_owed", "a_notice_from_an_earlier_day", due_on="2026-02-28")
with_notice("default_of_item", "a_notice_to_another_partner", FOREIGN, commitment_id=lambda one: one.q)
with_notice("defaults_day_count_known", "days_counted_otherwise", day_count="30/360")
with_notice("defaults_interest_to_known", "interest_to_nobody", interest_to="nobody")
with_notice("defaults_cap_base_known", "a_cap_of_nothing", cap_base="nothing")


@refused("default_number_once_per_fund", UNIQUE)
def two_defaults_of_one_number(t, base):
    one = opened(t)
    for decided in (
        {"approved_at": None, "approved_by_id": None, "rejected_at": DONE_AT, "rejected_by_id": t.person},
        {},
    ):
        notice(t, one, **decided)


@refused("one_default_per_item")
def two_notices_of_one_item(t, base):
    one = opened(t)
    for number in (1, 2):
        notice(t, one, number=number)


@refused("defaults_are_append_only", role="owner")
def the_rate_of_a_default_changed(t, base):
    t.change("defaults", notice(t, opened(t)), rate="0.2")


# ---------------------------------------------------------------- remedies


def with_remedy(rail, name, *more, second=False, given=None, **values):
    """An attempt to ask for interest otherwise."""

    @refused(rail, *more)
    def run(t, base):
        one = opened(t, base.second if second else None)
        strict = {"four_eyes": True, "approved_by_id": base.second} if second else {}
        remedy(t, one, notice(t, one, **strict, **(given or {})), **values)

    run.__name__ = name


with_remedy("default_remedy_positive", "interest_of_nothing", amount="0.00")
with_remedy("default_remedy_fits_its_kind", "interest_that_is_uncovered", uncovered="1.00")
with_remedy("default_remedies_kind_known", "a_remedy_of_no_kind", kind="curse")
with_remedy("default_remedy_decided_once", "a_remedy_decided_twice", rejected_at=DONE_AT, rejected_by_id=1)
with_remedy("default_remedy_approved_at_with_by", "a_remedy_approved_by_nobody", approved_by_id=None)
with_remedy(
    "default_remedy_rejected_at_with_by",
    "a_remedy_turned_down_by_nobody",
    approved_at=None,
    approved_by_id=None,
    rejected_at=DONE_AT,
)
with_remedy(
    "default_remedy_approver_is_another", "a_remedy_approved_by_who_asked", second=True, four_eyes=True
)
with_remedy("four_eyes_as_the_fund_demands", "a_remedy_as_if_one_were_enough", second=True)
with_remedy("default_not_ahead", "interest_up_to_tomorrow", effective_on="2026-04-06")
with_remedy("remedy_follows_its_notice", "interest_before_the_notice", effective_on="2026-03-09")
with_remedy(
    "remedy_follows_its_notice",
    "a_remedy_of_a_notice_that_waits",
    given={"approved_at": None, "approved_by_id": None},
)


@refused("remedy_of_default", FOREIGN)
def a_remedy_of_another_fund(t, base):
    one = opened(t)
    remedy(t, one, notice(t, one), fund_id=base.fund)


@refused("remedy_number_once_per_default", UNIQUE)
def two_remedies_of_one_number(t, base):
    one = opened(t)
    default = notice(t, one)
    for _ in range(2):
        remedy(t, one, default)


@refused("one_remedy_waits_per_default", UNIQUE)
def two_remedies_that_wait(t, base):
    one = opened(t)
    default = notice(t, one)
    for number in (1, 2):
        remedy(t, one, default, number=number, approved_at=None, approved_by_id=None)


@refused("default_call_asks_for_its_remedy")
def interest_that_nobody_is_asked_for(t, base):
    one = opened(t)
    passed_on(t, one, remedy(t, one, notice(t, one)))


@refused("default_call_asks_for_its_remedy")
def interest_asked_of_another(t, base):
    one = opened(t)
    charged(t, one, parts={one.q: "3.50"})


@refused("default_interest_is_what_accrued")
def interest_of_a_cent_more(t, base):
    one = opened(t)
    of = remedy(t, one, notice(t, one), amount="3.51")
    call(t, one, {one.p: "3.51"}, of=of)
    passed_on(t, one, of, amount="3.51")


@refused("default_interest_is_passed_on")
def interest_that_is_kept(t, base):
    charged(t, on=False)


@refused("default_interest_is_passed_on")
def interest_given_back_to_who_pays_it(t, base):
    one, of, _ = charged(t, on=False)
    passed_on(t, one, of, one.p)


@refused("default_interest_follows_a_default")
def interest_without_a_default(t, base):
    one = opened(t)
    call(t, one, {one.p: "3.50"})


@refused("default_interest_is_not_called", CHECK)
def interest_that_counts_as_called(t, base):
    one = opened(t)
    call(t, one, {one.p: "3.50"}, counts_as_called=True)


@refused("remedy_is_written_whole")
def interest_passed_on_later(t, base):
    one, of, _ = charged(t)
    t.whole()
    passed_on(t, one, of, t.commitment(one.fund), "1.00")


@refused("interest_passed_on_stays")
def the_call_of_interest_that_was_passed_on_cancelled(t, base):
    one, of, made = charged(t)
    t.whole()
    refund = t.one("SELECT id FROM refunds WHERE remedy_id = %s", of)
    item = t.one("SELECT id FROM capital_call_items WHERE call_id = %s", made)
    t.payment(Call(made, one.fund, (), {one.p: item}), one.p, "3.50", value_date=UNTIL)
    keys = {"refund_id": refund, "fund_id": one.fund, "commitment_id": one.q, "recorded_by_id": t.person}
    t.add("refund_payouts", **keys, amount="3.50", value_date=UNTIL, recorded_at=LATER_AT)
    cancelled(t, made)


@refused("one_share_of_interest_per_remedy_and_partner", UNIQUE)
def interest_passed_on_twice(t, base):
    one, of, _ = charged(t)
    passed_on(t, one, of)


@refused("refund_of_a_closing_or_of_interest", CHECK)
def capital_passed_on_as_interest(t, base):
    one, of, _ = charged(t, on=False)
    passed_on(t, one, of, capital="1.00", interest="2.50")


@refused("refund_of_remedy", FOREIGN)
def interest_passed_on_in_another_fund(t, base):
    one, of, _ = charged(t, on=False)
    passed_on(t, one, of, base.a, fund_id=base.fund)

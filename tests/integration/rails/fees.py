"""Attempts on fees: what is asked for, a run with its lines, and the call that bills it."""

import json
from dataclasses import dataclass

from tests.integration.rails.world import DENIED, FOREIGN, UNIQUE, allowed, attempt, refused
from tests.support.trail import AT

FIRST, AFTER = "2026-01-01", "2026-04-01"
ASKED_AT, BILLED_AT = "2026-02-10 12:00+00", "2026-02-15 12:00+00"
FIGURES = (
    *("gross", "discount", "true_up", "charged", "credit", "waiver", "let_off", "offset_opening"),
    *("recognised", "offset_applied", "net", "tax", "offset_carried", "credit_carried"),
)


@dataclass(frozen=True)
class Charged:
    """A fund of two partners with a fee from 2026 on, and its first run."""

    fund: int
    p: int
    q: int
    schedule: int
    run: int


def asked(t, table, fund, **values) -> int:
    """A row that counts at once."""
    who = {"four_eyes": False, "recorded_at": ASKED_AT, "recorded_by_id": t.person}
    who |= {"approved_at": ASKED_AT, "approved_by_id": t.person, "effective_on": "2026-01-01", "reason": ""}
    return t.add(table, **{"fund_id": fund, **who, **values})


def schedule(t, fund, **values) -> int:
    return asked(t, "fee_schedules", fund, **{"version": 1, "rate": "0.02", **values})


def letter(t, base, **values) -> int:
    return asked(t, "fee_letters", base.fund, **{"commitment_id": base.a, **values})


def income(t, base, **values) -> int:
    return asked(t, "fee_income", base.fund, **{"category": "other", "amount": "10.00", **values})


def event(t, base, **values) -> int:
    return asked(t, "fee_events", base.fund, **{"kind": "fee_ended", **values})


def realisation(t, base, **values) -> int:
    one = {"deal_id": t.base.out.deal, "amount": "10.00", **values}
    return asked(t, "fee_realisations", base.fund, **one)


def run(t, fund, **values) -> int:
    days = {"starts_on": "2026-01-01", "ends_on": "2026-04-01", "due_on": "2026-03-01"}
    sums = {"recognised": "0.00", "net": "1000.00", "tax": "0.00", "inputs": "{}", "inputs_sha256": "0"}
    row = {"number": 1, "approved_at": None, "approved_by_id": None, **days, **sums}
    return asked(t, "fee_runs", fund, **{**row, **values})


def line(t, fund, of_run, commitment, **values) -> int:
    row = {**dict.fromkeys(FIGURES, "0.00"), "gross": "500.00", "charged": "500.00", "net": "500.00"}
    keys = {"run_id": of_run, "fund_id": fund, "commitment_id": commitment}
    written = {**keys, **row, **values}
    return t.add("fee_run_lines", **{"parts": parts((FIRST, AFTER, written["gross"])), **written})


def parts(*days, discount="0") -> str:
    """Days, each from and to with what it comes to, as a line keeps them."""
    said = [{"from": start, "to": end, "gross": gross, "discount": discount} for start, end, gross in days]
    return json.dumps(said)


def charged(t, *, first=None, second=None, four_eyes=False, **values) -> Charged:
    fund = t.fund(four_eyes=four_eyes)
    p, q = t.commitment(fund), t.commitment(fund)
    since = schedule(t, fund, four_eyes=four_eyes, **({"approved_by_id": t.base.second} if four_eyes else {}))
    of_run = run(t, fund, **{"four_eyes": four_eyes, **values})
    line(t, fund, of_run, p, **(first or {}))
    line(t, fund, of_run, q, **(second or {}))
    return Charged(fund, p, q, since, of_run)


def approved(t, of_run, **values) -> None:
    t.change("fee_runs", of_run, **{"approved_at": BILLED_AT, "approved_by_id": t.person, **values})


def call(t, fund, parts, kind="management_fee") -> int:
    made = t.bare_call(fund, total_amount=sum(map(float, parts.values())))
    of_call = t.line(made, fund, sum(map(float, parts.values())), kind=kind)
    for commitment, amount in parts.items():
        t.item(made, fund, commitment, [amount], [of_call])
    return made


def billed(t, one=None, *, by=None, **values) -> tuple[Charged, int]:
    """A run that is approved, and its call."""
    one = one or charged(t, **values)
    approved(t, one.run, **({"approved_by_id": by} if by else {}))
    made = call(t, one.fund, {one.p: "500.00", one.q: "500.00"})
    t.add("fee_bills", run_id=one.run, fund_id=one.fund, call_id=made)
    return one, made


def following(t, one, **values) -> int:
    """The next run, of which nobody owes anything."""
    days = {"number": 2, "starts_on": "2026-04-01", "ends_on": "2026-07-01", "net": "0.00"}
    return of_nothing(t, one, **{**days, **values})


def of_nothing(t, one, starts_on=FIRST, ends_on=AFTER, **values) -> int:
    made = run(t, one.fund, starts_on=starts_on, ends_on=ends_on, **{"net": "0.00", **values})
    nothing = {"gross": "0.00", "charged": "0.00", "net": "0.00"}
    for partner in (one.p, one.q):
        line(t, one.fund, made, partner, parts=parts((starts_on, ends_on, "0.00")), **nothing)
    return made


@allowed
def a_fee_that_is_billed(t, base):
    billed(t)


@allowed
def a_fee_that_two_decided_and_its_call(t, base):
    billed(t, four_eyes=True, by=base.second)


@allowed
def a_fee_whose_call_is_cancelled_and_another_of_the_same_days(t, base):
    one, made = billed(t)
    t.whole()
    t.change(
        "capital_calls",
        made,
        status="cancelled",
        cancelled_at=AT,
        cancelled_by_id=t.person,
        cancel_reason="x",
    )
    approved(t, of_nothing(t, one, number=2))


# ---------------------------------------------------------------- what is asked for


@refused("fee_schedule_version_once", UNIQUE)
def two_schedules_of_one_version(t, base):
    schedule(t, base.fund)
    schedule(t, base.fund)


attempt(
    "fee_schedule_rates_are_fractions",
    "a_fee_of_more_than_all",
    lambda t, base: schedule(t, base.fund, rate="1.1"),
)
for _column in (
    "basis",
    "brought_by",
    "suspended_basis",
    "frequency",
    "time_rule",
    "offset_share",
    "offset_after_closing",
    "discount_order",
    "late_rule",
):
    attempt(
        f"fee_schedules_{_column}_known",
        f"a_schedule_of_no_such_{_column}",
        lambda t, base, column=_column: schedule(t, base.fund, **{column: "zz"}),
    )
attempt(
    "fee_letter_rates_are_fractions",
    "a_side_letter_of_more_than_all",
    lambda t, base: letter(t, base, own_rate="1.1"),
)
attempt(
    "fee_letter_has_a_rate_or_a_discount",
    "a_side_letter_of_both",
    lambda t, base: letter(t, base, own_rate="0.01", discount="0.1"),
)
attempt(
    "fee_letter_waives_no_less_than_nothing",
    "a_side_letter_that_adds",
    lambda t, base: letter(t, base, waived="-1.00"),
)
attempt(
    "fee_letter_of_partner",
    "a_side_letter_of_a_partner_of_another_fund",
    lambda t, base: letter(t, base, commitment_id=base.c),
    FOREIGN,
)
attempt("fee_income_positive", "fee_income_of_nothing", lambda t, base: income(t, base, amount="0.00"))
attempt(
    "fee_income_offset_is_a_fraction",
    "fee_income_offset_twice",
    lambda t, base: income(t, base, offset_rate="2"),
)
attempt(
    "fee_income_category_known", "fee_income_of_no_category", lambda t, base: income(t, base, category="zz")
)
attempt(
    "dated_row_not_ahead",
    "fee_income_of_tomorrow",
    lambda t, base: income(t, base, effective_on="2026-02-11"),
)

_WRITERS = {"fee_schedule": lambda t, base, **v: schedule(t, base.fund, **v), "fee_letter": letter}
_WRITERS |= {"fee_event": event, "fee_realisation": realisation}
_WRITERS |= {"fee_income": income, "fee_run": lambda t, base, **v: run(t, base.fund, **v)}
for _prefix, _write in _WRITERS.items():
    attempt(
        f"{_prefix}_decided_once",
        f"a_{_prefix}_approved_and_rejected",
        lambda t, base, write=_write: write(
            t,
            base,
            approved_at=AT,
            approved_by_id=t.person,
            rejected_at=AT,
            rejected_by_id=t.person,
        ),
    )
    attempt(
        f"{_prefix}_approved_at_with_by",
        f"a_{_prefix}_approved_by_nobody",
        lambda t, base, write=_write: write(t, base, approved_at=AT, approved_by_id=None),
    )
    attempt(
        f"{_prefix}_rejected_at_with_by",
        f"a_{_prefix}_rejected_by_nobody",
        lambda t, base, write=_write: write(t, base, approved_at=None, approved_by_id=None, rejected_at=AT),
    )
    attempt(
        f"{_prefix}_approver_is_another",
        f"a_{_prefix}_approved_by_who_asked",
        lambda t, base, write=_write: write(
            t,
            strict(base),
            four_eyes=True,
            approved_at=AT,
            approved_by_id=t.person,
        ),
    )


def strict(base):
    """The base with its strict fund in front."""

    @dataclass(frozen=True)
    class Strict:
        fund: int = base.strict
        a: int = base.c

    return Strict()


attempt(
    "four_eyes_as_the_fund_demands",
    "a_fee_schedule_under_another_rule",
    lambda t, base: schedule(t, base.strict),
)


@refused("fee_rows_are_append_only", role="owner")
def a_schedule_of_another_rate(t, base):
    t.change("fee_schedules", schedule(t, base.fund), rate="0.01")


@refused("fee_rows_are_append_only", DENIED, role="owner")
def a_line_of_another_amount(t, base):
    one = charged(t)
    t.sql("UPDATE fee_run_lines SET net = 1 WHERE run_id = %s", one.run)


# ---------------------------------------------------------------- runs


@refused("fee_run_number_once_per_fund", UNIQUE)
def two_runs_of_one_number(t, base):
    one = charged(t)
    run(t, one.fund, approved_at=AT, approved_by_id=t.person)


@refused("one_fee_run_waits_per_fund", UNIQUE)
def two_runs_that_wait(t, base):
    one = charged(t)
    run(t, one.fund, number=2)


attempt("fee_run_has_days", "a_run_of_no_day", lambda t, base: run(t, base.fund, ends_on="2026-01-01"))
attempt("fee_run_not_below_nothing", "a_run_below_nothing", lambda t, base: run(t, base.fund, net="-1.00"))
attempt("fee_run_has_inputs", "a_run_from_nothing", lambda t, base: run(t, base.fund, inputs_sha256=""))
attempt("fee_run_adds_up_to_its_lines", "a_run_of_a_cent_more", lambda t, base: charged(t, net="1000.01"))


def late() -> dict:
    """The lines of a run that begins a day too late."""
    return {name: {"parts": parts(("2026-01-02", AFTER, "500.00"))} for name in ("first", "second")}


attempt(
    "fee_runs_follow_one_another",
    "a_run_that_leaves_days_out",
    lambda t, base: charged(t, **late(), starts_on="2026-01-02"),
)


@refused("fee_runs_follow_one_another")
def a_second_run_of_the_same_days(t, base):
    one, _ = billed(t)
    t.whole()
    run(t, one.fund, number=2, net="0.00")


attempt("fee_line_adds_up", "a_line_of_a_cent_more", lambda t, base: charged(t, first={"net": "500.01"}))
attempt(
    "fee_offset_is_carried_forward",
    "an_offset_that_is_lost",
    lambda t, base: charged(t, first={"offset_opening": "1.00"}),
)
attempt(
    "fee_line_not_below_nothing",
    "a_line_below_nothing",
    lambda t, base: charged(t, first={"gross": "0.00", "true_up": "-1.00", "net": "-1.00"}),
)
attempt(
    "one_line_per_fee_run_and_partner",
    "two_lines_of_a_partner",
    lambda t, base: (lambda one: line(t, one.fund, one.run, one.p))(charged(t)),
    UNIQUE,
)


@refused("fee_line_of_partner", FOREIGN)
def a_line_of_a_partner_of_another_fund(t, base):
    one = charged(t)
    line(t, one.fund, one.run, base.a)


@refused("fee_line_of_run", FOREIGN)
def a_line_of_another_fund_than_its_run(t, base):
    one = charged(t)
    line(t, base.fund, one.run, base.a)


@refused("fee_run_is_written_whole")
def a_line_of_a_run_that_is_written(t, base):
    one, _ = billed(t)
    t.whole()
    line(t, one.fund, one.run, t.commitment(one.fund), gross="0.00", charged="0.00", net="0.00")


@refused("fee_offsets_go_on_from_the_run_before")
def an_offset_out_of_nothing(t, base):
    some = {"offset_opening": "1.00", "offset_applied": "1.00", "net": "499.00"}
    one = charged(t, first=some, net="999.00")
    approved(t, one.run)
    made = call(t, one.fund, {one.p: "499.00", one.q: "500.00"})
    t.add("fee_bills", run_id=one.run, fund_id=one.fund, call_id=made)


@refused("fee_credits_go_on_from_the_run_before")
def a_credit_out_of_nothing(t, base):
    one = charged(t, first={"credit": "1.00", "net": "499.00"}, net="999.00")
    approved(t, one.run)
    made = call(t, one.fund, {one.p: "499.00", one.q: "500.00"})
    t.add("fee_bills", run_id=one.run, fund_id=one.fund, call_id=made)


@refused("fee_run_charges_every_partner")
def a_run_that_leaves_a_partner_out(t, base):
    one = charged(t)
    t.commitment(one.fund)
    approved(t, one.run)
    made = call(t, one.fund, {one.p: "500.00", one.q: "500.00"})
    t.add("fee_bills", run_id=one.run, fund_id=one.fund, call_id=made)

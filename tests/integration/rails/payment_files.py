"""Attempts on payment files: what goes into one, who lets it go, and what becomes of it."""

from dataclasses import dataclass
from hashlib import sha256
from uuid import uuid4

from tests.integration.rails import payees
from tests.integration.rails.banking import account
from tests.integration.rails.world import DENIED, FOREIGN, UNIQUE, allowed, attempt, refused
from tests.support.trail import AT

CONTENT = b"pay"


@dataclass(frozen=True)
class Filed:
    """A file that pays 10.00 to x of `base.out`, whose account is verified."""

    file: int
    line: int
    details: int


def verified(t, base, partner, **values) -> int:
    of = {"fund_id": base.out.fund, "commitment_id": partner}
    about = payees.details(t, base, **of, **values)
    payees.call(
        t, base, about, on=payees.number(t, base, **of, number=f"+1212555{about:04}"), fund_id=base.out.fund
    )
    payees.verify(t, base, about)
    return about


def file(t, base, **values) -> int:
    fund = values.setdefault("fund_id", base.out.fund)
    values.setdefault("account_id", None)
    of = values.pop("account_id") or account(t, fund, number=f"44{t.person}{uuid4().int % 10**9}")
    row = {
        "account_id": of,
        "number": 1,
        "format": "csv",
        "pay_on": "2026-03-01",
        "count": 1,
        "total": "10.00",
    }
    row |= {"message_id": "M", "content": CONTENT, "sha256": sha256(CONTENT).hexdigest(), "new_since": AT}
    return t.add(
        "payment_files", **row | {"four_eyes": False, "created_at": AT, "created_by_id": t.person} | values
    )


def line(t, base, of, details, **values) -> int:
    row = {"fund_id": base.out.fund, "file_id": of, "n": 1, "kind": "payout", "row_id": base.out.unpaid.item}
    row |= {"commitment_id": base.out.x, "payee_details_id": details, "amount": "10.00", "what": "D"}
    return t.add(
        "payment_file_lines", **row | {"end_to_end_id": uuid4().hex[:30], "uetr": str(uuid4())} | values
    )


def filed(t, base, details=None, **values) -> Filed:
    details = details or verified(t, base, base.out.x)
    made = file(t, base, **values)
    return Filed(made, line(t, base, made, details), details)


def decide(t, base, one: Filed, *verbs, by=None, **values) -> None:
    """Each verb by the second person."""
    who = by or base.second
    for verb in verbs:
        t.change("payment_files", one.file, **{f"{verb}_at": AT, f"{verb}_by_id": who} | values)


def left(t, base) -> Filed:
    one = filed(t, base)
    decide(t, base, one, "approved", "handed_over")
    return one


@allowed
def a_file_that_is_withdrawn_and_another_that_the_bank_answers(t, base):
    one = filed(t, base)
    t.whole()
    decide(t, base, one, "approved")
    decide(t, base, one, "withdrawn", note="No")
    two = filed(t, base, one.details, number=2)
    decide(t, base, two, "approved", "handed_over")
    decide(t, base, two, "answered", answer="refused", note="Closed")
    three = filed(t, base, one.details, number=3)
    decide(t, base, three, "approved", "handed_over")
    decide(t, base, three, "answered", answer="accepted")
    t.change("payment_file_lines", three.line, ending="returned", ended_at=AT)
    decide(t, base, filed(t, base, one.details, number=4), "rejected")


@refused("payout_is_in_one_live_file", UNIQUE)
def a_payout_in_two_files(t, base):
    one = filed(t, base)
    filed(t, base, one.details, number=2)


@refused("payment_file_number_once", UNIQUE)
def two_files_of_one_number(t, base):
    file(t, base)
    file(t, base)


attempt("payment_file_pays_something", "a_file_of_nothing", lambda t, base: file(t, base, total="0.00"))
attempt("four_eyes_as_the_fund_demands", "a_file_of_more_eyes", lambda t, base: file(t, base, four_eyes=True))
attempt(
    "four_eyes_as_the_fund_demands",
    "a_file_of_fewer_eyes_than_the_fund_asks_for",
    lambda t, base: file(t, base, fund_id=base.strict),
)
attempt("payment_files_format_known", "a_file_of_no_format", lambda t, base: file(t, base, format="pdf"))
attempt(
    "payment_file_knows_what_is_new",
    "a_file_that_takes_nothing_for_new",
    lambda t, base: file(t, base, new_since="2031-01-01 00:00+00"),
)
attempt(
    "payment_file_facts_are_kept",
    "a_file_that_begins_approved",
    lambda t, base: file(t, base, approved_at=AT, approved_by_id=base.second),
)
attempt(
    "payment_file_of_account",
    "a_file_out_of_the_account_of_another_fund",
    lambda t, base: file(t, base, account_id=account(t, base.fund)),
    FOREIGN,
)


@refused("payment_file_adds_up")
def a_file_of_another_sum(t, base):
    filed(t, base, total="10.01")


@refused("payment_file_adds_up")
def a_file_without_its_payments(t, base):
    file(t, base)


@refused("payment_file_is_written_whole")
def a_payment_that_comes_later(t, base):
    one = filed(t, base)
    t.whole()
    line(t, base, one.file, one.details, n=2, kind="refund_payout")


@refused("payment_goes_to_the_account_in_force")
def a_payment_to_an_account_that_is_not_verified(t, base):
    waiting = payees.details(t, base, fund_id=base.out.fund, commitment_id=base.out.x)
    line(t, base, file(t, base), waiting)


@refused("payment_goes_to_the_account_in_force")
def a_payment_to_another_partners_account(t, base):
    line(t, base, file(t, base), verified(t, base, base.out.y))


for _name, _values in (
    ("a_payment_of_less_than_is_owed", {"amount": "9.99"}),
    ("a_payment_of_what_nobody_is_owed", {"row_id": 0}),
):
    attempt(
        "payment_is_of_what_is_owed",
        _name,
        lambda t, base, v=_values: line(t, base, file(t, base), verified(t, base, base.out.x), **v),
    )


@refused("payment_is_of_what_is_owed")
def a_payment_of_what_was_paid(t, base):
    line(t, base, file(t, base), verified(t, base, base.out.x), row_id=base.out.sent.item, amount="300.00")


for _name, _rail, _values, _state in (
    ("a_payment_of_no_kind", "payment_file_lines_kind_known", {"kind": "gift"}, None),
    (
        "a_payment_that_begins_ended",
        "payment_file_is_written_whole",
        {"ending": "returned", "ended_at": AT},
        None,
    ),
    ("a_payment_of_another_fund", "payment_line_of_file", {"fund_id": -1}, FOREIGN),
):
    attempt(
        _rail,
        _name,
        lambda t, base, v=_values: line(
            t,
            base,
            file(t, base),
            verified(t, base, base.out.x),
            **({"fund_id": base.fund} if v.get("fund_id") else v),
        ),
        *([_state] if _state else []),
    )


@refused("payment_line_of_partner", FOREIGN)
def a_refund_to_a_partner_of_another_fund(t, base):
    about = payees.details(t, base)
    payees.call(t, base, about)
    payees.verify(t, base, about)
    line(t, base, file(t, base), about, commitment_id=base.a, kind="refund_payout")


@refused("payment_line_pays_something")
def a_refund_of_nothing(t, base):
    line(t, base, file(t, base), verified(t, base, base.out.x), kind="refund_payout", amount="0.00")


@refused("payment_line_place_once", UNIQUE)
def two_payments_in_one_place(t, base):
    one = filed(t, base)
    line(t, base, one.file, one.details, kind="refund_payout")


@refused("payment_line_id_once", UNIQUE)
def two_payments_of_one_id(t, base):
    details = verified(t, base, base.out.x)
    made = file(t, base, count=2, total="20.00")
    line(t, base, made, details, end_to_end_id="E")
    line(t, base, made, details, kind="refund_payout", n=2, end_to_end_id="E")


@refused("payment_file_stays_as_written", role="owner")
def the_sum_of_a_file_changed(t, base):
    t.change("payment_files", filed(t, base).file, total="11.00")


@refused("payment_files_are_kept", DENIED, role="owner")
def a_file_that_is_removed(t, base):
    t.sql("DELETE FROM payment_files WHERE id = %s", filed(t, base).file)


@refused("payment_file_facts_are_kept")
def an_approval_that_is_dated_anew(t, base):
    one = filed(t, base)
    decide(t, base, one, "approved")
    t.change("payment_files", one.file, approved_at="2026-02-11 12:00+00")


@refused("payment_file_facts_are_kept")
def a_file_that_is_approved_after_it_was_turned_down(t, base):
    one = filed(t, base)
    decide(t, base, one, "rejected", "approved")


@refused("payment_file_is_decided_once")
def a_file_that_is_approved_and_turned_down(t, base):
    one = filed(t, base)
    decide(t, base, one, "approved", "rejected")


def _strict(t, base, **values) -> Filed:
    """A file of a fund with four eyes, by a third person, to an account that `t.person` entered."""
    details = payees.details(t, base, fund_id=base.strict, commitment_id=base.c)
    on = payees.number(t, base, fund_id=base.strict, commitment_id=base.c)
    payees.call(t, base, details, on=on, fund_id=base.strict)
    payees.verify(t, base, details)
    row = {"fund_id": base.strict, "four_eyes": True, "created_by_id": t.user()}
    made = file(t, base, **row | values)
    owed = {"fund_id": base.strict, "commitment_id": base.c, "kind": "refund_payout", "row_id": 1}
    return Filed(made, line(t, base, made, details, **owed), details)


@refused("payment_file_approver_is_another")
def ones_own_file(t, base):
    decide(t, base, _strict(t, base, created_by_id=t.person), "approved", by=t.person)


@refused("payment_file_approver_entered_no_account")
def a_file_to_an_account_that_one_entered_just_now(t, base):
    decide(t, base, _strict(t, base, new_since="2026-01-01 12:00+00"), "approved", by=t.person)


def _stale(t, base, one: Filed) -> None:
    payees.details(t, base, fund_id=base.out.fund, commitment_id=base.out.x, version=2)


@refused("payment_file_is_as_things_stand")
def a_file_approved_while_another_account_waits(t, base):
    one = filed(t, base)
    _stale(t, base, one)
    decide(t, base, one, "approved")


@refused("payment_file_is_as_things_stand")
def a_file_taken_while_another_account_waits(t, base):
    one = filed(t, base)
    decide(t, base, one, "approved")
    _stale(t, base, one)
    decide(t, base, one, "handed_over")


@refused("payment_file_is_as_things_stand")
def a_file_taken_though_its_payment_was_made(t, base):
    one = filed(t, base)
    decide(t, base, one, "approved")
    t.payout(base.out.unpaid, base.out.x, payee_details_id=one.details)
    decide(t, base, one, "handed_over")


@refused("payment_file_is_approved_before_it_leaves")
def a_file_taken_before_it_was_approved(t, base):
    decide(t, base, filed(t, base), "handed_over")


@refused("payment_file_is_withdrawn_before_it_leaves")
def a_file_withdrawn_once_it_left(t, base):
    decide(t, base, left(t, base), "withdrawn", note="No")


@refused("payment_file_is_withdrawn_before_it_leaves")
def a_file_withdrawn_without_a_reason(t, base):
    one = filed(t, base)
    decide(t, base, one, "approved", "withdrawn")


@refused("payment_file_is_answered_once_it_left")
def an_answer_to_what_did_not_leave(t, base):
    one = filed(t, base)
    decide(t, base, one, "approved")
    decide(t, base, one, "answered", answer="accepted")


@refused("payment_file_says_why_it_was_refused")
def a_refusal_without_why(t, base):
    decide(t, base, left(t, base), "answered", answer="refused")


@refused("payment_files_answer_known")
def an_answer_that_is_none(t, base):
    decide(t, base, left(t, base), "answered", answer="maybe")


for _verb in ("approved", "rejected", "withdrawn", "handed_over", "answered"):
    attempt(
        f"payment_file_{_verb}_at_with_by",
        f"a_file_{_verb}_by_nobody",
        lambda t, base, v=_verb: t.change(
            "payment_files",
            left(t, base).file if v == "answered" else filed(t, base).file,
            **{f"{v}_by_id": base.second},
        ),
    )

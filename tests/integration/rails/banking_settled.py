"""Attempts on what persons say of bank entries: decisions, rules, wires of the books, and whose cash is."""

from tests.integration.rails.banking import (
    Banked,
    again,
    banked,
    entry,
    file,
    posted,
    posting,
    statement,
)
from tests.integration.rails.world import DENIED, FOREIGN, UNIQUE, allowed, attempt, refused


def rule(t, fund, **values) -> int:
    row = {
        "fund_id": fund,
        "number": 1,
        "version": 1,
        "side": "out",
        "text_holds": "fee",
        "entry_class": "tax",
    }
    return t.add("entry_rules", **{**row, "retired": False, "recorded_by_id": t.person, **values})


def decision(t, one, **values) -> int:
    row = {
        "fund_id": one.fund,
        "entry_id": one.entry,
        "version": 1,
        "kind": "classified",
        "entry_class": "tax",
    }
    return t.add("entry_decisions", **{**row, "recorded_by_id": t.person, **values})


def move(t, one, **values) -> int:
    row = {"fund_id": one.fund, "entry_id": one.entry, "kind": "receipt_return", "row_id": 1}
    return t.add("entry_moves", **{**row, "recorded_by_id": t.person, **values})


def sent_back(t, one, amount="50.00") -> int:
    row = {"receipt_id": one.receipt, "fund_id": one.fund, "amount": amount, "value_date": "2026-02-10"}
    return t.add("receipt_returns", **row, reason="Not ours", recorded_by_id=t.person)


def went_out(t, fund=None) -> Banked:
    """The same, of which a second statement says that 50.00 went out again."""
    one = banked(t, fund)
    second = again(t, one, opening="150.00", closing="100.00")
    out = entry(t, one.fund, one.account, second, amount="-50.00")
    return Banked(one.fund, one.account, one.file, second, out, one.receipt)


def holder(t, base, **values) -> int:
    fund = values.pop("fund_id", base.fund)
    row = {"fund_id": fund, "receipt_id": t.receipt(fund, "5.00"), "version": 1, "commitment_id": base.a}
    return t.add("receipt_holders", **{**row, "recorded_by_id": t.person, **values})


@allowed
def a_word_that_is_taken_back_and_said_anew_and_a_wire_that_went_back(t, base):
    one = banked(t)
    decision(t, one, rule_id=rule(t, one.fund))
    decision(t, one, version=2, kind="undone", entry_class="")
    decision(t, one, version=3, kind="ignored", entry_class="", note="Mine")
    rule(t, one.fund, version=2, retired=True)
    other = went_out(t)
    move(t, other, row_id=sent_back(t, other))
    holder(t, base)


@refused("bank_decisions_are_append_only", DENIED, role="owner")
def a_word_that_is_changed(t, base):
    t.change("entry_decisions", decision(t, banked(t)), entry_class="interest")


@refused("entry_is_settled_once")
def a_word_about_what_is_posted(t, base):
    decision(t, posted(t))


@refused("entry_is_settled_once")
def a_word_about_what_has_one(t, base):
    one = banked(t)
    decision(t, one)
    decision(t, one, version=2)


@refused("entry_is_settled_once")
def a_receipt_of_what_has_a_word(t, base):
    one = banked(t)
    decision(t, one)
    posting(t, one)


@refused("entry_is_settled_once")
def a_wire_of_what_has_a_word(t, base):
    one = went_out(t)
    decision(t, one)
    move(t, one, row_id=sent_back(t, one))


@refused("moves_come_to_their_entry")
def a_wire_of_a_cent_less(t, base):
    one = went_out(t)
    move(t, one, row_id=sent_back(t, one, "49.99"))


@refused("moves_come_to_their_entry")
def a_wire_of_another_fund(t, base):
    one, other = went_out(t), went_out(t)
    move(t, one, row_id=sent_back(t, other))


@refused("entry_move_once", UNIQUE)
def a_wire_that_is_two_entries(t, base):
    one = went_out(t)
    row = sent_back(t, one)
    move(t, one, row_id=row)
    third = statement(
        t, one.fund, one.account, file(t, one.fund, b":20:S3"), opening="100.00", closing="50.00"
    )
    move(t, one, row_id=row, entry_id=entry(t, one.fund, one.account, third, amount="-50.00", occurrence=2))


@refused("entry_decision_version_once", UNIQUE, role="owner")
def two_words_of_one_version(t, base):
    t.sql("ALTER TABLE entry_decisions DISABLE TRIGGER guard_entry_decision")
    one = banked(t)
    decision(t, one)
    decision(t, one)


for _name, _rail, _values in (
    ("a_word_of_no_class", "entry_decision_names_a_class", {"entry_class": ""}),
    ("a_word_of_a_class_that_is_none", "entry_decisions_entry_class_known", {"entry_class": "gift"}),
    ("a_word_of_no_kind", "entry_decisions_kind_known", {"kind": "said", "entry_class": ""}),
    (
        "a_word_that_leaves_aside_without_why",
        "entry_decision_says_why",
        {"kind": "ignored", "entry_class": ""},
    ),
    ("a_word_that_skips_one", "decisions_count_on", {"version": 2}),
    ("nothing_that_is_taken_back", "only_a_word_is_taken_back", {"kind": "undone", "entry_class": ""}),
):
    attempt(_rail, _name, lambda t, base, v=_values: decision(t, banked(t), **v))

attempt(
    "decision_of_entry",
    "a_word_about_an_entry_of_another_fund",
    lambda t, base: decision(t, banked(t), fund_id=base.fund),
    FOREIGN,
)
attempt(
    "decision_of_rule",
    "a_word_by_the_rule_of_another_fund",
    lambda t, base: decision(t, banked(t), rule_id=rule(t, base.fund)),
    FOREIGN,
)
attempt("entry_moves_kind_known", "a_wire_of_no_kind", lambda t, base: move(t, went_out(t), kind="gift"))


@refused("entry_move_of_entry", FOREIGN)
def a_wire_said_in_another_fund(t, base):
    one = went_out(t)
    other = Banked(base.fund, one.account, one.file, one.statement, one.entry, t.receipt(base.fund, "50.00"))
    move(t, other, row_id=sent_back(t, other))


for _name, _rail, _values in (
    ("a_rule_that_asks_for_nothing", "entry_rule_asks_for_something", {"text_holds": ""}),
    ("a_rule_whose_bounds_cross", "entry_rule_has_bounds_in_order", {"least": "2", "most": "1"}),
    ("a_rule_of_no_side", "entry_rules_side_known", {"side": "up"}),
    ("a_rule_of_no_class", "entry_rules_entry_class_known", {"entry_class": "gift"}),
    ("a_rule_that_skips_a_version", "versions_count_on", {"version": 2}),
):
    attempt(_rail, _name, lambda t, base, v=_values: rule(t, base.fund, **v))


@refused("entry_rule_version_once", UNIQUE, role="owner")
def a_rule_of_one_version_twice(t, base):
    t.sql("ALTER TABLE entry_rules DISABLE TRIGGER guard_versions_count_on")
    rule(t, base.fund)
    rule(t, base.fund)


@refused("receipt_holder_version_once", UNIQUE, role="owner")
def a_holder_of_one_version_twice(t, base):
    t.sql("ALTER TABLE receipt_holders DISABLE TRIGGER guard_versions_count_on")
    receipt = t.receipt(base.fund, "6.00")
    holder(t, base, receipt_id=receipt)
    holder(t, base, receipt_id=receipt)


attempt(
    "holder_of_receipt",
    "a_holder_of_a_receipt_of_another_fund",
    lambda t, base: holder(t, base, receipt_id=t.receipt(base.strict, "5.00")),
    FOREIGN,
)
attempt(
    "holder_of_commitment",
    "a_holder_of_another_fund",
    lambda t, base: holder(t, base, fund_id=base.strict),
    FOREIGN,
)


@refused("return_is_of_its_holder")
def cash_held_for_one_partner_returned_to_another(t, base):
    receipt = t.receipt(base.fund, "5.00")
    holder(t, base, receipt_id=receipt)
    back = {"receipt_id": receipt, "fund_id": base.fund, "amount": "5.00", "recorded_by_id": t.person}
    t.add("receipt_returns", **back, commitment_id=base.b)


@refused("return_is_of_its_holder")
def another_holder_of_what_was_returned_to_a_partner(t, base):
    receipt = t.receipt(base.fund, "5.00")
    back = {"receipt_id": receipt, "fund_id": base.fund, "amount": "5.00", "recorded_by_id": t.person}
    t.add("receipt_returns", **back, commitment_id=base.b)
    holder(t, base, receipt_id=receipt)

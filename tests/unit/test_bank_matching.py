"""Whom a credit is from: references that stand whole, names, accounts, amounts, and who is held."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banking.calc.matching import Book, Item, match
from banking.calc.occurrences import Alike, occurrences
from banking.calc.payers import likeness, named_in, same_payer
from banking.calc.references import References, is_iso_11649, iso_11649
from banking.readers.form import Entry
from tests.support.examples import examples

DUE = date(2026, 3, 1)


def item(reference, investor, owed, **more):
    return Item(
        key=reference,
        reference=reference,
        partner=investor,
        investor=investor,
        outstanding=Decimal(owed),
        due_date=DUE,
        **more,
    )


BOOK = Book(
    items=(
        item("CC3-0001", "John Anderson", "0"),
        item("CC3-0003", "Jane Williams", "6000.00", spellings=("LSF-CC3-0003",)),
        item("CC3-0005", "Bob Johnson", "5000.00"),
        item("CC2-0005", "Bob Johnson", "100.00"),
        item("CC3-0008", "Ida Holm ApS", "7000.00", blocked=True),
    ),
    partner_references=("0001", "0003", "0005", "0008"),
    calls=frozenset({1, 2, 3}),
    charge_limit=Decimal("50.00"),
)


def judged(amount, book=BOOK, **more):
    fields = {"n": 1, "line": 1, "booking_date": DUE, "value_date": DUE, "amount": Decimal(amount)}
    return match([Entry(**fields | more)], book)[0]


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("CC3-0003", "exact"),
        ("cc 3 – 00 03.", "exact"),
        ("REF:CC3-OOO3/1", "exact"),
        ("LSF-CC3-0003", "exact"),
        ("LSFCC30003", "exact"),
        (iso_11649("CC3-0003"), "exact"),
        (iso_11649("LSF-CC3-0003"), "exact"),
        ("RF00CC30003", "suggested"),
        ("XCC3-0003", "suggested"),
        ("CC3-00031", "suggested"),
        ("ACC3-0003Z", "suggested"),
        ("CC4-0003", "early"),
        ("CC3-0003 CC3-0005", "suggested"),
        ("CC3-0001", "duplicate"),
    ],
)
def test_a_reference_counts_whole(text, state):
    assert judged("6000.00", text=text).state == state


def test_steps_after_the_reference():
    assert (judged("5000.00", name="JOHNSON BOB").step, judged("5100.00", name="Bob Johnson").step) == (3, 5)
    assert [one.reference for one in judged("5100.00").candidates] == ["CC2-0005", "CC3-0005"]
    known = replace(BOOK, payer_accounts={"DE 1": "Jane Williams"})
    assert judged("6000.00", known, account="DE1").exact
    short = judged("5950.00", text="CC3-0003")
    assert (short.state, short.step, judged("5949.99", text="CC3-0003").state) == ("suggested", 6, "partial")
    assert judged("7000.00", text="CC3-0008").state == "suggested", (
        "a blocked investor's wire is never certain"
    )
    assert judged("1.00", text="CC3-0003", reversal=True).state == "unmatched"
    assert judged("-6000.00", text="CC3-0003", reversal=True).state == "return"
    assert judged("6000.00", text="CC3-0003", returned="AC04").state == "return"


def test_a_second_wire_for_what_the_first_paid_is_a_duplicate():
    fields = {
        "line": 1,
        "booking_date": DUE,
        "value_date": DUE,
        "amount": Decimal("6000.00"),
        "text": "CC3-0003",
    }
    states = [one.state for one in match([Entry(n=n, **fields) for n in (1, 2)], BOOK)]
    assert states == ["exact", "duplicate"]


def test_a_wire_of_somebody_else_is_held():
    assert not judged("6000.00", text="CC3-0003", name="WILLIAMS, JANE").held
    assert not judged("6000.00", text="B/O JANE WILLIAMS CC3-0003").held
    assert "paid by Acme" in judged("6000.00", text="CC3-0003", name="Acme").held
    assert "does not say" in judged("6000.00", text="CC3-0003").held
    known = replace(BOOK, payer_accounts={"1": "Bob Johnson", "2": "Jane Williams"})
    assert judged("6000.00", known, text="CC3-0003", account="1").held
    assert not judged("6000.00", known, text="CC3-0003", account="2", name="Acme").held


def test_names_are_compared_without_legal_forms_accents_and_order():
    assert same_payer("GRUNWALD SOHNE", "Grünwald & Söhne GmbH & Co. KG")
    assert same_payer("O’Connor, Emily", "EMILY O'CONNOR")
    assert not same_payer("Garcia Family LLC", "Maria Garcia")
    assert not same_payer(None, "Maria Garcia")
    assert likeness("LLC", "LLC") == 1.0
    assert named_in("Ida Holm ApS", "from ida holm")
    # rapidfuzz 3.14.6, fuzz.token_set_ratio
    assert round(likeness("b and c johnson", "bob johnson"), 4) == 0.7778
    assert round(likeness("mariah garcia", "maria garcias"), 4) == 0.9231


def test_check_digits_of_iso_11649():
    assert iso_11649("BG1-CC3-LP07") == "RF28BG1CC3LP07"
    assert iso_11649("539007547034") == "RF18539007547034"
    assert is_iso_11649("RF18 5390 0754 7034")
    assert not is_iso_11649("RF18539007547035")
    assert iso_11649("Ä") is None
    assert iso_11649("X" * 22) is None


@examples(100)
@given(st.text(alphabet="CRF03-12 ", max_size=14), st.text(alphabet=" ./,:", min_size=1, max_size=3))
def test_a_reference_is_found_however_it_is_spaced_and_whatever_parts_it_from_the_rest(noise, apart):
    wanted = References({"this": ["CC7-0009"]})
    assert wanted.found_in([f"{noise}{apart}c c7 -00 09{apart}{noise}"]) == {"this"}
    assert wanted.found_in([noise]) == set()


@examples(100)
@given(st.lists(st.integers(1, 3), max_size=8), st.integers(0, 8))
def test_any_split_of_a_day_over_files_that_chain_or_overlap_gives_each_entry_once(amounts, cut):
    def alike(amount):
        return Alike(DUE, Decimal(amount), "f")

    day = [alike(amount) for amount in amounts]
    known = Counter()
    for part, counts_on in ((day[:cut], False), (day[cut:], True), (day, False), (day[cut:], False)):
        plan = occurrences(part, known, counts_on=counts_on)
        new = [(entry, place) for entry, (place, is_known) in zip(part, plan, strict=True) if not is_known]
        for entry, place in new:
            known[entry] += 1
            assert place == known[entry]
    assert known == Counter(day)

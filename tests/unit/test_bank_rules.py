"""Rules for bank entries: plain words, amounts and a side; who asks for most speaks, and two that differ are silent."""

from decimal import Decimal

from banking.calc.rules import Rule, proposed


def rule(number, entry_class, **asks):
    return Rule(key=number, number=number, entry_class=entry_class, **{"side": "either"} | asks)


def said(rules, amount, name="", text=""):
    found = proposed(rules, Decimal(amount), name, text)
    return found and (found.rule.number, found.is_clear)


def test_what_a_rule_asks_for():
    fees = rule(1, "bank_charge", side="out", name_holds="Custody  BANK", least=Decimal(5), most=Decimal(20))
    assert said([fees], "-5.00", "the custody bank ag") == (1, True)
    for amount, name in (
        ("5.00", "custody bank"),
        ("-4.99", "custody bank"),
        ("-20.01", "custody bank"),
        ("-9", "bank"),
    ):
        assert said([fees], amount, name) is None
    assert said([fees], "-9", None, None) is None


def test_the_rule_that_asks_for_most_speaks_and_two_that_differ_say_nothing():
    bank, interest = (
        rule(1, "bank_charge", name_holds="bank"),
        rule(2, "interest", name_holds="bank", text_holds="interest"),
    )
    assert said([bank, interest], "1", "Bank", "INTEREST of May") == (2, True)
    assert said([bank, interest], "1", "Bank", "fee") == (1, True)
    assert said(
        [interest, rule(3, "tax", name_holds="bank", text_holds="interest")], "1", "bank", "interest"
    ) == (2, False)
    assert said(
        [interest, rule(3, "interest", text_holds="bank interest")], "1", "bank", "bank interest"
    ) == (3, True)


def test_words_are_no_pattern():
    evil = rule(1, "other", text_holds="(a+)+$")
    assert said([evil], "1", text="a" * 50) is None
    assert said([evil], "1", text="(a+)+$ " + "a" * 1_000_000) == (1, True)

"""When two names are taken for one another."""

import pytest

from funds.calc.names import is_look_alike, skeleton


@pytest.mark.parametrize(
    "other",
    [
        "ACME VENTURES",
        "acme  ventures",
        "Acme-Ventures, L.L.C.",
        "Acme Ventures Ltd",
        "The Acme Ventures",
        "Äcme Ventúres",
        "\N{CYRILLIC CAPITAL LETTER A}\N{CYRILLIC SMALL LETTER ES}me Ventures",
        "\N{FULLWIDTH LATIN CAPITAL LETTER A}cme Ventures",
    ],
)
def test_look_alikes_share_a_skeleton(other):
    assert skeleton(other) == skeleton("Acme Ventures")


@pytest.mark.parametrize("other", ["Acme Ventures II", "Acme Venture", "Ventures Acme", "Acne Ventures"])
def test_other_names_have_another_skeleton(other):
    assert skeleton(other) != skeleton("Acme Ventures")


def test_a_name_of_legal_forms_alone_keeps_them():
    assert skeleton("The Company Ltd") == "thecompanyltd"
    assert skeleton("") == ""


@pytest.mark.parametrize(
    "other",
    ["acme.exampel", "acmee.example", "ame.example", "acne.example", "acmé.example"],
)
def test_one_letter_makes_a_look_alike(other):
    assert is_look_alike("acme.example", other)
    assert is_look_alike(other, "acme.example")


@pytest.mark.parametrize("other", ["acme.example", "acme.com", "another.example", ""])
def test_the_same_and_the_different_are_none(other):
    assert not is_look_alike("acme.example", other)

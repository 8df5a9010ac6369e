"""When two names are taken for one another."""

import pytest

from funds.calc.names import skeleton


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
def test_others_do_not(other):
    assert skeleton(other) != skeleton("Acme Ventures")


def test_a_name_of_legal_forms_alone_keeps_them():
    assert skeleton("The Company Ltd") == "thecompanyltd"
    assert skeleton("") == ""

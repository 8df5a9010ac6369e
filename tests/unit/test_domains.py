"""When the domain of a mail address passes for another one."""

import pytest

from funds.calc.domains import domain_of, likenesses

OWN = "granite-capital.example"


@pytest.mark.parametrize(
    ("domain", "other", "homograph"),
    [
        ("granite-capita1.example", OWN, False),
        ("granite-capitol.example", OWN, False),
        ("granitecapital.example", OWN, False),
        ("garnite-capital.example", OWN, False),
        ("granite-capital.exampel", OWN, False),
        ("gránite-capital.example", OWN, False),
        ("gr\N{CYRILLIC SMALL LETTER A}nite-capital.example", OWN, True),
        ("gmial.com", "gmail.com", False),
    ],
)
def test_a_domain_that_passes_for_a_known_one_is_found(domain, other, homograph):
    [found] = likenesses([domain, "unlike.example"], [OWN])
    assert (found.domain, found.other, found.homograph) == (domain, other, homograph)


@pytest.mark.parametrize(
    "domain",
    [
        OWN,
        "basalt-capital.example",
        "gmail.com",
        "ymail.com",
        "lp1.example",
        "abd.com",
        "xn--.example",
        "",
        "ม่อนแจ่ม.example",
    ],
)
def test_an_honest_domain_passes_for_none(domain):
    assert likenesses([domain, "lp2.example", "abc.com"], [OWN]) == []


def test_punycode_is_read_as_it_is_seen():
    """And of two recipients the one with letters of another script passes for the other."""
    shown = "gr\N{CYRILLIC SMALL LETTER A}nite.example"
    written = "XN--" + shown.split(".")[0].encode("punycode").decode() + ".EXAMPLE"
    assert domain_of(f"ir@{written}") == shown
    assert [(one.domain, one.other) for one in likenesses([shown, "granite.example"])] == [
        (shown, "granite.example")
    ]

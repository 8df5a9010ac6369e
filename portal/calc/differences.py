"""Why two figures of an account that a reader would compare are not the same. Amounts are of one currency."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a difference, and what it is."""

    amount: Decimal
    words: str


@dataclass(frozen=True, slots=True)
class Difference:
    """By how much one figure is more than another, in the parts that it is made of."""

    more: str
    less: str
    parts: tuple[Part, ...]

    @property
    def amount(self) -> Decimal:
        return sum((one.amount for one in self.parts), Decimal(0))


STILL_CALLABLE = "what of it may still be called"
#: What is more than what; the parts are named as in `CommitmentDifferences`.
_EXPLAINED = (
    ("Uncalled", STILL_CALLABLE, {"released": "of your commitment was released or expired"}),
    (
        "Unfunded",
        "uncalled",
        {
            "outside": "was called outside your commitment and does not lessen it",
            "recallable": "was distributed to you and may be called again",
        },
    ),
    (
        "What your letters asked for",
        "called",
        {
            "waived": "was waived since: you no longer owe it",
            "taken_over": "is held by partners who joined later, as if they had been there from the first",
        },
    ),
    (
        "Outstanding",
        "called less funded",
        {
            "to_refund": "was paid for what later partners hold by now, and is to be refunded to you",
            "interest": "is interest, which is not capital",
        },
    ),
    (
        "Funded",
        "what came from you",
        {
            "borne": "of bank charges was borne by the fund",
            "set_off": "was set off against distributions to you",
        },
    ),
    (
        "Funded",
        "what multiples count as paid in",
        {
            "not_capital": "was interest, which is not capital",
            "returned_unused": "came back to you unused",
        },
    ),
    (
        "Distributed",
        "what went to your account",
        {"withheld": "was withheld as tax", "set_off": "was set off against what you were called"},
    ),
    ("Distributed", "what multiples count as distributed", {"returned_unused": "came back to you unused"}),
    ("What was declared", "distributed", {"payable": "is not paid out yet"}),
)


def differences(amounts: Mapping[str, Decimal]) -> list[Difference]:
    """Those that there are, in the order of the figures; `amounts` are the columns of `CommitmentDifferences`."""
    found = [
        Difference(
            more,
            "what of the uncalled may still be called"
            if less == "uncalled" and amounts["released"]
            else less,
            tuple(Part(amounts[name], words) for name, words in parts.items() if amounts[name]),
        )
        for more, less, parts in _EXPLAINED
    ]
    return [one for one in found if one.parts]

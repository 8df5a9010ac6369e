"""Which tables are sealed against tampering. Each app registers its own; the app `evidence` seals them."""

from dataclasses import dataclass

from blackgem.lib.registry import declare


@dataclass(frozen=True, slots=True)
class Covered:
    """How the rows of an append-only table enter a seal.

    `key` is the column that numbers them. `salted` columns hold personal data: their digest with a random salt enters
    instead, so that the salt can be forgotten. `left_out` columns do not enter. `numbered`: keys are drawn as rows are
    written, so that a key that is still missing an hour later was given back.
    """

    key: str = "id"
    salted: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    numbered: bool = True


#: Table → how it is covered. The kernel's own stand here.
COVERED: dict[str, Covered] = {
    "audit_events": Covered(salted=("object_label", "changes", "reason", "address")),
}


def register(tables: dict[str, Covered]) -> None:
    """Add the tables of an app that are sealed."""
    declare(COVERED, tables)

"""Seals and the rows under them as the lines of a file."""

from collections.abc import Iterator

from evidence.queries.verify import lines_of, seals_in_order
from evidence.tree import canonical


def exported() -> Iterator[bytes]:
    """A line for each seal, {"hash", "previous", "seal"}, followed by a line for each row under it."""
    for seal, own in seals_in_order():
        yield canonical({"hash": seal.hash, "previous": seal.previous, "seal": seal.body()})
        yield from lines_of(seal, own)

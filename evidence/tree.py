"""The bytes and hashes of seals: canonical JSON, leaves, a Merkle tree, and the chain. `checker.py` says the same on
its own, so that nobody has to trust this file.

Canonical JSON: keys sorted, no spaces, UTF-8, no escapes but those that JSON demands. Amounts, rates and other numbers
with a decimal point are text; moments are UTC with six decimals and a Z; days are ISO 8601; bytes are hexadecimal.
"""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from json import encoder
from typing import Any
from uuid import UUID

#: What the first seal is chained to.
NOTHING = "0" * 64


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
# The encoder that `_ENCODER` makes anew for each value, where Python has it: it takes half the time.
_MADE: Callable[[Any, int], Iterable[str]] | None = (
    encoder.c_make_encoder(
        None, _ENCODER.default, encoder.encode_basestring, None, ":", ",", True, False, False
    )
    if encoder.c_make_encoder
    else None
)


def text_of(value) -> str:
    """The canonical text of a value of JSON."""
    if isinstance(value, str):
        return encoder.encode_basestring(value)
    return "".join(_MADE(value, 0)) if _MADE else _ENCODER.encode(value)


def canonical(value) -> bytes:
    """The bytes of it."""
    return text_of(value).encode()


def plain(value):
    """A value of the database as JSON has it. Raises TypeError for a float, whose text is not certain."""
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return f"{value:f}"
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case bytes() | memoryview():
            return bytes(value).hex()
        case list() | tuple():
            return [plain(one) for one in value]
        case dict():
            return {key: plain(one) for key, one in value.items()}
    raise TypeError(f"{type(value).__name__} has no certain text.")


def leaf_hash(line: bytes) -> bytes:
    return sha256(b"\0" + line).digest()


def root_of(lines: Iterable[bytes]) -> tuple[str, int]:
    """The root of the tree over these leaves in their order, in hexadecimal digits, and how many they are.

    A node is SHA-256(01 ‖ left ‖ right); the last node of a level that has no neighbour goes up as it is (RFC 6962). Of
    no leaf the root is SHA-256 of nothing.
    """
    nodes = [leaf_hash(line) for line in lines]
    count = len(nodes)
    while len(nodes) > 1:
        pairs = zip(nodes[::2], nodes[1::2], strict=False)
        nodes = [sha256(b"\1" + left + right).digest() for left, right in pairs] + nodes[len(nodes) & ~1 :]
    return (nodes[0] if nodes else sha256(b"").digest()).hex(), count


def chained(previous: str, body: dict) -> str:
    """The hash of a seal: of the one before as 64 hexadecimal digits, a line feed, and its own body."""
    return sha256(previous.encode() + b"\n" + canonical(body)).hexdigest()

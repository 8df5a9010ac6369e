"""The bytes and hashes of seals: canonical JSON, leaves, a Merkle tree, and the chain. `checker.py` says the same on
its own, so that nobody has to trust this file.

Canonical JSON: keys sorted, no spaces, UTF-8, no escapes but those that JSON demands. Amounts, rates and other numbers
with a decimal point are text; moments are UTC with six decimals and a Z; days are ISO 8601; bytes are hexadecimal.
"""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

#: What the first seal is chained to.
NOTHING = "0" * 64


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def text_of(value) -> str:
    """The canonical text of a value of JSON."""
    return _ENCODER.encode(value)


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
    stack: list[tuple[int, bytes]] = []
    count = 0
    for line in lines:
        size, node = 1, leaf_hash(line)
        while stack and stack[-1][0] == size:
            left = stack.pop()[1]
            size, node = 2 * size, sha256(b"\1" + left + node).digest()
        stack.append((size, node))
        count += 1
    if not stack:
        return sha256(b"").hexdigest(), 0
    node = stack.pop()[1]
    while stack:
        node = sha256(b"\1" + stack.pop()[1] + node).digest()
    return node.hex(), count


def chained(previous: str, body: dict) -> str:
    """The hash of a seal: of the one before as 64 hexadecimal digits, a line feed, and its own body."""
    return sha256(previous.encode() + b"\n" + canonical(body)).hexdigest()

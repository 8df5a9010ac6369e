"""What a leaf is, said the long way: each value as a driver has it, by its type in Python."""

from hashlib import sha256

from evidence.tree import canonical, plain


def leaf(table: str, row: dict) -> bytes:
    """The bytes of a row, of which the leaf is the hash."""
    return canonical({"row": row, "table": table})


def salted_leaf(table: str, row: dict, hidden: tuple[str, ...], salt: bytes) -> bytes:
    """That of a row of the database, of which some columns enter as digests."""
    found = {name: plain(value) for name, value in row.items()}
    return leaf(table, found | {name: _digest(salt, name, found[name]) for name in hidden})


def _digest(salt: bytes, column: str, value) -> dict[str, str] | None:
    if value is None:
        return None
    return {"sha256": sha256(salt + column.encode() + b"\0" + canonical(value)).hexdigest()}

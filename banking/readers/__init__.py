"""Readers of bank statements: bytes in, statements or a refusal out. They know neither the database nor the clock."""

import codecs
import re
from collections.abc import Sequence

from banking.readers import bai2, camt, mt940, ofx, table
from banking.readers.form import LARGEST_FILE, Account, Progress, Read, Refused

_WEB_PAGE = re.compile(r"<!doctype\s+html|<html", re.IGNORECASE)
_OFX_HEADER = re.compile(r"OFXHEADER\s*:")
_OFX_ELEMENT = re.compile(r"<\?OFX|<OFX[\s>]", re.IGNORECASE)
_MT940_FIELD = re.compile(r"^:20:", re.MULTILINE)
_ZIP, _OTHERS = (
    (b"PK\x03\x04", b"PK\x05\x06"),
    (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"7z\xbc\xaf", b"Rar!", b"\x28\xb5\x2f\xfd"),
)
_ARCHIVES = _ZIP + _OTHERS
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
PARSER = 1  # raised whenever the same bytes may be read otherwise than before


def read_statements(
    data: bytes,
    *,
    accounts: Sequence[Account] | None = None,
    account: str | None = None,
    mapping: dict | None = None,
    progress: Progress | None = None,
) -> Read:
    """What a bank's file says. `accounts` are those it may be of (None: any); `mapping` is how a CSV of `account` is
    read. Statements that do not add up, or of other accounts, are among the refusals; a file that is none raises
    Refused.
    """
    kind = kind_of(data, mapped=mapping is not None)
    if kind == "csv":
        assert mapping is not None
        return table.read(data, _account(accounts, account), mapping, progress)
    read = {
        "camt": camt.read,
        "ofx2": ofx.read_xml,
        "ofx1": ofx.read_sgml,
        "mt940": mt940.read,
        "bai2": bai2.read,
    }
    return read[kind](data, accounts, progress)


def kind_of(data: bytes, *, mapped: bool) -> str:
    """The format by how the file begins; a table is one only if its columns were named. Raises `file.…`."""
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise Refused("file.empty", 1, "file", "the file is empty")
    if len(data) > LARGEST_FILE:
        raise Refused("file.too_large", 1, "file", f"the file is larger than {LARGEST_FILE // 1_000_000} MB")
    if data.startswith(_ARCHIVES) or data[257:262] == b"ustar":
        raise Refused("file.archive", 1, "file", "this is an archive; send the statement in it")
    head = _head(data)
    if _WEB_PAGE.match(head):
        raise Refused("file.format", 1, "html", "this is a page of the web, no statement")
    if _OFX_HEADER.match(head) or head.upper().startswith("<OFX>"):
        return "ofx1"
    if head.startswith("<"):
        return "ofx2" if _OFX_ELEMENT.search(head) else "camt"
    if head.startswith("{1:") or _MT940_FIELD.search(head):
        return "mt940"
    if mapped:
        return "csv"
    if head.startswith("01,"):
        return "bai2"
    raise Refused(
        "file.format",
        1,
        "file",
        "neither camt.053, MT940, OFX nor BAI2; no columns are named for a table",
    )


def _head(data: bytes) -> str:
    """How the file begins, without white space before it."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) : 4000].decode(encoding, "replace").lstrip()
    return data[:4000].decode("latin-1").lstrip()


def _account(accounts: Sequence[Account] | None, number: str | None) -> Account:
    found = [one for one in accounts or () if number is None or one.has_number(number)]
    if number is not None and accounts is None:
        return Account(id=number, currency="USD")
    if not found:
        raise Refused("statement.account", 1, "file", f"{number or 'the account'} is no account of the fund")
    return found[0]


__all__ = ["PARSER", "Account", "Read", "Refused", "kind_of", "read_statements"]

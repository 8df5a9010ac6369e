"""Chosen letters in one ZIP, written while it is sent.

Between the asking and the last byte minutes may pass. So each letter is read when its turn comes: by who may read it
then, its seal checked, its opening written down. What cannot be read any more is left out, and the contents say so.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.http import Http404

from blackgem.lib.errors import Forbidden, NotFound
from blackgem.lib.export import Column, Kind, write_csv
from blackgem.lib.seals import BrokenSeal
from funds.models import Notice
from portal.calc.file_names import Paths

#: What one archive holds at most; who needs more narrows the list by days.
MOST_LETTERS = 500
CONTENTS = "Contents.csv"
_COLUMNS = (
    Column("Fund"),
    Column("Investor"),
    Column("Commitment"),
    Column("Date", Kind.DATE),
    Column("Kind"),
    Column("Number"),
    Column("Version", Kind.INTEGER),
    Column("File"),
    Column("Left out"),
)
_GONE = "You may not read this letter any more."
_BROKEN = "This letter is not as it was made, and is held back. Please ask the fund’s manager."


def archive_of(letters: Sequence[Notice], read: Callable[[Notice], bytes], *, day: date) -> Iterator[bytes]:
    """The ZIP in chunks, a letter each, and its list of contents at the end, dated `day`.

    `read` answers the PDF of a letter as of now. It raises NotFound, Forbidden or Http404 where the right to it has
    ended, and BrokenSeal for a PDF that must not be shown.
    """
    file, paths, contents = _Chunks(), Paths(), []
    with ZipFile(file, "w") as archive:
        for letter in letters:
            content, reason = _try(read, letter)
            path = "" if reason else paths.take(letter.fund.name, _name(letter), ".pdf")
            contents.append(_line(letter, path, reason))
            if not reason:
                archive.writestr(_entry(path, letter.dated_on, ZIP_STORED), content)
                yield file.drain()
        listed = b"".join(write_csv(_COLUMNS, contents, bom=True))
        archive.writestr(_entry(CONTENTS, day, ZIP_DEFLATED), listed)
    yield file.drain()


def _try(read: Callable[[Notice], bytes], letter: Notice) -> tuple[bytes, str]:
    """The PDF, or why there is none."""
    with suppress(NotFound, Forbidden, Http404):
        try:
            return read(letter), ""
        except BrokenSeal:
            return b"", _BROKEN
    return b"", _GONE


def _name(letter: Notice) -> str:
    return f"{letter.dated_on.isoformat()} {letter.number} v{letter.version}"


def _line(letter: Notice, path: str, reason: str) -> tuple:
    whose = (letter.fund.name, letter.commitment.investor.name, letter.commitment.reference)
    return (*whose, letter.dated_on, letter.title, letter.number, letter.version, path, reason)


def _entry(path: str, day: date, packing: int) -> ZipInfo:
    entry = ZipInfo(path, (max(day.year, 1980), day.month, day.day, 0, 0, 0))
    entry.compress_type = packing
    return entry


class _Chunks:
    """A file that is only written to, and handed on piece by piece."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        self._held += data
        return len(data)

    def flush(self) -> None:
        """Nothing waits elsewhere."""

    def drain(self) -> bytes:
        written = bytes(self._held)
        self._held.clear()
        return written

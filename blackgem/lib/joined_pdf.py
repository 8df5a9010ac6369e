"""Many PDFs as one file, written while it is sent: of each, nothing is kept but where its objects begin."""

from collections.abc import Iterable, Iterator
from io import BytesIO

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)

_HEAD = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
#: The objects that the whole has, before those of its parts.
_CATALOG, _PAGES, _OUTLINE, _INFO = 1, 2, 3, 4


def joined(parts: Iterable[tuple[str, bytes]], *, title: str) -> Iterator[bytes]:
    """The PDF of all pages of these, in order, with a bookmark for each by its name; a chunk for each part."""
    file = _File()
    yield file.begin()
    for name, content in parts:
        yield file.add(name, content)
    yield file.end(title)


class _File:
    """The file as far as it is written: how long it is, and where each object begins."""

    def __init__(self) -> None:
        self.length, self.offsets = 0, {}
        self.next_id = _INFO + 1
        self.pages: list[int] = []
        self.firsts: list[tuple[str, int]] = []

    def begin(self) -> bytes:
        self.length = len(_HEAD)
        return _HEAD

    def add(self, name: str, content: bytes) -> bytes:
        """The objects of one part, under numbers of their own."""
        writer = PdfWriter()
        for page in PdfReader(BytesIO(content)).pages:
            writer.add_page(page)
        moved, numbers = self.next_id, {}
        for number, one in enumerate(writer._objects, start=1):
            if one is not None:
                numbers[number] = moved
                moved += 1
        pages = [page.indirect_reference.idnum for page in writer.pages]
        written = BytesIO()
        for number, one in enumerate(writer._objects, start=1):
            if number in numbers:
                value = _renumbered(one, numbers)
                if number in pages:
                    value[NameObject("/Parent")] = _reference(_PAGES)
                self._put(written, numbers[number], value)
        own = [numbers[one] for one in pages]
        self.firsts.append((name, own[0]))
        self.pages += own
        self.next_id = moved
        return self._flushed(written)

    def end(self, title: str) -> bytes:
        """What holds the parts together: the list of pages, the bookmarks, and where each object begins."""
        written, bookmarks = BytesIO(), range(self.next_id, self.next_id + len(self.firsts))
        for number, (name, page) in zip(bookmarks, self.firsts, strict=True):
            entry = _dictionary(
                Title=TextStringObject(name),
                Parent=_reference(_OUTLINE),
                Dest=ArrayObject([_reference(page), NameObject("/Fit")]),
            )
            if number > bookmarks.start:
                entry[NameObject("/Prev")] = _reference(number - 1)
            if number < bookmarks.stop - 1:
                entry[NameObject("/Next")] = _reference(number + 1)
            self._put(written, number, entry)
        outline = _dictionary(Type=NameObject("/Outlines"), Count=NumberObject(len(bookmarks)))
        if bookmarks:
            outline[NameObject("/First")] = _reference(bookmarks.start)
            outline[NameObject("/Last")] = _reference(bookmarks.stop - 1)
        self._put(written, _OUTLINE, outline)
        kids = ArrayObject(_reference(one) for one in self.pages)
        pages = _dictionary(Type=NameObject("/Pages"), Count=NumberObject(len(self.pages)), Kids=kids)
        self._put(written, _PAGES, pages)
        catalog = {
            "Type": NameObject("/Catalog"),
            "Pages": _reference(_PAGES),
            "Outlines": _reference(_OUTLINE),
        }
        self._put(written, _CATALOG, _dictionary(**catalog, Lang=TextStringObject("en")))
        self._put(written, _INFO, _dictionary(Title=TextStringObject(title)))
        start, size = self.length + written.tell(), len(self.offsets) + 1
        written.write(f"xref\n0 {size}\n0000000000 65535 f \n".encode())
        for number in range(1, size):
            written.write(f"{self.offsets[number]:010d} 00000 n \n".encode())
        trailer = _dictionary(Size=NumberObject(size), Root=_reference(_CATALOG), Info=_reference(_INFO))
        written.write(b"trailer\n")
        trailer.write_to_stream(written)
        written.write(f"\nstartxref\n{start}\n%%EOF\n".encode())
        return self._flushed(written)

    def _put(self, written: BytesIO, number: int, value: PdfObject) -> None:
        self.offsets[number] = self.length + written.tell()
        written.write(f"{number} 0 obj\n".encode())
        value.write_to_stream(written)
        written.write(b"\nendobj\n")

    def _flushed(self, written: BytesIO) -> bytes:
        self.length += written.tell()
        return written.getvalue()


def _reference(number: int) -> IndirectObject:
    return IndirectObject(number, 0, None)


def _dictionary(**entries: PdfObject) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in entries.items()})


def _renumbered(value: PdfObject, numbers: dict[int, int]) -> PdfObject:
    """The same object, changed in place, with each reference under the number that it has in the whole."""
    if isinstance(value, IndirectObject):
        return _reference(numbers[value.idnum])
    if isinstance(value, DictionaryObject):
        for name in list(value):
            value[name] = _renumbered(value.raw_get(name), numbers)
    elif isinstance(value, ArrayObject):
        for at, one in enumerate(list.__iter__(value)):
            value[at] = _renumbered(one, numbers)
    return value

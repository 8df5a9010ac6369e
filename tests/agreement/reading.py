"""What a page, a letter or a file says, read as a person reads it: a label, and the figure beside it."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple
from xml.etree.ElementTree import Element

import tinyhtml5

MONEY = re.compile(r"^\(?-?(?:[A-Z]{3}\s|[^\d\s()-]{1,3})?\d{1,3}(?:,\d{3})*(?:\.\d+)?\)?$")
NOTHING = ("", "–", "-")


class Figure(NamedTuple):
    """`place` is the heading above; `row` and `column` are a table's, a list's term is its row. `text` as printed."""

    place: str
    row: str
    column: str
    text: str


def text_of(element: Element) -> str:
    """What is read at a desk, without the labels that a phone shows instead of heads."""
    return re.sub(r"\s+", " ", "".join(_read(element))).strip()


def _read(element: Element) -> Iterator[str]:
    if "phone-label" not in element.get("class", "").split():
        yield element.text or ""
        for child in element:
            yield from _read(child)
            yield child.tail or ""


def page_figures(html: str) -> list[Figure]:
    """Every list of terms and every table of a page, in the order in which they stand."""
    body = tinyhtml5.parse(html, namespace_html_elements=False)
    return list(walk(body, ""))


def walk(element: Element, place: str) -> Iterator[Figure]:
    for child in element:
        if child.tag in ("h1", "h2", "h3"):
            place = text_of(child)
        elif child.tag == "header" or "panel-head" in child.get("class", ""):
            heading = next((one for one in child.iter() if one.tag in ("h1", "h2", "h3")), None)
            place = place if heading is None else text_of(heading)
        elif child.tag == "dl":
            yield from terms(child, place)
        elif child.tag == "table":
            yield from table(child, place)
        elif isinstance(child.tag, str):
            yield from walk(child, place)


def terms(block: Element, place: str) -> Iterator[Figure]:
    """`<dt>` with the `<dd>`s that follow it; the first is the figure, others are notes on it."""
    term, found = "", 0
    for element in block.iter():
        if element.tag == "dt":
            term, found = text_of(element), 0
        elif element.tag == "dd":
            yield Figure(place, term, "note" if found else "", text_of(element))
            found += 1


def table(block: Element, place: str) -> Iterator[Figure]:
    """Cells under the headings of their columns; a row is named by its heading, else by its first cell."""
    heads: list[str] = []
    for row in block.iter("tr"):
        cells = [
            (cell.tag, text_of(cell), int(cell.get("colspan", "1")))
            for cell in row
            if cell.tag in ("th", "td")
        ]
        if all(tag == "th" for tag, *_ in cells) and not heads:
            heads = [text for _, text, span in cells for _ in range(span)]
            continue
        yield from table_row(cells, heads, place)


def table_row(cells, heads, place) -> Iterator[Figure]:
    name = next((text for tag, text, _ in cells if tag == "th"), cells[0][1] if cells else "")
    column = 0
    for tag, text, span in cells:
        if tag == "td":
            yield Figure(place, name, heads[column] if column < len(heads) else "", text)
        column += span


def amount(text: str) -> Decimal | None:
    """A printed amount as a number, negative in parentheses. None for a dash; ValueError for anything else."""
    shown = text.replace("\N{NO-BREAK SPACE}", " ").strip()
    if shown in NOTHING:
        return None
    if not MONEY.match(shown):
        raise ValueError(f"{text!r} is no amount")
    digits = Decimal(re.sub(r"[^\d.]", "", shown))
    return -digits if shown.startswith(("(", "-")) else digits

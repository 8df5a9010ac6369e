"""Pages as a reader sees them: tables by their headings, figures by their labels."""

from decimal import Decimal
from html.parser import HTMLParser


class _Reader(HTMLParser):
    """Collects the text of every table cell, and of every <dt> with its first <dd>; not what only a phone shows."""

    def __init__(self, page: str):
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.terms: list[str] = []
        self.figures: dict[str, str] = {}
        self.into: list[str] | None = None
        self.spans: list[bool] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("th", "td") and self.tables:
            self._begin()
            # A cell that spans columns stands for each of them.
            self.span = int(dict(attrs).get("colspan") or 1)
        elif tag in ("dt", "dd"):
            self._begin()
        elif tag == "span":
            self.spans.append("phone-label" in (dict(attrs).get("class") or "").split())

    def _begin(self):
        self.into = []

    def handle_data(self, data):
        if self.into is not None and not any(self.spans):
            self.into.append(data)

    def handle_endtag(self, tag):
        text = " ".join("".join(self.into or []).split())
        if tag == "span":
            self.spans.pop()
        elif tag in ("th", "td") and self.tables:
            self.tables[-1][-1].extend([text] * self.span)
        elif tag == "dt":
            self.terms.append(text)
        elif tag == "dd" and self.terms:
            self.figures.setdefault(self.terms[-1], text)


def rows(response, *headings: str) -> dict[str, dict[str, str]]:
    """The rows of the page's table that has all these headings: first cell → heading → cell."""
    for head, *body in filter(None, _Reader(response.content.decode()).tables):
        if set(headings) <= set(head):
            return {row[0]: dict(zip(head, row, strict=False)) for row in body}
    raise AssertionError(f"no table with the headings {headings}")


def figures(response) -> dict[str, str]:
    """The page's labelled figures: label → what stands under it first."""
    return _Reader(response.content.decode()).figures


def amount(text: str) -> Decimal:
    """ "$28,000.00" is 28000.00, "($5.00)" is -5.00."""
    sign = -1 if text.startswith("(") else 1
    return sign * Decimal(text.strip("()").replace("$", "").replace(",", ""))

"""XML by expat alone: no document type, so no entities of its own and nothing fetched; lines are known throughout."""

import codecs
import re
from collections.abc import Callable
from xml.parsers import expat

from banking.readers.form import Progress, Refused

DEEPEST = 60
CHUNK = 1 << 16
_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


class Node:
    """An element without its namespace: its name, text, children, and the line on which it begins."""

    __slots__ = ("attributes", "children", "line", "name", "text")

    def __init__(self, name: str, line: int, attributes: dict[str, str]):
        self.name, self.line, self.attributes = name, line, attributes
        self.text = ""
        self.children: list[Node] = []

    def all(self, path: str) -> list["Node"]:
        found = [self]
        for name in path.split("/"):
            found = [child for node in found for child in node.children if child.name == name]
        return found

    def first(self, *paths: str) -> "Node | None":
        """The first element under the first of the paths that leads to one."""
        return next((found[0] for path in paths if (found := self.all(path))), None)

    def value(self, *paths: str) -> str | None:
        """The text of the first of the paths that has one."""
        for path in paths:
            for node in self.all(path):
                if node.text.strip():
                    return node.text.strip()
        return None


def check_well_formed(data: bytes) -> None:
    """Raise `xml.doctype`, `file.encoding` or `xml.malformed`; a whole file takes a fraction of a second."""
    _check_encoding(data)
    parser = expat.ParserCreate(namespace_separator="\n")

    def doctype(*_):
        raise Refused("xml.doctype", parser.CurrentLineNumber, "DOCTYPE", "a document type is not accepted")

    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        gist = expat.ErrorString(error.code) or "not well formed"
        raise Refused("xml.malformed", error.lineno, "XML", gist) from error
    except (LookupError, ValueError) as error:
        raise Refused("file.encoding", 1, "encoding", "the encoding that is declared is not known") from error


def _check_encoding(data: bytes) -> None:
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        name = "utf-16"
    elif data[:3] == codecs.BOM_UTF8:
        name = "utf-8"
    else:
        declared = _DECLARED.match(data[:400].lstrip())
        name = declared[1].decode("ascii") if declared else "utf-8"
    decode(data, name)


def decode(data: bytes, encoding: str) -> str:
    """The text; `file.encoding` at the line of the byte that is none of the encoding's."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        gist = f"byte 0x{data[error.start]:02x} is no {encoding}"
        raise Refused("file.encoding", line, "encoding", gist) from error
    except (LookupError, UnicodeError) as error:
        raise Refused("file.encoding", 1, "encoding", f"{encoding} is not an encoding known here") from error


def walk(
    data: bytes,
    *,
    root: Callable[[str, str, int], None],
    taken: frozenset[str],
    take: Callable[[Node, Node | None], None],
    progress: Progress | None = None,
) -> None:
    """Call `root` with namespace, name and line of the outermost element, and `take` with each whole element whose
    name is in `taken`, and what holds it so far, leaving it out of that."""
    parser = expat.ParserCreate(namespace_separator="\n")
    parser.buffer_text = True
    walker = _Walker(parser, root, taken, take)
    parser.StartElementHandler, parser.EndElementHandler = walker.start, walker.end
    parser.CharacterDataHandler = walker.text
    try:
        for begin in range(0, len(data), CHUNK):
            parser.Parse(data[begin : begin + CHUNK], False)
            if progress:
                progress(min(begin + CHUNK, len(data)), len(data))
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        gist = expat.ErrorString(error.code) or "not well formed"
        raise Refused("xml.malformed", error.lineno, "XML", gist) from error


class _Walker:
    def __init__(self, parser, root, taken, take):
        self.parser, self.root, self.taken, self.take = parser, root, taken, take
        self.stack: list[Node] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, plain = name.rpartition("\n")
        line = self.parser.CurrentLineNumber
        if not self.stack:
            self.root(space, plain, line)
        if len(self.stack) > DEEPEST:
            raise Refused("xml.malformed", line, plain, "elements are nested too deep")
        self.stack.append(Node(plain, line, attributes))

    def end(self, _: str) -> None:
        node = self.stack.pop()
        parent = self.stack[-1] if self.stack else None
        if node.name in self.taken:
            self.take(node, parent)
        elif parent is not None:
            parent.children.append(node)

    def text(self, found: str) -> None:
        if not found.isspace():
            self.stack[-1].text += found


def last_line(data: bytes) -> int:
    """The number of the last line that holds anything."""
    return max(1, data.rstrip().count(b"\n") + 1)

"""XML as a small tree that knows its bytes, read without trust.

No document type, no entities, nothing from outside, and no more of anything than is stated here:
a message is data, and what else XML can do is only ever an attack. Knows no format.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, cast
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from events.dialects.troubles import Misread, Trouble
from events.refusals import Reason

BYTES_MAX: Final = 32 * 2**20
"""How large one document may be: it is read at once."""
DEPTH_MAX: Final = 32
NODES_MAX: Final = 400_000
"""How many elements: about 200 MB of tree at the most."""

_DECLARED: Final = re.compile(
    rb"""<\?xml[^>]{0,80}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']"""
)
_TAG: Final = re.compile(rb"""<[^>"']*(?:(?:"[^"]*"|'[^']*')[^>"']*)*>""")
_CODECS: Final = {
    "utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "utf-8", "ascii": "utf-8",
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030",
}  # fmt: skip
"""Chinese systems still declare GB 2312 and GBK, of which GB 18030 is the superset."""


@dataclass(slots=True)
class Node:
    """One element: its name without the namespace, its own text without blanks around it, its
    bytes `[start, end)` in the document as it came, and its line."""

    name: str
    namespace: str
    attributes: dict[str, str]
    start: int
    line: int
    end: int = 0
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def all(self, path: str) -> Iterator["Node"]:
        """The descendants by this path of names, as `Head/MessageID`; `*` is any name."""
        name, _, rest = path.partition("/")
        for child in self.children:
            if name in (child.name, "*"):
                yield from child.all(rest) if rest else (child,)

    def first(self, path: str) -> "Node | None":
        """The first of them."""
        return next(self.all(path), None)

    def said(self, path: str) -> str | None:
        """The text of the first of them, None where it is absent or empty. A last step `@name` is
        an attribute."""
        path, _, attribute = path.partition("@")
        node = self.first(path.rstrip("/")) if path else self
        text = (
            "" if node is None else node.attributes.get(attribute, "") if attribute else node.text
        )
        return text.strip() or None

    def deep(self, name: str) -> Iterator["Node"]:
        """All of this name, itself and what is below; of one within another only the outer."""
        if self.name == name:
            yield self
            return
        for child in self.children:
            yield from child.deep(name)


def read(data: bytes) -> Node:
    """The root of a document.

    Raises Misread: `empty`, `out-of-bounds`, `unknown-charset`, `unsafe-xml`, `broken-syntax`; the
    path names the line.
    """
    if not data.strip():
        raise Misread(Reason.EMPTY, "there is nothing in it")
    if len(data) > BYTES_MAX:
        raise Misread(Trouble.OUT_OF_BOUNDS, f"{len(data)} bytes, more than {BYTES_MAX}")
    codec = _codec(data)
    text = data if codec == "utf-8" else _transcoded(data, codec)
    builder = _Builder(text, codec)
    parser = DefusedXMLParser(target=builder, encoding="utf-8", forbid_dtd=True)
    builder.expat = parser.parser
    try:
        parser.feed(text)
        root = cast(Node, parser.close())
    except DefusedXmlException as error:
        raise Misread(Trouble.UNSAFE_XML, _unsafe(error), builder.path()) from error
    except ParseError as error:
        line, column = error.position
        raise Misread(Trouble.BROKEN_SYNTAX, str(error), f"line {line}, column {column}") from error
    except ValueError as error:  # A character that Python knows and XML does not.
        raise Misread(Trouble.BROKEN_SYNTAX, str(error), builder.path()) from error
    return root


def _codec(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:4]:
        raise Misread(
            Trouble.UNKNOWN_CHARSET, "UTF-16 and UTF-32 are not read; UTF-8 and GB 18030 are"
        )
    declared = _DECLARED.search(data[:200])
    name = declared[1].decode().lower() if declared else "utf-8"
    if name not in _CODECS:
        raise Misread(
            Trouble.UNKNOWN_CHARSET, f"the encoding {name!r} is none of {sorted(_CODECS)}"
        )
    return _CODECS[name]


def _transcoded(data: bytes, codec: str) -> bytes:
    """In UTF-8, which the parser reads. GB 18030 has one spelling for each character, so that the
    way back gives the same bytes, and places in the one are places in the other."""
    try:
        return data.decode(codec).encode()
    except UnicodeDecodeError as error:
        raise Misread(
            Trouble.UNKNOWN_CHARSET, f"not {codec}: {error.reason}", f"byte {error.start}"
        ) from error


def _unsafe(error: DefusedXmlException) -> str:
    return f"{type(error).__name__}: documents with a document type or entities are not read"


class _Builder:
    """What the parser tells its elements to. Positions only grow, so those of another encoding are
    counted on from the last one."""

    def __init__(self, text: bytes, codec: str) -> None:
        self.expat: Any = None
        self._text, self._codec = text, codec
        self._open: list[Node] = []
        self._words: list[list[str]] = []
        self._ends: list[int] = []
        self._root: Node | None = None
        self._nodes = 0
        self._here = self._there = 0

    def path(self) -> str:
        return f"line {self._line()}"

    def _line(self) -> int:
        number: int = self.expat.CurrentLineNumber
        return number

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._nodes += 1
        if len(self._open) >= DEPTH_MAX:
            raise Misread(Trouble.OUT_OF_BOUNDS, f"nests deeper than {DEPTH_MAX}", self.path())
        if self._nodes > NODES_MAX:
            raise Misread(Trouble.OUT_OF_BOUNDS, f"has more than {NODES_MAX} elements", self.path())
        namespace, _, name = tag.rpartition("}")
        index = self.expat.CurrentByteIndex
        sign = _TAG.match(self._text, index)
        self._ends.append(sign.end() if sign and sign[0].endswith(b"/>") else 0)
        node = Node(name, namespace[1:], attributes, self._place(index), self._line())
        if self._open:
            self._open[-1].children.append(node)
        self._open.append(node)
        self._words.append([])

    def data(self, text: str) -> None:
        self._words[-1].append(text)

    def end(self, tag: str) -> None:
        node = self._open.pop()
        node.text = "".join(self._words.pop()).strip()
        end = self._ends.pop()
        if not end:  # A tag of its own ends it.
            sign = _TAG.match(self._text, self.expat.CurrentByteIndex)
            end = sign.end() if sign else self.expat.CurrentByteIndex
        node.end = self._place(end)
        if not self._open:
            self._root = node

    def close(self) -> Node | None:
        return self._root

    def _place(self, index: int) -> int:
        if self._codec == "utf-8":
            return index
        passed = self._text[self._here : index].decode()
        self._here, self._there = index, self._there + len(passed.encode(self._codec))
        return self._there

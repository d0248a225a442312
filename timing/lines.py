"""Lines: where a key stands in a TOML file, so that a complaint about it can say so.

Knows TOML's syntax and nothing of what an edition means. The text must be TOML that `tomllib`
takes; what it refuses has its line already.
"""

from collections.abc import Iterator, Sequence

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

Path = tuple[str | int, ...]
"""From the top of the document: `("limit", 0, "within")` is a key of the first [[limit]]."""

_HEADERS = ("table", "table_array_element")
_KEYS = ("bare_key", "quoted_key", "dotted_key")


class Lines:
    """The line of every table, key and array element of one TOML document, from 1."""

    def __init__(self, text: str) -> None:
        """Read a document once; its keys are looked up afterwards."""
        tree = Parser(Language(tree_sitter_toml.language())).parse(text.encode())
        self._lines: dict[Path, int] = {}
        self._counts: dict[Path, int] = {}
        for node in tree.root_node.named_children:
            if node.type in _HEADERS:
                self._table(node)
            elif node.type == "pair":
                self._pair((), node)

    def of(self, path: Sequence[str | int]) -> int:
        """The line on which something stands; of what is missing, the line of what should hold it.

        Parts of the path that the document does not have are passed over. The first line, when
        none of it is there.
        """
        found: Path = ()
        for part in path:
            if (*found, part) in self._lines:
                found = (*found, part)
        return self._lines.get(found, 1)

    def _table(self, node: Node) -> None:
        """`[a.b]` or `[[a.b]]`, in the latest element of each array on the way."""
        *above, last = _keys(node.named_children[0])
        path: Path = ()
        for key in above:
            path = self._latest((*path, key))
            self._lines.setdefault(path, _line(node))
        path = (*path, last)
        if node.type == "table_array_element":
            self._lines.setdefault(path, _line(node))
            count = self._counts[path] = self._counts.get(path, 0) + 1
            path = (*path, count - 1)
        self._lines.setdefault(path, _line(node))
        for pair in node.named_children[1:]:
            if pair.type == "pair":
                self._pair(path, pair)

    def _latest(self, path: Path) -> Path:
        count = self._counts.get(path)
        return (*path, count - 1) if count else path

    def _pair(self, table: Path, pair: Node) -> None:
        name, value = (child for child in pair.named_children if child.type != "comment")
        path = table
        for key in _keys(name):
            path = (*path, key)
            self._lines.setdefault(path, _line(pair))
        self._value(path, value)

    def _value(self, path: Path, value: Node) -> None:
        if value.type == "inline_table":
            for pair in value.named_children:
                if pair.type == "pair":
                    self._pair(path, pair)
        elif value.type == "array":
            elements = (child for child in value.named_children if child.type != "comment")
            for number, element in enumerate(elements):
                self._lines[(*path, number)] = _line(element)
                self._value((*path, number), element)


def _line(node: Node) -> int:
    return node.start_point[0] + 1


def _keys(node: Node) -> Iterator[str]:
    """The parts of a key, without quotes. Escapes in a quoted key are left as written."""
    if node.type == "dotted_key":
        for child in node.named_children:
            yield from _keys(child)
    elif node.type in _KEYS:
        text = (node.text or b"").decode()
        yield text[1:-1] if node.type == "quoted_key" else text

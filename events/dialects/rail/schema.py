"""A message held against the schema that the user supplies. Knows XML Schema alone."""

from functools import lru_cache
from typing import Any, Final, NamedTuple

from events.dialects.troubles import Misread, Trouble

BREACHES_MAX: Final = 1_000
ELSEWHERE: Final = ("import", "include", "redefine", "override")


class Breach(NamedTuple):
    """Where a message breaks the schema, and how. Lines count from 1."""

    line: int
    words: str


def breaches(data: bytes, schema: bytes) -> list[Breach]:
    """How a document that was found safe to read breaks a schema, at most so many of them.

    Raises Misread `schema-missing` where the schema is none, or wants others beside it, and
    `broken-syntax`.
    """
    from lxml import etree

    held = _schema(schema)
    try:
        document = etree.fromstring(data, _parser())
    except etree.XMLSyntaxError as error:  # It is stricter than who read it first.
        line = error.lineno or 1
        raise Misread(Trouble.BROKEN_SYNTAX, str(error), f"line {line}") from error
    held.validate(document)
    return [Breach(entry.line, entry.message) for entry in held.error_log][:BREACHES_MAX]


def _parser() -> Any:
    from lxml import etree

    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


@lru_cache(maxsize=8)
def _schema(schema: bytes) -> Any:
    from lxml import etree

    try:
        tree = etree.fromstring(schema, _parser())
        wanted = [etree.QName(one).localname for one in tree if isinstance(one.tag, str)]
        if others := sorted(set(wanted) & set(ELSEWHERE)):
            raise Misread(Trouble.SCHEMA_MISSING, f"it has {others}: put all of it into one file")
        return etree.XMLSchema(tree)
    except etree.LxmlError as error:
        raise Misread(Trouble.SCHEMA_MISSING, f"what is supplied is no schema: {error}") from error

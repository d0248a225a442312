"""A railway's message as bytes: each record is a part of its own."""

from collections.abc import Iterator
from datetime import datetime

from events.dialects.decoded import Decoded, Ledger
from events.dialects.rail.profile import Profile
from events.dialects.rail.schema import breaches
from events.dialects.tabular.rows import Row, say
from events.dialects.troubles import Misread, Trouble
from events.dialects.xml_tree import Node, read


def decode(data: bytes, profile: Profile, received_at: datetime | None = None) -> Decoded:
    """Read a message by a mapping of paths.

    Where it breaks the schema outside of its records, or is no XML, all of it is one refusal; a
    record that breaks the schema costs itself.
    """
    ledger = Ledger(len(data), received_at)
    try:
        root = read(data)
        records = list(root.all(profile.record))
        if not records:
            raise Misread(Trouble.UNKNOWN_MESSAGE, f"{root.name} holds no {profile.record}")
        broken = _broken(data, records, profile)
    except Misread as error:
        ledger.misread(error, ledger.part(0, len(data), "message"))
        return ledger.decoded()
    for number, record in enumerate(records):
        part = ledger.part(record.start, record.end, record.name, str(number + 1))
        where = f"line {record.line}"
        if number in broken:
            ledger.misread(Misread(Trouble.BROKEN_SYNTAX, broken[number], where), part)
        else:
            say(_row(root, record, profile), profile.mapping, ledger, part, where)
    return ledger.decoded()


def _row(root: Node, record: Node, profile: Profile) -> Row:
    return {
        column: root.said(column[1:]) if column.startswith("/") else record.said(column)
        for column in profile.mapping.needed
    }


def _broken(data: bytes, records: list[Node], profile: Profile) -> dict[int, str]:
    """Which records break the schema, and how. Raises Misread: `schema-missing`, and
    `broken-syntax` where what is broken is no record."""
    if profile.schema_name is None and profile.schema is None:
        return {}
    if profile.schema is None:
        raise Misread(Trouble.SCHEMA_MISSING, f"the profile names {profile.schema_name}")
    found: dict[int, str] = {}
    last_lines = list(_last_lines(data, records))
    for line, words in breaches(data, profile.schema):
        number = next((n for n, r in enumerate(records) if r.line <= line <= last_lines[n]), None)
        if number is None:
            raise Misread(Trouble.BROKEN_SYNTAX, words, f"line {line}")
        found.setdefault(number, words)
    return found


def _last_lines(data: bytes, records: list[Node]) -> Iterator[int]:
    for record in records:
        yield record.line + data.count(b"\n", record.start, record.end)

"""Every topic of ours has one table, and what is no fact of a topic gets no row there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from events.topics import EVENT_TOPICS, OUTCOME_TOPICS, PEOPLE_TOPICS
from sinks.accepted import LeftOut, Omitted
from sinks.migrate import SCHEMA
from sinks.tables import BY_TOPIC, EVENTS, TABLES, Table


@dataclass(frozen=True)
class _Record:
    value: bytes | None
    key: bytes | None = None
    headers: Sequence[tuple[str, bytes]] = ()
    timestamp: int = 0


def test_every_topic_that_lands_has_one_table() -> None:
    assert list(BY_TOPIC) == [
        topic.name for topic in (*OUTCOME_TOPICS, *PEOPLE_TOPICS, *EVENT_TOPICS)
    ]
    assert len({table.name for table in TABLES}) == len(TABLES)
    for topic in (*OUTCOME_TOPICS, *PEOPLE_TOPICS):
        assert "sinks" in topic.read_by


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_declaration_fits_itself(table: Table) -> None:
    assert "version" in table.columns
    assert {topic.shape for topic in table.topics} == ({table.fact} if table.topics else set())
    for column in (*table.key, *table.binary, *([table.withdrawn] if table.withdrawn else [])):
        assert column in table.columns
    assert [table.place(column) for column in table.columns] == list(range(len(table.columns)))
    assert tuple(getattr(table.shape, "__self__")._fields) == table.columns  # noqa: B009


OUR_OWN = [table for table in TABLES if table.topics and table is not EVENTS]
_NO_FACTS = [
    _Record(None),
    _Record(b""),
    _Record(b"[]"),
    _Record(b"\xff"),
    _Record(b'{"visit_id": 1}'),
    _Record(b"x", headers=[("topic", b"\xff")]),
    _Record(b"x", headers=[("settles", b"nowhere")]),
]


@pytest.mark.parametrize("table", OUR_OWN, ids=lambda table: table.name)
@pytest.mark.parametrize("record", _NO_FACTS, ids=repr)
def test_what_is_no_fact_is_a_value_error(table: Table, record: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each shape says it in its own words
        table.build(record, 0)


@pytest.mark.parametrize("record", _NO_FACTS, ids=repr)
def test_senders_may_be_wrong_and_are_left_out(record: Any) -> None:
    assert EVENTS.build(record, 0) == Omitted(LeftOut.REFUSED)


def test_partition_follows_from_the_key() -> None:
    """Reading merges part by part, which is exact only if no key is ever in two of them."""
    text = "\n".join(path.read_text() for path in sorted(SCHEMA.glob("*.sql")))
    found = re.findall(r"PARTITION BY (?:toYYYYMM\()?(\w+)\)?\nORDER BY \((.+)\)", text)
    assert len(found) == text.count("PARTITION BY") > 7
    for column, key in found:
        columns = key.split(", ")
        assert column in columns or (column == "visit_opened_at" and "visit_id" in columns)

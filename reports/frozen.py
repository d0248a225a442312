"""Frozen facts read back, whole or as one hash.

Knows the table `vintage_facts`; must never know how facts got there or what is counted of them.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Final

from reports.facts import FrozenFact, LimitFact, Link
from reports.tables import Row, Tables

_SECOND: Final = "toUnixTimestamp64Second({})"
_PLAIN: Final = (
    "port", "stage", "visit_id", "occurrence", "province", "facility", "unit_type", "unit_id",
    "mode", "direction", "goods", "laden", "inspected", "advance", "trader", "peak", "standing",
)  # fmt: skip
_FIELDS: Final = (
    *_PLAIN, _SECOND.format("opened_at"), _SECOND.format("closed_at"), "gross_s", "net_s", "age_s",
    "left_out", "verdict", "definition",
    "arrayZip(limit_ids, limit_editions, limit_s, limit_net_s, limit_verdicts)",
    "arrayZip(link_stages, link_s)", "event_ids", "cohort_known",
)  # fmt: skip
_LIMITS, _LINKS = 25, 26


def frozen_facts(tables: Tables, vintage: str, stage: str | None = None) -> Iterator[FrozenFact]:
    """The facts of a vintage, of one stage or of all, by key, as a stream."""
    narrowed = "" if stage is None else "AND stage = %(stage)s "
    asked = (
        f"SELECT {', '.join(_FIELDS)} FROM vintage_facts WHERE vintage = %(vintage)s {narrowed}"
        "ORDER BY vintage, port, stage, visit_id, occurrence"
    )
    for row in tables.rows(asked, {"vintage": vintage, "stage": stage or ""}):
        yield _fact(row)


def _fact(row: Row) -> FrozenFact:
    said: list[Any] = list(row)
    said[_LIMITS] = tuple(LimitFact._make(one) for one in said[_LIMITS])
    said[_LINKS] = tuple(Link._make(one) for one in said[_LINKS])
    said[_LINKS + 1] = tuple(said[_LINKS + 1])
    said[-1] = bool(said[-1])
    return FrozenFact._make(said)


def hashed(tables: Tables, vintage: str) -> tuple[int, str]:
    """How many facts a vintage has, and the hash of them: as `reports.vintages.facts_digest` says
    in plain Python, found in the database, room by room."""
    rooms = list(tables.rows(_ROOMS, {"vintage": vintage}))
    joined = bytes.fromhex("".join(room for _, room in rooms))
    return sum(facts for facts, _ in rooms), sha256(joined).hexdigest()


def _member(text: str) -> str:
    """A text as `<length in bytes>:<text>`."""
    return f"concat(toString(length({text})), ':', {text})"


def _listed(array: str) -> str:
    """A list of texts: its members so written, one after the other."""
    return f"arrayStringConcat(arrayMap(one -> {_member('one')}, {array}))"


def _of_tuple(array: str, size: int) -> str:
    """A list of tuples: each member is its own fields so written."""
    inner = ", ".join(_member(f"toString(one.{place})") for place in range(1, size + 1))
    return _listed(f"arrayMap(one -> concat({inner}), {array})")


def _leaf() -> str:
    fields = [f"toString({field})" for field in _FIELDS]
    fields[_LIMITS] = _of_tuple(_FIELDS[_LIMITS], 5)
    fields[_LINKS] = _of_tuple(_FIELDS[_LINKS], 2)
    fields[_LINKS + 1] = _listed("event_ids")
    # Joined to a text: the engine cuts noughts off the end of bytes of a fixed length.
    return f"concat(SHA256(concat({', '.join(_member(field) for field in fields)})), '')"


_ROOMS: Final = f"""
SELECT count(), hex(SHA256(unhex(arrayStringConcat(arraySort(groupArray(leaf))))))
FROM (SELECT hex({_leaf()}) AS leaf FROM vintage_facts WHERE vintage = %(vintage)s)
GROUP BY substring(leaf, 1, 2) AS room
ORDER BY room
"""

"""Heard: from files and from the tables the same, and nothing of other units."""

from itertools import count

import pytest

from events.envelope import Event, Unit
from events.testing import PORT, at, box, event, told, wire
from events.vocabulary import UnitType
from portclock.heard import Heard, Wanted, in_files, in_tables
from sinks.accepted import event_row
from sinks.memory import MemoryStore
from sinks.tables import EVENTS

FOG = event(
    "suspension-declared", "09:00", unit=Unit(type=UnitType.PLACE, id=PORT), event_id="s1",
    reason="fog",
)  # fmt: skip
OURS = told("08:00 gated-in", "09:30 move-ordered", "10:30 move-ended")
OTHERS = [
    *told("12:00 gated-in", unit=box(7), ids="o"),
    event("gated-in", "11:00", port="CNSHD", event_id="x"),
]
WANTED = Wanted(PORT, box(), None)


def landed(*events: Event) -> MemoryStore:
    store, version = MemoryStore(), count()
    store.insert(EVENTS, [event_row(one, next(version)) for one in events], "t")
    return store


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (box(), Wanted(None, box(), None)),
        (f"{PORT}/{box()}", Wanted(PORT, box(), None)),
        (f"{PORT}/{box()}/X", Wanted(PORT, box(), f"{PORT}/{box()}/X")),
    ],
)
def test_a_unit_may_be_named_with_its_port_and_its_visit(text: str, wanted: Wanted) -> None:
    assert Wanted.of(text) == wanted


@pytest.mark.parametrize("text", ["", "/", "a//b", "a/b/c/d", "a/"])
def test_anything_else_names_no_visit(text: str) -> None:
    with pytest.raises(ValueError, match="names no visit"):
        Wanted.of(text)


def _in_files() -> Heard:
    return in_files(WANTED, [*wire(*OURS, FOG, *OTHERS), b"{", *wire(OURS[0])])


def test_files_give_the_unit_its_places_and_the_last_instant_of_all() -> None:
    heard = _in_files()
    (reports,) = heard.reports.values()
    assert [report.event_id for report in reports] == ["e1", "e2", "e3", "e1"]
    assert [s.start for s in heard.closures.of(PORT)] == [int(at("09:00").timestamp())]
    assert heard.latest == int(at("12:00").timestamp())
    assert heard.refused == 1
    assert heard.reasons == {FOG.identity: "fog"}


def test_a_unit_without_a_port_is_sought_at_all() -> None:
    heard = in_files(Wanted(None, box(), None), wire(*OURS, *OTHERS))
    assert sorted(heard.reports) == [f"CNLYG/{box()}", f"CNSHD/{box()}"]
    in_table = in_tables(Wanted(None, box(), None), landed(*OURS, *OTHERS), ["CNLYG", "CNSHD"])
    assert sorted(in_table.reports) == sorted(heard.reports)


def test_the_tables_give_what_the_files_gave() -> None:
    heard = in_tables(WANTED, landed(*OURS, FOG, *OTHERS), [])
    from_files = _in_files()
    key = f"{PORT}/{box()}"
    assert heard.reports[key] == from_files.reports[key][:3]
    assert heard.closures == from_files.closures
    assert heard.units == from_files.units
    assert heard.latest == int(at("10:30").timestamp())


def test_a_unit_that_no_table_knows_is_unknown() -> None:
    heard = in_tables(WANTED, landed(FOG), [])
    assert (heard.reports, heard.latest) == ({}, None)

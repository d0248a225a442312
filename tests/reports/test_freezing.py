"""How a month is cut into statements, and what the law hands them."""

from collections.abc import Iterator, Sequence

import pytest

from events.vocabulary import Party
from reports.freezing import LEAVE_OUT, SLICE_ROWS, WHOLE, Slice, freeze, handed_in, slices
from reports.places import places
from reports.tables import Parameters, Row
from timing.commitments.period import month
from timing.commitments.promise import MeanPromise
from timing.holds import excuses
from timing.measures.rules import measure_rules

MARCH = month("2026-03")


class CountedTables:
    """Tables that know how many outcomes each stage of a port has, and keep what is run."""

    def __init__(self, *counts: Row) -> None:
        self.counts = counts
        self.ran: list[Parameters] = []

    def rows(self, sql: str, parameters: Parameters | None = None) -> Iterator[Row]:
        return iter(self.counts)

    def run(self, sql: str, parameters: Parameters | None = None) -> None:
        assert sql.startswith("INSERT INTO vintage_facts (vintage, port, stage")
        self.ran.append(parameters or {})

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row], token: str) -> None:
        raise AssertionError("facts are frozen inside the database")


def test_small_stages_share_a_statement_and_large_ones_have_one_each() -> None:
    half = SLICE_ROWS // 2
    tables = CountedTables(
        ("CNLYG", "a", half), ("CNLYG", "b", half), ("CNLYG", "c", 1),
        ("CNSHA", "a", 3 * SLICE_ROWS), ("CNSHA", "b", 1), ("CNTAC", "a", 1),
    )  # fmt: skip
    assert list(slices(tables, MARCH)) == [
        Slice("CNLYG", ("a", "b")), Slice("CNLYG", ("c",)),
        Slice("CNSHA", ("a",)), Slice("CNSHA", ("b",)), Slice("CNTAC", ("a",)),
    ]  # fmt: skip


def test_the_whole_stay_is_by_itself_and_no_stage_is_lost() -> None:
    tables = CountedTables(("CNLYG", "a", 1), ("CNLYG", WHOLE, 1), ("CNLYG", "z", 1))
    found = list(slices(tables, MARCH))
    assert Slice("CNLYG", (WHOLE,)) in found
    assert sorted(stage for some in found for stage in some.stages) == ["a", WHOLE, "z"]
    freeze(tables, "2026-03.1", MARCH)
    assert [some["stages"] for some in tables.ran] == [list(some.stages) for some in found]
    assert not list(slices(CountedTables(), MARCH))


def test_who_excuses_whom_is_as_the_law_has_it() -> None:
    handed = handed_in("2026-03.1", MARCH, places(), measure_rules())
    said = set(handed["excusing"])
    assert ("all/customs" in said, "all/force-majeure" in said) == (False, True)
    for answers in Party:
        for party in Party:
            assert (f"{answers.value}/{party.value}" in said) == excuses(party, answers)
    assert (handed["begins_s"], handed["ends_s"]) == (MARCH.begins_at, MARCH.ends_at)


def test_what_is_left_out_is_what_promises_leave_out() -> None:
    default = MeanPromise.model_fields["leave_out"].default
    assert tuple(flag.value for flag in default) == LEAVE_OUT


@pytest.mark.parametrize("kept", [0, 1])
def test_ports_that_no_file_names_have_no_province(kept: int) -> None:
    some = places().model_copy(update={"port": places().port[:kept]})
    handed = handed_in("x", MARCH, some, measure_rules())
    assert len(handed["ports"]) == len(handed["provinces"]) == 1

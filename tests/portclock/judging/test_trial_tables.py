"""A trial over the tables comes to what one over a file of the same events comes to."""

from pathlib import Path
from random import Random
from typing import Any

import pytest

from events.codec import decode
from events.testing import at, box, told, wire
from portclock.failure import Failure
from portclock.judging.bench import Near
from portclock.judging.court import Nobody
from portclock.judging.share import Task as Heard
from portclock.judging.trial_share import Task as OfFiles
from portclock.judging.trial_share import try_in_shares
from portclock.judging.trial_tables import SLICE, Task, _asked, surveyed, try_tables
from reports.whatif.beside import beside
from reports.whatif.result import Result, Trial, months_between
from reports.whatif.testing import drafted, drawn, in_force, lines
from sinks.accepted import event_row
from sinks.memory import MemoryStore
from sinks.tables import EVENTS
from timing.limits import Register
from timing.rules import Rules

NONE = Rules(Register(()))


def _landed(said: list[bytes]) -> MemoryStore:
    store = MemoryStore()
    events = [event for line in said for event in decode(line)]
    rows = [event_row(event, version) for version, event in enumerate(events)]
    store.insert(EVENTS, rows, "all")
    return store


def _of_file(said: list[bytes], trial: Trial, folder: Path) -> Result:
    file = folder / "history.jsonl"
    file.write_bytes(b"\n".join(said))
    task = OfFiles(Heard((file,), NONE, at("day+400 00:00"), lines=False), trial)
    return try_in_shares(Near(1, task), trial, Nobody())


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("months", [("2026-03", "2026-03"), ("2026-05", "2026-06")])
@pytest.mark.parametrize("promised", [True, False])
def test_the_tables_come_to_what_a_file_comes_to(
    seed: int, months: tuple[str, str], promised: bool, tmp_path: Path
) -> None:
    rng = Random(seed)
    said = lines(drawn(rng, boxes=7))
    none: dict[str, Any] = {} if promised else {"commitment": (), "limit": drafted().limit[:3]}
    laid = beside(drafted(**none), [in_force(**none)])
    trial = Trial(laid, months_between(*months), 3)
    store = _landed([line for line in said if b"CNLYG" in line] if seed % 2 else said)
    survey = surveyed(store, trial, at_once=rng.choice((1, 3, 100)))
    task = Task(lambda: store, NONE, trial, survey)
    found = try_tables(Near(rng.choice((1, 2)), task), task, Nobody())
    expected = _of_file([line for line in said if b"CNLYG" in line], trial, tmp_path)
    assert found.effects == expected.effects
    assert found.promised == expected.promised
    assert found.most == expected.most
    assert (found.now, found.units) == (expected.now, expected.units)


def test_a_call_that_began_before_the_time_is_whole(tmp_path: Path) -> None:
    """One of its boxes was lifted and gone the day before the month."""
    said = [
        line
        for n, (lifted, gone) in enumerate(
            [("day-2 22:00", "day-2 23:00"), ("day-1 01:00", "day-1 05:00")]
        )
        for line in wire(
            *told(f"{lifted} discharged", f"{gone} gated-out", unit=box(n), ids=f"{n}-",
                  mode="water", facility="LPCT", refs={"voyage": "V1"}, cargo={"size_type": "22G1"})
        )
    ]  # fmt: skip
    later = wire(*told("day+5 08:00 gated-in", unit=box(9), ids="z"))
    trial = Trial(beside(drafted(), [in_force()]), months_between("2026-03", "2026-03"), 3)
    store = _landed([*said, *later])
    task = Task(lambda: store, NONE, trial, surveyed(store, trial))
    found = try_tables(Near(1, task), task, Nobody())
    assert found.promised == _of_file([*said, *later], trial, tmp_path).promised
    [rate] = [one for name, one in found.promised.items() if name[0::2] == ("draft", "rate")]
    assert rate.kept.measures[0].numerator == 2, "boxes"


def test_units_that_cannot_be_compared_are_not_asked_for() -> None:
    store = _landed(lines(drawn(Random(1), boxes=9)))
    few: dict[str, Any] = {"limit": drafted().limit[:1], "commitment": ()}
    narrow = Trial(beside(drafted(**few), []), months_between("2026-03", "2026-03"), 3)
    wide = Trial(beside(drafted(), [in_force()]), months_between("2026-03", "2026-03"), 3)
    later = wide._replace(months=months_between("2026-07", "2026-07"))
    assert surveyed(store, narrow).units < surveyed(store, wide).units == 9
    assert surveyed(store, later).units == 0


@pytest.mark.parametrize(("at_once", "slices"), [(9, 1), (10, 1), (8, 2), (4, 3), (1, 9)])
def test_slices_of_so_many_units_are_all_units_once(at_once: int, slices: int) -> None:
    store = _landed(lines(drawn(Random(1), boxes=9)))
    trial = Trial(beside(drafted(), [in_force()]), months_between("2026-03", "2026-03"), 3)
    survey = surveyed(store, trial, at_once)
    assert (survey.units, len(survey.firsts)) == (9, slices)
    bounds = [survey.slice(number) for number in range(slices)]
    assert [one["first"] for one in bounds[1:]] == [one["beyond"] for one in bounds[:-1]]
    assert bounds[-1]["beyond"] == ""
    asked = [{**_asked(trial), **one} for one in bounds]
    found = [{message for (message,) in store.ask(SLICE, one)} for one in asked]
    everything = {message for (message,) in store.ask(SLICE, {**asked[0], "beyond": ""})}
    assert sum(map(len, found)) == len(set().union(*found)) == len(everything)


def test_tables_without_an_event_of_the_port_are_no_history() -> None:
    trial = Trial(beside(drafted(), []), months_between("2026-03", "2026-03"), 3)
    task = Task(MemoryStore, NONE, trial, surveyed(MemoryStore(), trial))
    with pytest.raises(Failure, match="no event of CNLYG"):
        try_tables(Near(1, task), task, Nobody())

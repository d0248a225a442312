"""The harness itself, without any process: what it declares, counts, remembers and writes down."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from load_tests.faults import run as running
from load_tests.faults.catalogue import FAULTS, MODULES
from load_tests.faults.fault import Aftermath, Fault, Hurt
from load_tests.faults.kills import victims
from load_tests.faults.port_clock import PortClock
from load_tests.faults.rig import Setup, declared
from load_tests.faults.run import Unfinished, run
from load_tests.faults.share import Stretch
from load_tests.faults.soak import Summary, Wish, begun, soak
from load_tests.faults.standing import missing, reached
from load_tests.faults.table import BEGIN, END, PAGE, RESULTS, page_with, table
from portclock.standalone.child import Child

MACHINE = {"cores": 2, "cpu": "a cpu", "memory_gib": 23.4, "python": "3.11", "load_1min": 0.5}
FOUND = Aftermath("kill-worker", "kafka, 2 workers", 3, 1_234, 0, 0, 0.25, 8.61, 20_000, 15_000, 44)


def _declared(folder: Path, setup: Setup) -> Mapping[str, Child]:
    return {child.name: child for child in declared(folder, setup).children}


def test_a_setup_is_the_standalone_stack_with_as_many_workers_as_it_says(tmp_path: Path) -> None:
    parts = _declared(tmp_path, Setup("tansu", workers=2, spares=1))
    assert [name for name in parts if name.startswith("worker")] == [
        "worker", "worker-2", "worker-3",
    ]  # fmt: skip
    workers = [parts[name] for name in ("worker", "worker-2", "worker-3")]
    for name in ("PORTCLOCK_METRICS_PORT", "PORTCLOCK_DATA"):
        assert len({worker.env[name] for worker in workers}) == 3
    assert len({worker.ready for worker in workers}) == 3
    assert "board" not in parts
    assert parts["pulse"].argv[-1] == str(tmp_path / "port-clock")


def test_parts_die_often_here_but_a_broker_that_forgets_stays_dead(tmp_path: Path) -> None:
    parts = _declared(tmp_path, Setup("tansu"))
    assert parts["writer"].restarts.attempts_max > 100
    assert parts["broker"].restarts.attempts_max == 0
    assert parts["schema"].restarts.attempts_max < 10


def test_a_part_gets_its_familys_environment_and_its_own(tmp_path: Path) -> None:
    said = {"worker": {"A": "all", "B": "all"}, "worker-2": {"B": "second"}}
    parts = _declared(tmp_path, Setup("tansu", workers=2, env=said, without=("writer", "pulse")))
    assert [(parts[name].env["A"], parts[name].env["B"]) for name in ("worker", "worker-2")] == [
        ("all", "all"), ("all", "second"),
    ]  # fmt: skip
    assert not {"writer", "pulse"} & set(parts)


def test_the_ports_clock_is_the_same_for_all_who_read_it_and_never_goes_back(
    tmp_path: Path,
) -> None:
    ours, theirs = PortClock(tmp_path / "clock"), PortClock(tmp_path / "clock")
    assert theirs.epoch_s == 0
    ours.reach(1_000)
    ours.reach(999)
    assert theirs.epoch_s == 1_000
    assert theirs.now().isoformat() == "1970-01-01T00:16:40+00:00"
    ours.close()
    theirs.close()


def test_no_answer_of_the_broker_is_no_progress() -> None:
    wanted = {("a", 0): 5, ("b", 1): 1}
    assert reached({("a", 0): 5, ("b", 1): 2}, wanted)
    assert not reached({("a", 0): 5}, wanted)
    assert not reached(None, wanted)
    assert missing({("a", 0): 3, ("b", 1): 2}, wanted) == 2


def test_faults_have_names_of_their_own() -> None:
    assert len(FAULTS) == sum(len(module.FAULTS) for module in MODULES)
    for fault in FAULTS.values():
        assert fault.how
        assert any("一" <= letter <= "鿿" for letter in fault.how_zh), fault.name


def test_whoever_is_there_may_be_killed_and_nobody_else() -> None:
    there: Any = SimpleNamespace(
        at_work=("worker-2",), brokers=("broker",), names=("writer", "restater", "board")
    )
    assert set(victims(there)) == {"worker-2", "broker", "writer", "restater"}


@pytest.fixture
def rigs(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The names of the faults that each rig was begun for; "no-rig" does not let it begin."""
    begun: list[list[str]] = []

    @contextmanager
    def hurting(*_: object) -> Iterator[Any]:
        begun.append([])
        yield SimpleNamespace(rig=SimpleNamespace(random=Random()))

    def together(waiting: list[Fault], hurt: Hurt, tell: object) -> Iterator[Aftermath]:
        if waiting[0].name == "no-rig":
            raise TimeoutError("it did not start")
        while waiting:
            fault = waiting.pop(0)
            begun[-1].append(fault.name)
            assert fault.name != "fails", "not as it should be"
            yield replace(FOUND, fault=fault.name, lost=int(fault.name == "loses"))

    monkeypatch.setattr(running, "hurting", hurting)
    monkeypatch.setattr(running, "together", together)
    return begun


def test_a_fault_that_fails_ends_its_rig_and_not_the_run(rigs: list[list[str]]) -> None:
    names = ("first", "fails", "no-rig", "loses", "last")
    faults, said = [replace(FAULTS["poison"], name=name) for name in names], list[str]()
    found: list[str] = []
    with pytest.raises(Unfinished, match=r"fails: AssertionError.*; no-rig: TimeoutError"):
        found.extend(one.fault for one in run(faults, 1, said.append))
    assert found == ["first", "loses", "last"]
    assert rigs == [["first", "fails"], [], ["loses"], ["last"]]
    assert len(said) == 2


def test_one_difference_is_harm() -> None:
    assert FOUND.harmless
    assert not replace(FOUND, lost=1).harmless
    assert not replace(FOUND, duplicated=1).harmless


def test_a_soak_goes_on_where_its_file_ends(tmp_path: Path) -> None:
    wish, file = Wish(kills=50, setup=Setup(workers=3), seed=7), tmp_path / "soak.json"
    assert begun(wish, file) == Summary("kafka, 3 workers", 7)
    done = replace(begun(wish, None), kills=50, stretches=2, killed={"worker": 50})
    file.write_text(json.dumps(done.document()))
    assert begun(wish, file) == done
    assert soak(wish, file, print) == done, "it has been done, so nothing is started"


def test_a_soak_never_goes_on_from_anothers_file_nor_after_harm(tmp_path: Path) -> None:
    wish, file = Wish(kills=50, seed=7), tmp_path / "soak.json"
    harmed = replace(begun(wish, None), kills=25, lost=1)
    file.write_text(json.dumps(harmed.document()))
    assert soak(wish, file, print) == harmed
    with pytest.raises(ValueError, match="is of another soak"):
        begun(replace(wish, seed=8), file)


def test_the_table_has_every_fault_and_says_what_was_not_run() -> None:
    faults = {name: FAULTS[name] for name in ("kill-worker", "kill-writer")}
    done = replace(Summary("kafka, 3 workers", 1), kills=200, killed={"pulse": 200}, seconds=600.0)
    results = {
        "machine": MACHINE,
        "results": {"kill-worker": FOUND.document()},
        "soaks": [done.document()],
    }
    made = table(results, faults)
    lines = made.splitlines()
    assert "| kafka, 2 workers | 3 | 1,234 | 0 | 0 | 0.2 | 8.6 |" in lines[2]
    assert "| not run |" in lines[3]
    assert "**200 kills** at random moments in 10 minutes (pulse 200)" in made
    assert "2 cores (a cpu), 23 GiB" in made


def test_only_what_stands_between_the_marks_is_written() -> None:
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    assert page_with(page, "new") == f"before\n{BEGIN}\nnew\n{END}\nafter\n"
    with pytest.raises(ValueError, match="has no"):
        page_with("nothing to be found", "new")


def test_the_page_has_the_table_of_the_results() -> None:
    made = table(json.loads(RESULTS.read_text()), FAULTS)
    page = PAGE.read_text()
    assert page == page_with(page, made), "run: python -m load_tests.faults table"


def test_every_fault_that_was_run_did_no_harm() -> None:
    kept = json.loads(RESULTS.read_text())
    harm = [one for one in (*kept["results"].values(), *kept["soaks"])
            if one["lost"] or one["duplicated"]]  # fmt: skip
    assert harm == []
    assert set(kept["results"]) <= set(FAULTS)


def test_a_rate_is_of_all_workers_together() -> None:
    stretch = Stretch(2.0, {"worker": 300.0, "worker-2": 100.0}, {"worker": 1.5})
    assert stretch.per_s == 200.0
    assert (stretch.cores("worker"), stretch.cores("worker-2")) == (0.75, 0.0)

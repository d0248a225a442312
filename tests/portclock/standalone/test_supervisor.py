"""The supervisor with real processes: order, restarts, giving up, stopping, nothing left."""

import itertools
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from portclock.standalone.child import Child, Restarts
from portclock.standalone.disk import DiskWatch
from portclock.standalone.errors import StandaloneError
from portclock.standalone.health import Health, State
from portclock.standalone.ready import Running
from portclock.standalone.supervisor import STOP_WITHIN_S, Supervisor
from portclock.standalone.waiting import until

Declare = Callable[..., Child]
WITHIN_S = 20
QUICK = Restarts(attempts_max=2, first_pause_s=0.01, longest_pause_s=0.02)
STUBBORN = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print('{}', flush=True)
while True: signal.pause()
"""
# A child with a child of its own that left the group and the session.
PARENT = """
import signal, subprocess, sys
code = 'import signal; signal.pause()'
inner = subprocess.Popen([sys.executable, '-c', code], start_new_session=True)
print('{"inner": %d}' % inner.pid, flush=True)
signal.pause()
"""
# Asked to stop, it still has something to finish: a file tells when it may, another that it did.
ORDERLY = """
import pathlib, signal, threading
folder = pathlib.Path({folder!r})
def bye(*_):
    (folder / 'asked').touch()
    while not (folder / 'go').exists(): threading.Event().wait(0.01)
    threading.Event().wait(0.2)
    (folder / 'done').touch()
    raise SystemExit
signal.signal(signal.SIGTERM, bye)
print('{{}}', flush=True)
signal.pause()
"""
# A supervisor of its own: prints the pids of its parts once they are ready, then waits.
OUTER = """
import json, sys, traceback
from pathlib import Path
from portclock.standalone.child import Child
from portclock.standalone.ready import Announced
from portclock.standalone.supervisor import Supervisor
folder, codes = Path(sys.argv[1]), json.loads(sys.argv[2])
children = [
    Child(f'part{n}', (sys.executable, '-c', code), ready=Announced())
    for n, code in enumerate(codes)
]
try:
    with Supervisor(folder, children) as running:
        running.wait_ready(20)
        print(json.dumps([health.pid for health in running.health()]), flush=True)
        running.wait()
except KeyboardInterrupt:
    sys.exit(130)
"""


def _only(running: Supervisor) -> Health:
    (health,) = running.health()
    return health


def _outer(folder: Path, *codes: str) -> tuple["subprocess.Popen[bytes]", list[int]]:
    command = [sys.executable, "-c", OUTER, str(folder), json.dumps(codes)]
    outer = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
    assert outer.stdout
    with outer.stdout as said:
        pids: list[int] = json.loads(said.readline())
    return outer, pids


def _gone(pids: list[int]) -> bool:
    return not any(_runs(pid) for pid in pids)


def _runs(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_parts_start_in_order_and_are_told_as_values(tmp_path: Path, python_child: Declare) -> None:
    note = f"open({str(tmp_path / 'order')!r}, 'a').write"
    code = "import signal; {note}('{name} '); print('{{}}', flush=True); signal.pause()"
    children = [
        python_child(name, code.format(note=note, name=name)) for name in ("one", "two", "three")
    ]
    with Supervisor(tmp_path / "data", children) as running:
        running.wait_ready(WITHIN_S)
        found = running.health()
        assert [health.name for health in found] == ["one", "two", "three"]
        assert {health.state for health in found} == {State.READY}
        assert all(health.pid and psutil.pid_exists(health.pid) for health in found)
        assert [health.restarts for health in found] == [0, 0, 0]
    assert (tmp_path / "order").read_text() == "one two three "
    assert {health.state for health in running.health()} == {State.STOPPED}
    assert _gone([health.pid for health in found if health.pid])


def test_a_part_waits_only_for_those_it_names(tmp_path: Path, python_child: Declare) -> None:
    never = python_child("never", "import signal; signal.pause()")
    free = python_child("free", after=())
    tied = python_child("tied", after=("never", "free"))
    with Supervisor(tmp_path, [never, free, tied]) as running:
        running.wait_ready(WITHIN_S, ["free"])
        states = [health.state for health in running.health()]
        assert states == [State.STARTING, State.READY, State.WAITING]


def test_names_must_be_declared_before_and_once(tmp_path: Path, python_child: Declare) -> None:
    with pytest.raises(ValueError, match="twice"):
        Supervisor(tmp_path, [python_child("a"), python_child("a")])
    with pytest.raises(ValueError, match="before"):
        Supervisor(tmp_path, [python_child("a", after=("b",)), python_child("b")])


def test_a_step_that_runs_once_opens_the_way(tmp_path: Path, python_child: Declare) -> None:
    made = tmp_path / "made"
    step = python_child("step", f"open({str(made)!r}, 'w').close()", once=True)
    after = python_child("after", f"import os, signal; assert os.path.exists({str(made)!r})\n"
                                  "print('{}', flush=True); signal.pause()")  # fmt: skip
    with Supervisor(tmp_path / "data", [step, after]) as running:
        running.wait_ready(WITHIN_S)
        assert [health.state for health in running.health()] == [State.DONE, State.READY]


def test_a_killed_part_is_started_again(tmp_path: Path, python_child: Declare) -> None:
    with Supervisor(tmp_path, [python_child(restarts=QUICK)]) as running:
        running.wait_ready(WITHIN_S)
        first = _only(running).pid
        running.kill("part")
        assert until(
            lambda: _only(running).restarts == 1 and _only(running).state is State.READY, WITHIN_S
        )
        again = _only(running)
        assert again.pid != first
        assert again.trouble is not None
        assert "SIGKILL" in again.trouble
        assert running.failure() is None


def test_a_part_that_is_kept_down_is_not_started_until_it_may(
    tmp_path: Path, python_child: Declare
) -> None:
    children = [python_child(name, restarts=QUICK, after=()) for name in ("one", "spare")]
    running = Supervisor(tmp_path, children)
    running.keep_down("spare")
    with running:
        running.wait_ready(WITHIN_S, ["one"])
        one, spare = running.health()
        assert (one.state, spare.state, spare.pid) == (State.READY, State.WAITING, None)
        running.let_up("spare")
        running.wait_ready(WITHIN_S)
        running.keep_down("spare")
        assert running.is_down("spare")
        assert running.health()[1].state is State.READY
        running.send("spare", signal.SIGTERM)
        assert until(lambda: running.health()[1].pid is None, WITHIN_S)
        assert not until(lambda: running.health()[1].pid, 0.3)
        running.let_up("spare")
        running.wait_ready(WITHIN_S)
        assert running.health()[1].restarts == 1
        assert running.health()[0].restarts == 0


def test_a_part_that_keeps_dying_is_given_up(tmp_path: Path, python_child: Declare) -> None:
    count = f"open({str(tmp_path / 'runs')!r}, 'a').write('x')"
    code = f"{count}; print('no such berth'); raise SystemExit(3)"
    with Supervisor(tmp_path / "data", [python_child(code=code, restarts=QUICK)]) as running:
        with pytest.raises(StandaloneError) as caught:
            running.wait_ready(WITHIN_S)
        assert _only(running).state is State.FAILED
    sentence = str(caught.value)
    assert "The part ended with exit code 3, 3 times in a row" in sentence
    assert str(tmp_path / "data" / "logs" / "part.log") in sentence
    assert sentence.endswith("no such berth")
    assert (tmp_path / "runs").read_text() == "xxx"


def test_an_exit_code_that_means_never_again_is_believed(
    tmp_path: Path, python_child: Declare
) -> None:
    child = python_child(code="raise SystemExit(78)", advice="Install a crane.")
    with (
        Supervisor(tmp_path, [child]) as running,
        pytest.raises(
            StandaloneError, match=r"exit code 78; .* Install a crane\.\nIt said nothing"
        ),
    ):
        running.wait_ready(WITHIN_S)
    assert _only(running).restarts == 0


def test_a_program_that_is_not_there_is_given_up(tmp_path: Path) -> None:
    child = Child("part", ("/no/such/program",))
    with (
        Supervisor(tmp_path, [child]) as running,
        pytest.raises(StandaloneError, match=r"cannot be started: .*: /no/such/program"),
    ):
        running.wait_ready(WITHIN_S)


def test_a_part_that_never_gets_ready_is_a_dead_part(tmp_path: Path, python_child: Declare) -> None:
    child = python_child(
        code="import signal; signal.pause()",
        ready_within_s=0.2,
        restarts=Restarts(attempts_max=0),
    )
    with (
        Supervisor(tmp_path, [child]) as running,
        pytest.raises(StandaloneError, match=r"was not ready within 0\.2 s"),
    ):
        running.wait_ready(WITHIN_S)


def test_waiting_has_an_end_and_names_the_late(tmp_path: Path, python_child: Declare) -> None:
    late = python_child("late", "import signal; signal.pause()")
    with Supervisor(tmp_path, [python_child("early"), late]) as running:
        running.wait_ready(WITHIN_S, ["early"])
        with pytest.raises(StandaloneError, match=r"Not ready within 0\.1 s: late\. Look at"):
            running.wait_ready(0.1)


def test_a_part_given_up_ends_the_wait(tmp_path: Path, python_child: Declare) -> None:
    with Supervisor(tmp_path, [python_child(restarts=Restarts(attempts_max=0))]) as running:
        running.wait_ready(WITHIN_S)
        running.wait(0.0)
        running.kill("part")
        with pytest.raises(StandaloneError, match="The part was ended by SIGKILL"):
            running.wait(WITHIN_S)


def test_stubborn_parts_are_killed_within_the_bound(tmp_path: Path) -> None:
    outer, pids = _outer(tmp_path, *[STUBBORN] * 4)
    os.kill(outer.pid, signal.SIGTERM)
    assert outer.wait(STOP_WITHIN_S) == 130
    assert len(pids) == 4
    assert _gone(pids)


def test_parts_stop_in_reverse_order(tmp_path: Path, python_child: Declare) -> None:
    code = """
import signal, sys
def bye(*_):
    open({path!r}, 'a').write('{name} ')
    sys.exit(0)
signal.signal(signal.SIGTERM, bye)
print('{{}}', flush=True)
signal.pause()
"""
    path = str(tmp_path / "order")
    children = [python_child(name, code.format(path=path, name=name)) for name in ("a", "b", "c")]
    with Supervisor(tmp_path / "data", children) as running:
        running.wait_ready(WITHIN_S)
    assert Path(path).read_text() == "c b a "


def test_a_killed_supervisor_leaves_nothing_behind(tmp_path: Path) -> None:
    outer, pids = _outer(tmp_path, STUBBORN, PARENT)
    inner = json.loads((tmp_path / "logs" / "part1.log").read_text())["inner"]
    assert not _gone([inner])
    os.killpg(outer.pid, signal.SIGKILL)
    outer.wait()
    assert until(lambda: _gone([*pids, inner]), WITHIN_S)
    with Supervisor(tmp_path, []) as running:  # and the folder is free again
        running.wait_ready(0)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_to_stop_it_stops_everything(tmp_path: Path, how: signal.Signals) -> None:
    outer, pids = _outer(tmp_path, STUBBORN, PARENT)
    inner = json.loads((tmp_path / "logs" / "part1.log").read_text())["inner"]
    os.kill(outer.pid, how)
    assert outer.wait(STOP_WITHIN_S) == 130
    assert _gone([*pids, inner])


def test_an_impatient_second_time_does_not_break_the_stop_off(tmp_path: Path) -> None:
    outer, _ = _outer(tmp_path, ORDERLY.format(folder=str(tmp_path)))
    os.kill(outer.pid, signal.SIGINT)
    assert until((tmp_path / "asked").exists, WITHIN_S)
    os.kill(outer.pid, signal.SIGINT)
    (tmp_path / "go").touch()
    assert outer.wait(WITHIN_S) == 130
    assert (tmp_path / "done").exists()


def test_one_folder_has_one_owner(tmp_path: Path, python_child: Declare) -> None:
    with Supervisor(tmp_path, [python_child()]) as running:
        running.wait_ready(WITHIN_S)
        with (
            pytest.raises(StandaloneError, match=f"in use by the process {os.getpid()}: stop that"),
            Supervisor(tmp_path, [python_child()]),
        ):
            pytest.fail("a second owner")
        assert _only(running).state is State.READY
    with Supervisor(tmp_path, [python_child()]) as running:
        running.wait_ready(WITHIN_S)


def test_a_full_disk_is_said_before_anything_starts(tmp_path: Path, python_child: Declare) -> None:
    full = DiskWatch(low_bytes=20, none_bytes=10, free_bytes=lambda _: 9)
    with (
        pytest.raises(StandaloneError, match="too full to go on"),
        Supervisor(tmp_path, [python_child()], disk=full),
    ):
        pytest.fail("started on a full disk")


def test_a_disk_that_fills_up_ends_the_wait(tmp_path: Path, python_child: Declare) -> None:
    free = [100]
    hours, ticks = [0.0], itertools.count()  # each look at the clock takes a millisecond
    watch = DiskWatch(low_bytes=50, none_bytes=10, free_bytes=lambda _: free[0])
    child = python_child(ready_within_s=1e9)
    with Supervisor(
        tmp_path, [child], clock=lambda: hours[0] + next(ticks) / 1000, disk=watch
    ) as run:
        run.wait_ready(WITHIN_S)
        free[0], hours[0] = 20, 3600.0
        assert until(lambda: (room := run.disk()) and room.sentence, WITHIN_S)
        assert run.failure() is None
        free[0], hours[0] = 5, 7200.0
        with pytest.raises(StandaloneError, match="too full to go on"):
            run.wait(8000 + WITHIN_S)


def test_children_get_their_environment_and_the_given_one(
    tmp_path: Path, python_child: Declare
) -> None:
    code = (
        "import json, os, signal; print(json.dumps(dict(os.environ)), flush=True); signal.pause()"
    )
    child = python_child(code=code, env={"BERTH": "4"})
    base = {"PATH": os.environ["PATH"], "BERTH": "1", "PORT": "SHA"}
    with Supervisor(tmp_path, [child], environ=base) as running:
        running.wait_ready(WITHIN_S)
    said = json.loads((tmp_path / "logs" / "part.log").read_text())
    assert said["BERTH"] == "4"
    assert said["PORT"] == "SHA"
    assert "HOME" not in said


def test_a_secret_in_the_environment_is_not_shown() -> None:
    child = Child("part", ("true",), env={"PASSWORD": "hunter2"}, ready=Running())
    assert "hunter2" not in repr(child)


def test_a_defect_of_a_check_reaches_the_caller(tmp_path: Path, python_child: Declare) -> None:
    def broken(_: object) -> bool:
        raise ZeroDivisionError("berths")

    with (
        Supervisor(tmp_path, [python_child(ready=broken)]) as running,
        pytest.raises(StandaloneError, match="The supervisor itself failed: ZeroDivisionError"),
    ):
        running.wait_ready(WITHIN_S)

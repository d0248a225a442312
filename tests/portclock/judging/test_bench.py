"""The bench: shares in processes of their own, which answer, tell how far they are, and end."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from events.testing import box, told, wire
from portclock.failure import Failure
from portclock.judging import bench
from portclock.judging.bench import Far, Near, cores, held_by, in_processes, jobs_for
from portclock.judging.court import judge_in_shares
from portclock.judging.share import Task
from portclock.traffic.feed import traffic
from timing.engine import Rules
from timing.judge import judge

MOVED = ("08:00 gated-in", "10:00 move-ordered", "10:20 move-ended")
TAKEN = datetime(2030, 1, 1, tzinfo=UTC)


class Counting:
    """Follows the work."""

    def __init__(self) -> None:
        self.bytes = self.units = 0

    def read(self, count: int) -> None:
        self.bytes += count

    def begin(self, units: int) -> None:
        self.units += units

    def judged(self, count: int) -> None:
        """Fewer units than are told of."""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("judging") / "port.jsonl"
    file.write_bytes(b"".join([sent.value + b"\n" for sent in traffic(150, 7)]))
    return file


def test_processes_come_to_what_one_judge_does(port: Path) -> None:
    oracle = judge(port.read_bytes().splitlines(), Rules(), received_at=TAKEN)
    watch = Counting()
    with held_by(2, Task((port,), Rules(), TAKEN, lines=True)) as held:
        assert isinstance(held, Far)
        found = judge_in_shares(held, None, watch)
        written = [line for block in found.lines for line in block]
    assert written == oracle.lines() != []
    assert (found.accounts, found.refused) == (oracle.accounts, oracle.refused)
    assert watch.bytes == 2 * port.stat().st_size
    assert watch.units > 100


def test_more_processes_than_units_are_none_too_many(tmp_path: Path) -> None:
    file = tmp_path / "one.jsonl"
    file.write_bytes(b"\n".join(wire(*told(*MOVED, unit=box(3)))))
    with in_processes(3, Task((file,), Rules(), TAKEN, lines=True)) as held:
        found = judge_in_shares(held, None, Counting())
        assert len([line for block in found.lines for line in block]) > 0
    assert found.accounts.judged == 3


def test_a_process_that_dies_is_told_of_and_none_is_left(port: Path) -> None:
    with in_processes(2, Task((port,), Rules(), TAKEN, lines=True)) as held:
        processes = [process for process, _ in held._held]
        assert processes[1].pid is not None
        os.kill(processes[1].pid, signal.SIGKILL)
        with pytest.raises(Failure, match=r"ended with -9; if memory ran out"):
            judge_in_shares(held, None, Counting())
    assert not any(process.is_alive() for process in processes)


def test_one_share_needs_no_process(port: Path) -> None:
    with held_by(1, Task((port,), Rules(), TAKEN, lines=False)) as held:
        assert isinstance(held, Near)
        assert held.shares == 1


def test_a_process_is_begun_for_every_so_many_bytes_and_at_most_one_a_core() -> None:
    least = bench.SHARE_BYTES_MIN
    assert [jobs_for(size) for size in (None, 0, least, 2 * least - 1)] == [1, 1, 1, 1]
    assert jobs_for(10_000 * least) == cores()
    assert jobs_for(2 * least) == min(2, cores())


def test_ctrl_c_ends_all_processes_without_a_traceback(tmp_path: Path) -> None:
    pipe = tmp_path / "never-ending"
    script = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from portclock.judging.bench import in_processes\n"
        "from portclock.judging.share import Task\n"
        "from timing.engine import Rules\n"
        "if __name__ == '__main__':\n"
        "    task = Task((Path(sys.argv[1]),), Rules(), datetime.now(UTC), True)\n"
        "    with in_processes(2, task) as held:\n"
        "        print(*[process.pid for process, _ in held._held], flush=True)\n"
        "        held.ask('hear', [(), ()], print)\n"
    )
    program = tmp_path / "program.py"
    program.write_text(script)
    os.mkfifo(pipe)
    with subprocess.Popen(
        [sys.executable, program, pipe], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True, env={**os.environ, "PYTHONPATH": os.getcwd()},
    ) as started:  # fmt: skip
        assert started.stdout is not None
        assert started.stderr is not None
        pids = [int(pid) for pid in started.stdout.readline().split()]
        assert len(pids) == 2
        os.killpg(started.pid, signal.SIGINT)
        told_people = started.stderr.read()
        started.wait(60)
    assert told_people.count("Traceback") == 1
    assert told_people.rstrip().endswith("KeyboardInterrupt")
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

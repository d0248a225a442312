"""The whole for real: broker, worker, writer and ClickHouse started, fed, killed, compared."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import psutil
import pytest
from clickhouse_driver import Client

from portclock.standalone.brokers import BrokerKind
from portclock.standalone.leash import MARK
from portclock.standalone.waiting import until

DEMO_S = 280
VISITS = "150"
LANDED_WITHIN_S = 60
ENDED_WITHIN_S = 90
"""Three seconds on a machine of its own; beside other tests each part may need its grace."""
VERDICTS = (
    "SELECT stage, verdict FROM stage_dwells FINAL "
    "WHERE limit_id != '' AND verdict IN ('met', 'breached')"
)
PORTCLOCK = (sys.executable, "-m", "portclock")


def demo(*words: str) -> tuple[int, list[dict[str, Any]], str]:
    """Exit code, the JSON lines of stdout, stderr."""
    found = subprocess.run(
        [*PORTCLOCK, "demo", "--once", "--json", *words],
        capture_output=True,
        text=True,
        timeout=DEMO_S,
        check=False,
    )
    return found.returncode, [json.loads(line) for line in found.stdout.splitlines()], found.stderr


@contextmanager
def running(*words: str) -> Iterator[subprocess.Popen[str]]:
    """A command that stays up; whatever happens here, it does not outlive the test."""
    process = subprocess.Popen(
        [*PORTCLOCK, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(30)
        process.communicate()


def marked(mark: str) -> list[psutil.Process]:
    """Every process that some supervisor has started and that bears its mark."""
    return [process for process in psutil.process_iter() if mark_of(process) == mark]


def mark_below(pid: int) -> str:
    """The mark of everything that this supervisor has started."""
    (mark,) = {mark for child in psutil.Process(pid).children() if (mark := mark_of(child))}
    return mark


def mark_of(process: psutil.Process) -> str:
    try:
        return str(process.environ().get(MARK, ""))
    except (psutil.Error, OSError):
        return ""


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Life(NamedTuple):
    """A demo that stayed up until it was told to stop: what it said, who answered meanwhile, how
    many processes ran, its exit code, and who outlived it."""

    said: str
    answers: dict[str, int]
    parts: int
    code: int
    outlived: list[psutil.Process]
    data: Path


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Life:
    """One for all that asks no more than this of a demo."""
    data = tmp_path_factory.mktemp("demo") / "data"
    words = ("demo", "--json", "--visits", VISITS, "--seed", "5", "--data", str(data))
    with running(*words) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        found = json.loads(first)
        with asking(found["board"], Path(found["board_token_file"]).read_text()) as board:
            until(lambda: board.get("/readyz").status_code == 200, LANDED_WITHIN_S)
            answers = {path: board.get(path).status_code for path in ("/readyz", "/now")}
        mark = mark_below(process.pid)
        parts = len(marked(mark))
        process.send_signal(signal.SIGINT)
        code = process.wait(ENDED_WITHIN_S)
        return Life(first + process.stdout.read(), answers, parts, code, marked(mark), data)


def test_the_tables_equal_the_judge_and_everything_is_accounted_for(life: Life) -> None:
    (line,) = life.said.splitlines()
    found = json.loads(line)
    assert found["agrees_with_judge"] is True
    assert found["unexplained"] == 0
    assert found["visits"] >= int(VISITS)
    assert found["breached"] > 0
    assert found["quarantined"] > 0
    assert found["events"] == found["judged"] + found["kept"] + found["quarantined"]
    sent = found["messages"] + found["split"] - found["duplicates"] - found["corrections"]
    assert found["events"] == sent
    assert 0 < found["first_verdict_s"] < found["seconds"]


@pytest.mark.parametrize("broker", ["tansu", "kafka"])
def test_kill_9_of_each_part_in_mid_flight_loses_nothing_and_counts_nothing_twice(
    broker: BrokerKind, required: Callable[[BrokerKind], None]
) -> None:
    required(broker)
    rehearsal = ("--pace", "15", "--rehearse", "worker,writer,clickhouse")
    code, lines, stderr = demo("--visits", VISITS, "--seed", "6", "--broker", broker, *rehearsal)
    assert (code, stderr) == (0, "")
    assert lines[-1]["restarts"] >= 3
    assert lines[-1]["agrees_with_judge"] is True
    assert lines[-1]["unexplained"] == 0


def test_without_once_it_stays_up_for_questions_until_it_is_told_to_stop(life: Life) -> None:
    assert life.answers == {"/readyz": 200, "/now": 200}
    assert life.parts >= 4
    assert life.code == 0
    assert life.outlived == []


def test_the_files_it_leaves_are_what_the_judge_says_of_its_events(life: Life) -> None:
    judged = [*PORTCLOCK, "judge", str(life.data / "events.jsonl"), "--json"]
    found = subprocess.run(judged, capture_output=True, check=True)
    assert found.stdout == (life.data / "outcomes.jsonl").read_bytes() != b""


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "precious").touch()
    code, lines, stderr = demo("--data", str(tmp_path))
    assert (code, lines) == (1, [])
    assert "is not empty" in stderr
    assert os.listdir(tmp_path) == ["precious"]


def test_who_watches_gets_a_link_before_feeding_and_may_stop_it_half_way(tmp_path: Path) -> None:
    with running("demo", "--visits", "100", "--pace", "200", "--data", str(tmp_path)) as process:
        assert process.stderr is not None
        said: list[str] = []
        while not any("feeding" in line for line in said):
            said.append(process.stderr.readline())
            assert process.poll() is None
        (link,) = [line.split()[-1] for line in said if "/sign-in#" in line]
        with asking(link.partition("/sign-in#")[0], link.partition("#")[2]) as board:
            assert board.get("/now").status_code == 200
        mark = mark_below(process.pid)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 130
        assert "stopped before it was done" in process.stderr.read()
        assert marked(mark) == []


def test_after_the_comparison_the_port_goes_on_before_the_eyes_of_who_watches(
    tmp_path: Path,
) -> None:
    words = ("demo", "--visits", "60", "--pace", "0", "--data", str(tmp_path))
    with running(*words) as process:
        assert process.stderr is not None
        said: list[str] = []
        while not any("the port goes on" in line for line in said):
            said.append(process.stderr.readline())
            assert process.poll() is None
        (link,) = [line.split()[-1] for line in said if "/sign-in#" in line]
        with asking(link.partition("/sign-in#")[0], link.partition("#")[2]) as board:
            compared_at = board.get("/api/counts").json()["now_s"]
            until(lambda: board.get("/api/counts").json()["now_s"] > compared_at, LANDED_WITHIN_S)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        assert process.stdout is not None
        assert "equal the offline judge" in process.stdout.read()


def test_up_takes_events_judges_them_and_answers_questions(tmp_path: Path) -> None:
    options = ["broker", "clickhouse", "clickhouse-http", "worker-metrics", "writer-metrics",
               "board", "notify-metrics"]  # fmt: skip
    ports = free_ports(len(options))
    words = [w for o, p in zip(options, ports, strict=True) for w in (f"--{o}-port", str(p))]
    with running("up", "--json", "--data", str(tmp_path / "data"), *words) as process:
        assert process.stdout is not None
        found = json.loads(process.stdout.readline())
        assert found["broker"] == f"127.0.0.1:{ports[0]}"
        assert Path(found["reader_password_file"]).read_text() not in json.dumps(found)
        with reader(found, ports[1]) as client:
            feed(found["broker"], client.execute("SELECT now('UTC')")[0][0], tmp_path)
            until(lambda: client.execute(VERDICTS), LANDED_WITHIN_S)
            assert client.execute(VERDICTS) == [("inspection-positioning", "met")]
        assert found["board"] == f"http://127.0.0.1:{ports[5]}"
        token = Path(found["board_token_file"]).read_text()
        assert token not in json.dumps(found)
        with asking(found["board"], token) as board:
            until(lambda: board.get("/readyz").status_code == 200, LANDED_WITHIN_S)
            until(lambda: board.get("/api/counts").json()["counts"]["units"], LANDED_WITHIN_S)
            assert board.get("/api/counts").json()["counts"]["units"] == 1
            told = "/api/unit/CNSHD/CSQU3054383"
            until(lambda: board.get(told).json().get("landing") == [], LANDED_WITHIN_S)
            assert board.get(told).json()["differences"] == []
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def feed(broker: str, now: datetime, folder: Path) -> None:
    """A box that came an hour ago and was positioned within fifteen minutes."""
    shared = {
        "source": "tos",
        "unit": {"type": "container", "id": "CSQU3054383"},
        "place": {"port": "CNSHD"},
        "mode": "water",
        "direction": "import",
    }
    told = {"discharged": 60, "inspection-ordered": 45, "positioned": 30}
    lines = [
        json.dumps(
            {
                **shared,
                "event_id": kind,
                "kind": kind,
                "occurred_at": f"{(now - timedelta(minutes=ago)):%Y-%m-%dT%H:%M:%SZ}",
            }
        )
        for kind, ago in told.items()
    ]
    file = folder / "day.jsonl"
    file.write_text("\n".join(lines))
    words = [*PORTCLOCK, "replay", str(file), "--to", broker, "--json"]
    subprocess.run(words, check=True, capture_output=True, timeout=120)


@contextmanager
def asking(board: str, token: str) -> Iterator[httpx.Client]:
    """Somebody who asks the board with a token."""
    headers = {"authorization": f"Bearer {token}"}
    with httpx.Client(base_url=board, headers=headers, timeout=20) as client:
        yield client


@contextmanager
def reader(found: dict[str, Any], port: int) -> Iterator[Any]:
    """A client with the reader's rights."""
    secret = Path(found["reader_password_file"]).read_text()
    client = Client("127.0.0.1", port, user=found["reader"], password=secret, database="portclock")
    try:
        yield client
    finally:
        client.disconnect()

"""`portclock serve` alone: it answers before its broker and its tables do, says so, and stops."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from portclock.board.health import readiness_of
from portclock.board.wiring import Listening, serve_board
from portclock.commands.moments import now
from portclock.failure import Failure
from portclock.settings import Settings
from portclock.standalone.ports import free_ports
from portclock.standalone.waiting import until
from serving.access.token_file import TokenFile
from serving.access.viewers import Role, Viewer
from serving.feed.reader import Progress
from sinks.settings import SettingsError
from timing.rules import Rules

UP_WITHIN_S = 60
DOWN_WITHIN_S = 20


@contextmanager
def serving(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The board with neither broker nor tables, and its address."""
    port, nobody = free_ports(2)
    known = {
        "PORTCLOCK_DATA": str(folder),
        "PORTCLOCK_BROKER": f"127.0.0.1:{nobody}",
        "PORTCLOCK_CLICKHOUSE": f"clickhouse://default@127.0.0.1:{nobody}/portclock",
        "PORTCLOCK_BOARD_PORT": str(port),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "portclock", "serve"],
        env={**os.environ, **known},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate()


def answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def test_it_answers_before_anybody_else_does_says_so_and_ends_when_told_to(
    tmp_path: Path,
) -> None:
    viewer = Viewer("Wang", Role.OPERATOR)
    text, _ = TokenFile(tmp_path / "tokens.toml").add(viewer, now(), now() + timedelta(days=1))
    with serving(tmp_path) as (process, address):
        assert until(lambda: answers(address), UP_WITHIN_S)
        headers = {"authorization": f"Bearer {text}"}
        with httpx.Client(base_url=address, headers=headers, timeout=30) as client:
            ready = client.get("/readyz")
            assert (ready.status_code, ready.json()["ready"]) == (503, False)
            assert "waiting for the topics" in ready.json()["why"]
            assert client.get("/now").status_code == 200
            assert client.get("/api/counts").json()["now_s"] is None
            story = client.get("/api/unit/CNSHD/CSQU3054383")
            assert story.status_code == 503
            assert "Traceback" not in story.text
        process.send_signal(signal.SIGTERM)
        assert process.wait(DOWN_WITHIN_S) == 0
        stdout, stderr = process.communicate()
        assert '"who": "Wang"' in stdout
        assert text not in stdout + stderr
        assert "Traceback" not in stderr


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PORTCLOCK_OIDC_ISSUER", "https://a.test", "also needs"),
        ("PORTCLOCK_WRITER_ERA", "many", "era"),
        ("PORTCLOCK_SESSION_SECRET", "short", "fewer than 32"),
    ],
)
def test_what_is_wrong_with_its_settings_is_said_before_anything_listens(
    tmp_path: Path, name: str, value: str, words: str
) -> None:
    nowhere = Listening("127.0.0.1", 0, "", None, "")
    with pytest.raises((Failure, SettingsError), match=words):
        serve_board({name: value}, Settings(data=tmp_path), Rules(), nowhere, None)


def test_ready_is_when_all_that_was_there_has_been_read() -> None:
    assert readiness_of(Progress(5, 5, True, ())).ready
    reading = readiness_of(Progress(1_200, 5_000, False, ()))
    assert (reading.ready, reading.why) == (False, "reading the log: 1,200 of 5,000 records")
    assert "ticks" in readiness_of(Progress(0, 0, False, ("ticks",))).why

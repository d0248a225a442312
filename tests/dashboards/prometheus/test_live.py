"""Once for real: Prometheus reads our metrics, Alertmanager tells people, on loopback.

The rules and both configurations are those of the repository, with addresses of this machine and
everything that waits made short. Our services are their real catalogues in registries of their own.
"""

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import yaml
from prometheus_client import CollectorRegistry, start_http_server

from portclock.standalone.ports import LOCALHOST, free_ports, port_free
from portclock.standalone.waiting import until
from sinks.metrics import SinkMetrics
from streams.effects import Effects
from streams.metrics import Metrics, PulseMetrics

ROOT = Path(__file__).resolve().parents[3]
HERE = ROOT / "dashboards" / "prometheus"
WITHIN_S = 30.0
JOBS = ("worker", "writer", "pulse", "board", "notify")
Document = dict[str, Any]


def _read(name: str) -> Document:
    document: Document = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
    return document


def _json(url: str) -> Any:
    with urlopen(url, timeout=5) as answer:
        return json.load(answer)


def _now_s() -> float:
    """The rules compare with the wall clock, so what they look at has to know it."""
    return time.time()  # noqa: TID251


@dataclass
class Hook:
    """What was posted to us: path and alerts, in the order of arrival."""

    port: int
    posted: list[tuple[str, Document]] = field(default_factory=list)

    def alerts(self, path: str, status: str) -> dict[str, Document]:
        return {
            alert["labels"]["alertname"]: alert
            for where, alert in list(self.posted)
            if where == path and alert["status"] == status
        }


@contextmanager
def _hook(port: int) -> Iterator[Hook]:
    hook = Hook(port)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            hook.posted += [(self.path, alert) for alert in body["alerts"]]
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer((LOCALHOST, port), Handler) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.05,))
        serving.start()
        try:
            yield hook
        finally:
            server.shutdown()
            serving.join(5)


@contextmanager
def _served(registry: CollectorRegistry, port: int) -> Iterator[None]:
    server, serving = start_http_server(port, LOCALHOST, registry=registry)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        serving.join(5)


@contextmanager
def _running(command: Sequence[str], log: Path, environ: dict[str, str]) -> Iterator[None]:
    with log.open("wb") as said:
        process = subprocess.Popen(
            command, stdout=said, stderr=said, env={**os.environ, **environ}, cwd=log.parent
        )
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


def _hurried(node: Any) -> Any:
    """The same configuration, with waits of a fraction of a second."""
    waits = {"for", "group_wait", "group_interval", "scrape_interval", "scrape_timeout"}
    waits |= {"evaluation_interval"}
    if isinstance(node, dict):
        return {k: "200ms" if k in waits else _hurried(v) for k, v in node.items()}
    return [_hurried(each) for each in node] if isinstance(node, list) else node


def _prometheus_config(targets: dict[str, int], alertmanager: int) -> Document:
    """Ours, with the addresses of this machine."""
    config: Document = _hurried(_read("prometheus.yml"))
    config["alerting"] = {
        "alertmanagers": [{"static_configs": [{"targets": [f"{LOCALHOST}:{alertmanager}"]}]}]
    }
    config["scrape_configs"] = [
        {
            "job_name": job["job_name"],
            "static_configs": [{"targets": [f"{LOCALHOST}:{targets[job['job_name']]}"]}],
        }
        for job in config["scrape_configs"]
        if job["job_name"] in targets
    ]
    return config


@dataclass(frozen=True)
class Watch:
    """The whole watch running: our services' metrics, and where to ask."""

    worker: Metrics
    writer: SinkMetrics
    pulse: PulseMetrics
    hook: Hook
    alertmanager: str
    prometheus: str
    stop_worker: Callable[[], None]

    def held(self, name: str, how: str) -> list[str]:
        """By what Alertmanager holds the alert back; `how` is silencedBy or inhibitedBy."""
        alerts = _json(f"{self.alertmanager}/api/v2/alerts")
        found = [alert for alert in alerts if alert["labels"]["alertname"] == name]
        return [by for alert in found for by in alert["status"][how]]


@pytest.fixture
def watch(program: Callable[[str], Path], tmp_path: Path) -> Iterator[Watch]:
    ports = free_ports(5 + len(JOBS))
    own, (prom, manager, hook_port, store, _) = ports[: len(JOBS)], ports[len(JOBS) :]
    targets = dict(zip((f"portclock-{job}" for job in JOBS), own, strict=True))
    worker, writer, pulse = Metrics(), SinkMetrics(), PulseMetrics()
    registries = [worker.registry, writer.registry, pulse.registry]
    registries += [CollectorRegistry(), CollectorRegistry()]
    (tmp_path / "rules.yml").write_text(json.dumps(_hurried(_read("rules.yml"))))
    config = _prometheus_config({**targets, "clickhouse": store}, manager)
    (tmp_path / "prometheus.yml").write_text(json.dumps(config))
    (tmp_path / "template.yml").write_text(_hurried_manager())
    with ExitStack() as running:
        hook = running.enter_context(_hook(hook_port))
        worker_running = running.enter_context(ExitStack())
        worker_running.enter_context(_served(registries[0], own[0]))
        for registry, port in zip(registries[1:], own[1:], strict=True):
            running.enter_context(_served(registry, port))
        running.enter_context(_served(CollectorRegistry(), store))
        told = {
            "TEMPLATE": str(tmp_path / "template.yml"),
            "MADE": str(tmp_path / "alertmanager.yml"),
            "ALERTMANAGER": str(program("prometheus-alertmanager")),
            "PORTCLOCK_WATCH_WEBHOOK": f"http://{LOCALHOST}:{hook_port}/troubles",
            "PORTCLOCK_WATCH_HEARTBEAT": f"http://{LOCALHOST}:{hook_port}/alive",
        }
        start = ["sh", str(ROOT / "docker" / "alertmanager" / "start.sh")]
        start += [f"--web.listen-address={LOCALHOST}:{manager}", "--cluster.listen-address="]
        start += [f"--storage.path={tmp_path / 'am'}"]
        running.enter_context(_running(start, tmp_path / "alertmanager.log", told))
        command = [str(program("prometheus")), f"--config.file={tmp_path / 'prometheus.yml'}"]
        command += [f"--web.listen-address={LOCALHOST}:{prom}", "--rules.alert.resend-delay=1s"]
        command += [f"--storage.tsdb.path={tmp_path / 'tsdb'}"]
        running.enter_context(_running(command, tmp_path / "prometheus.log", {}))
        yield Watch(
            worker, writer, pulse, hook, f"http://{LOCALHOST}:{manager}",
            f"http://{LOCALHOST}:{prom}", worker_running.close,
        )  # fmt: skip
    taken = [port for port in ports if not port_free(port)]
    assert taken == [], "everything that was started has ended"


def _hurried_manager() -> str:
    """Text, since the start of the container puts addresses into text."""
    text = (HERE / "alertmanager.yml").read_text(encoding="utf-8")
    for wait in ("group_wait", "group_interval"):
        for long in ("0s", "10s", "30s", "1m", "2m", "5m"):
            text = text.replace(f"{wait}: {long}\n", f"{wait}: 200ms\n")
    return text


def _happens(what: str, fact: Callable[[], object]) -> None:
    def seen() -> object:
        try:
            return fact()
        except OSError:  # it does not listen yet
            return None

    assert until(seen, WITHIN_S), what


def test_a_trouble_is_told_silenced_held_back_and_told_to_be_over(
    watch: Watch, program: Callable[[str], Path]
) -> None:
    watch.pulse.beat(_now_s() + 600, 8)
    watch.writer.waiting(0, 0.0)
    heard = {"customs-house": _now_s() - 7200, "terminal": _now_s()}
    watch.worker.settled(Effects(0, heard=heard), 0)

    _happens("the sign of life", lambda: watch.hook.alerts("/alive", "firing"))
    _happens("a silent feed", lambda: "PortclockFeedSilent" in _troubles(watch))
    assert "PortclockStoreAway" not in _troubles(watch)

    watch.writer.waiting(0, 95.0)
    _happens("ClickHouse is away", lambda: "PortclockStoreAway" in _troubles(watch))
    away = _troubles(watch)["PortclockStoreAway"]
    assert away["labels"]["severity"] == "critical"
    assert away["annotations"]["description"] == "The lane of outcomes has waited for 1m 35s."
    assert away["annotations"]["description_zh"] == "通道 outcomes 已等待 1m 35s。"

    silence = ["silence", "add", "alertname=PortclockTicksLate", "--comment=broker moves"]
    url = f"--alertmanager.url={watch.alertmanager}"
    command = [str(program("amtool")), url, *silence, "--author=operator"]
    subprocess.run(command, check=True, capture_output=True, timeout=20)
    watch.pulse.beat(_now_s() - 600, 8)
    _happens("silenced", lambda: watch.held("PortclockTicksLate", "silencedBy"))

    watch.stop_worker()
    _happens("the worker is missed", lambda: "PortclockWorkerGone" in _troubles(watch))
    _happens("held back", lambda: watch.held("PortclockFeedSilent", "inhibitedBy"))

    watch.writer.waiting(0, 0.0)
    resolved = watch.hook.alerts
    _happens("it is over", lambda: "PortclockStoreAway" in resolved("/troubles", "resolved"))
    assert "PortclockTicksLate" not in _troubles(watch)
    assert set(watch.hook.alerts("/alive", "firing")) == {"PortclockWatchdog"}


def _troubles(watch: Watch) -> dict[str, Document]:
    return watch.hook.alerts("/troubles", "firing")

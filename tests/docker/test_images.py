"""The images: linted, pinned, not root; and what their health check says."""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
DOCKERFILES = ("Dockerfile", "grafana.Dockerfile")
HADOLINT = str(Path(sys.executable).parent / "hadolint")
PACKAGES = ("events", "timing", "streams", "sinks", "serving", "dashboards", "portclock")


def _lint(file: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [HADOLINT, str(file)], capture_output=True, text=True, timeout=30, check=False
    )


@pytest.mark.parametrize("name", DOCKERFILES)
def test_hadolint_finds_nothing(name: str) -> None:
    done = _lint(DOCKER / name)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("python:3.12.13-slim-bookworm AS build", "python AS build", "DL3006"),
        ("python:3.12.13-slim-bookworm AS build", "python:latest AS build", "DL3007"),
        ("USER 10001:10001", "USER root", "DL3002"),
        ('CMD ["--help"]', "CMD --help", "DL3025"),
    ],
)
def test_a_planted_fault_is_found(old: str, new: str, rule: str, tmp_path: Path) -> None:
    text = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
    assert old in text
    spoilt = tmp_path / "Dockerfile"
    spoilt.write_text(text.replace(old, new), encoding="utf-8")
    done = _lint(spoilt)
    assert done.returncode != 0
    assert rule in done.stdout


@pytest.mark.parametrize("name", DOCKERFILES)
def test_every_base_is_pinned_and_the_last_user_is_a_number(name: str) -> None:
    text = (DOCKER / name).read_text(encoding="utf-8")
    bases = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert [base for base in bases if not re.search(r":\d+\.\d+\.\d+", base)] == []
    assert re.fullmatch(r"[1-9]\d*:\d+", re.findall(r"^USER (\S+)", text, re.MULTILINE)[-1])
    assert "://" not in text


def test_our_image_holds_every_package_and_the_constraints() -> None:
    text = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for package in PACKAGES:
        assert f"COPY {package} {package}\n" in text
        assert f"!{package}" in ignored
    assert "--constraint constraints.txt" in text
    assert "--no-cache-dir" in text
    assert re.search(r"^HEALTHCHECK ", text, re.MULTILINE)
    for copied in re.findall(r"^COPY (?!--from)([^\n]+) \S+$", text, re.MULTILINE):
        for source in copied.split():
            assert (ROOT / source).exists(), source
            assert f"!{source}" in ignored, source


# -- the health check


@pytest.fixture
def answering() -> Iterator[int]:
    """The port of a service whose /metrics answers, and nothing else does."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/metrics" else 503)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.05,))
        serving.start()
        yield server.server_port
        server.shutdown()
        serving.join(5)


def _health(*words: str, port: int = 1) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(DOCKER / "health.py"), *words],
        env={"PORTCLOCK_METRICS_PORT": str(port)},
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip


def test_a_service_that_answers_is_healthy(answering: int) -> None:
    assert _health(port=answering).returncode == 0


def test_a_service_that_is_silent_or_refuses_is_not_and_the_reason_is_said(answering: int) -> None:
    refused = _health(f"http://127.0.0.1:{answering}/readyz")
    assert refused.returncode == 1
    assert "503" in refused.stderr
    silent = _health()
    assert silent.returncode == 1
    assert "127.0.0.1:1/metrics" in silent.stderr

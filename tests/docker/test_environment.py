"""The environment of the compose files: all of it in .env.example, no secret, agreeing versions."""

import re
import tomllib
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
FILES = ("compose.yaml", "compose.cluster.yaml", "compose.secure.yaml")
TEXT = "".join((DOCKER / name).read_text(encoding="utf-8") for name in FILES)
NAMED = re.compile(r"\$\{([A-Z_]+)(?:(:[-?])([^}]*))?\}")
SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|PRIVATE|_KEY$")


def _images(word: str) -> set[str]:
    """The images of both files with this word in their names."""
    found: set[Any] = set()
    for name in FILES:
        document = yaml.safe_load((DOCKER / name).read_text(encoding="utf-8"))
        found |= {service.get("image", "") for service in document["services"].values()}
    return {image for image in found if word in image}


def _example() -> dict[str, str]:
    text = (DOCKER / ".env.example").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_the_example_has_every_variable_that_is_asked_for_and_no_other() -> None:
    text = (DOCKER / ".env.example").read_text(encoding="utf-8")
    assert set(_example()) == {name for name, _, _ in NAMED.findall(TEXT)}
    assert len(re.findall(r"^[A-Z_]+=", text, re.MULTILINE)) == len(_example())


def test_the_example_holds_no_secret() -> None:
    told = {name: value for name, value in _example().items() if SECRET.search(name)}
    assert len(told) > 5
    assert set(told.values()) == {""}


def test_every_variable_is_required_or_has_the_example_s_value() -> None:
    for name, how, default in NAMED.findall(TEXT):
        assert how in (":?", ":-"), name
        assert how == ":?" or default == _example()[name], name


def test_kafka_is_the_version_that_the_tests_run() -> None:
    pom = (ROOT / "portclock" / "standalone" / "kafka" / "pom.xml").read_text(encoding="utf-8")
    tested = re.search(r"<artifactId>kafka_[\d.]+</artifactId>\s*<version>([\d.]+)<", pom)
    assert tested
    assert _images("kafka") == {f"apache/kafka:{tested[1]}"}


def test_the_stores_are_of_the_line_whose_engine_the_tests_run() -> None:
    pinned = re.search(r"^chdb-core==(\d+\.\d+)", (ROOT / "constraints.txt").read_text(), re.M)
    assert pinned
    (image,) = _images("clickhouse")
    assert image.startswith(f"clickhouse/clickhouse-server:{pinned[1]}.")


def test_what_we_build_is_named_for_its_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    base = re.search(r"FROM grafana/grafana:(\S+)", (DOCKER / "grafana.Dockerfile").read_text())
    assert base
    built = {f"portclock:{project['version']}", f"portclock-grafana:{base[1]}"}
    assert _images("portclock") == built


def test_what_is_secret_never_enters_git() -> None:
    assert ".env" in (DOCKER / ".gitignore").read_text().splitlines()


def test_all_who_count_logs_count_the_same() -> None:
    services = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))["services"]
    told = {
        name: value
        for name, service in services.items()
        for key, value in service.get("environment", {}).items()
        if key.endswith("_ERA")
    }
    assert told.keys() == {"writer", "board", "notify"}
    assert set(told.values()) == {"${PORTCLOCK_WRITER_ERA:-0}"}

"""Apache Kafka's jars: what is missing is said, and half a fetch is no fetch."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from portclock.standalone import kafka_jars
from portclock.standalone.errors import StandaloneError

Program = Callable[[str, str], None]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Puts a shell script of a name on a PATH that has nothing else of ours."""
    tools = tmp_path / "bin"
    tools.mkdir()
    monkeypatch.setenv("PATH", str(tools))

    def write(name: str, body: str) -> None:
        (tools / name).write_text(f"#!/bin/sh\n{body}\n")
        (tools / name).chmod(0o755)

    return write


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"PORTCLOCK_CACHE": str(tmp_path / "cache")}


def test_every_version_is_pinned() -> None:
    text = kafka_jars.POM.read_text()
    versions = re.findall(r"<version>(.*?)</version>", text)
    assert len(versions) == 4
    assert all(re.fullmatch(r"\d+(\.\d+)+", version) for version in versions)
    assert "<repositor" not in text


def test_java_is_missed(program: Program, environ: dict[str, str]) -> None:
    assert "Java 17 or newer is missing" in str(kafka_jars.missing(environ))


def test_an_old_java_is_named(program: Program, environ: dict[str, str]) -> None:
    program("java", "echo 'openjdk version \"11.0.2\" 2019-01-15' >&2")
    assert "`java` is version 11, and Apache Kafka needs 17" in str(kafka_jars.missing(environ))


def test_maven_is_missed_only_while_it_is_needed(program: Program, environ: dict[str, str]) -> None:
    program("java", "echo 'openjdk version \"21\" 2023-09-19' >&2")
    assert "Maven is missing" in str(kafka_jars.missing(environ))
    kafka_jars.folder(environ).mkdir(parents=True)
    assert kafka_jars.missing(environ) is None
    assert kafka_jars.fetch(environ) == kafka_jars.folder(environ)


def test_a_failed_fetch_is_told_with_mavens_last_words(
    program: Program, environ: dict[str, str]
) -> None:
    program("mvn", "echo '[ERROR] no such artifact'; exit 1")
    with pytest.raises(StandaloneError, match=r"could not fetch[\s\S]*no such artifact"):
        kafka_jars.fetch(environ)
    assert not kafka_jars.fetched(environ)


def test_a_fetch_without_kafka_in_it_is_a_failed_one(
    program: Program, environ: dict[str, str]
) -> None:
    program("mvn", "exit 0")
    with pytest.raises(StandaloneError, match="could not fetch"):
        kafka_jars.fetch(environ)
    assert not kafka_jars.fetched(environ)


def test_a_good_fetch_is_kept_whole(program: Program, environ: dict[str, str]) -> None:
    program(
        "mvn",
        "for word; do case $word in -DoutputDirectory=*) out=${word#*=};; esac; done\n"
        "/bin/mkdir -p $out; : > $out/kafka_2.13-4.4.0.jar",
    )
    jars = kafka_jars.fetch(environ)
    assert [jar.name for jar in jars.iterdir()] == ["kafka_2.13-4.4.0.jar"]
    assert kafka_jars.fetched(environ)
    assert not list(jars.parent.glob("*.part"))


def test_another_list_of_versions_has_another_folder(
    environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kafka_jars.folder(environ)
    other = tmp_path / "pom.xml"
    other.write_text(kafka_jars.POM.read_text().replace("4.4.0", "4.4.1"))
    monkeypatch.setattr(kafka_jars, "POM", other)
    assert kafka_jars.folder(environ) != before
    assert kafka_jars.cache({"HOME": os.environ["HOME"]}) == Path.home() / ".cache" / "portclock"

"""Apache Kafka's jars: fetched once from Maven Central, kept in a cache, shared by every run.

Knows Maven and the pinned list in kafka/pom.xml; must never know a registry's address: Maven takes
that from the machine's own settings.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from portclock.standalone.errors import StandaloneError

PARTS = Path(__file__).parent / "kafka"
POM = PARTS / "pom.xml"
JAVA_OLDEST = 17
FETCH_WITHIN_S = 600


def missing(environ: Mapping[str, str]) -> str | None:
    """One sentence about what this machine lacks to run Apache Kafka, or None."""
    version = _java_version()
    if version is None:
        return (
            f"Java {JAVA_OLDEST} or newer is missing, and Apache Kafka needs it: "
            "install a JRE so that `java` is on the PATH, or use `--broker tansu`."
        )
    if version < JAVA_OLDEST:
        return (
            f"`java` is version {version}, and Apache Kafka needs {JAVA_OLDEST} or newer: "
            "install a newer JRE, or use `--broker tansu`."
        )
    if not fetched(environ) and shutil.which("mvn") is None:
        return (
            "Maven is missing, and Apache Kafka's jars are not in the cache yet: "
            "install Maven so that `mvn` is on the PATH, or use `--broker tansu`."
        )
    return None


def cache(environ: Mapping[str, str]) -> Path:
    """Where fetched things are kept between runs: PORTCLOCK_CACHE, else ~/.cache/portclock."""
    asked = environ.get("PORTCLOCK_CACHE", "").strip()
    return Path(asked) if asked else Path.home() / ".cache" / "portclock"


def folder(environ: Mapping[str, str]) -> Path:
    """Where this version's jars are or will be; another list of versions has another folder."""
    pinned = hashlib.sha256(POM.read_bytes()).hexdigest()[:12]
    return cache(environ) / f"kafka-{pinned}"


def fetched(environ: Mapping[str, str]) -> bool:
    """Whether the jars are there. The folder appears only when it is complete."""
    return folder(environ).is_dir()


def fetch(environ: Mapping[str, str]) -> Path:
    """The folder with the jars, fetched if need be; two processes fetch them once between them.

    Raises StandaloneError with Maven's last lines when they cannot be had.
    """
    jars = folder(environ)
    if jars.is_dir():
        return jars
    jars.parent.mkdir(parents=True, exist_ok=True)
    with (jars.parent / f"{jars.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not jars.is_dir():
            _copy_with_maven(jars)
    return jars


def _copy_with_maven(jars: Path) -> None:
    """Into a folder beside it first: a broken fetch never looks like a finished one."""
    half = jars.with_name(f"{jars.name}.part")
    shutil.rmtree(half, ignore_errors=True)
    command = ["mvn", "--batch-mode", "--quiet", "--strict-checksums", "--file", str(POM)]
    command += ["dependency:copy-dependencies", f"-DoutputDirectory={half}"]
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=FETCH_WITHIN_S
        )
    except subprocess.TimeoutExpired:
        raise StandaloneError(
            f"Maven did not fetch Apache Kafka within {FETCH_WITHIN_S} s: "
            "look at the network and Maven's settings, then start again."
        ) from None
    if done.returncode != 0 or not any(half.glob("kafka_*.jar")):
        tail = done.stdout.decode(errors="replace").strip().splitlines()[-5:]
        raise StandaloneError(
            "Maven could not fetch Apache Kafka: look at the network and Maven's settings, "
            "then start again. Maven's last lines:\n" + "\n".join(tail)
        )
    os.replace(half, jars)


def _java_version() -> int | None:
    """The major version of `java`, or None when there is none that answers."""
    if shutil.which("java") is None:
        return None
    try:
        said = subprocess.run(["java", "-version"], capture_output=True, timeout=20, text=True)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r'version "(\d+)', said.stderr + said.stdout)
    return int(found.group(1)) if found else None

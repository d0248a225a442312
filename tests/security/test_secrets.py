"""A secret comes from the environment or a file, and is nowhere else: no repr, error, log, argv."""

import ast
import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from portclock.commands.notify import read
from portclock.commands.services import worker_settings, writer_settings
from portclock.environment import BYTES_MAX, Environment
from portclock.failure import Failure
from portclock.kafka_security import KafkaSecurity
from portclock.settings import EXAMPLES, kafka_security, read_settings
from portclock.standalone.stack import Stack, standalone
from portclock.standalone.testing_security import Certificates
from serving.access.settings import AccessSettings
from serving.feed.settings import FeedSettings
from streams.settings import Settings as WorkerSettings

ROOT = Path(__file__).resolve().parents[2]
SECRET = "s3cret-8kq2"
CODE = [
    f for top in ("portclock", "streams", "sinks", "serving") for f in ROOT.glob(f"{top}/**/*.py")
]


@pytest.fixture
def told(certificates: Certificates) -> dict[str, str]:
    """Every secret that a service takes, the same everywhere."""
    return {
        "PORTCLOCK_KAFKA_PROTOCOL": "SASL_SSL",
        "PORTCLOCK_KAFKA_USER": "portclock-worker",
        "PORTCLOCK_KAFKA_PASSWORD": SECRET,
        "PORTCLOCK_KAFKA_CA": str(certificates.ca),
        "PORTCLOCK_CLICKHOUSE": "clickhouses://portclock_writer@db:9440/portclock",
        "PORTCLOCK_CLICKHOUSE_PASSWORD": SECRET,
        "PORTCLOCK_SESSION_SECRET": f"{SECRET}-and-long-enough-to-sign",
    }


def _routes(folder: Path) -> Path:
    file = folder / "routes.toml"
    file.write_text(
        '[channel.here]\nkind = "webhook"\nurl = "https://hook.example/x"\nsecret = "env:HOOK"\n'
        '[[route]]\nname = "all"\nchannels = ["here"]\n',
        encoding="utf-8",
    )
    return file


def _models(environ: Environment, folder: Path) -> Iterator[object]:
    """Everything that is made of the environment, and everything that is made of that."""
    door = read_settings(environ)
    yield from (environ, door, door.kafka, door.clickhouse, door.broker)
    yield worker_settings(environ, None)
    yield writer_settings(environ)
    yield writer_settings(environ).for_events()
    yield from read(environ, _routes(folder))
    yield AccessSettings.from_mapping(environ)
    yield FeedSettings(door.broker, librdkafka=door.kafka.librdkafka)


HOOK = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_no_value_shows_a_secret(told: dict[str, str], tmp_path: Path) -> None:
    found = list(_models(Environment({**told, "HOOK": HOOK}), tmp_path))
    assert len(found) == 12
    for value in found:
        for shown in (repr(value), str(value), f"{value!s:.10000}"):
            assert SECRET not in shown, type(value)
            assert HOOK not in shown, type(value)


def test_the_secret_reaches_every_client(told: dict[str, str]) -> None:
    """Or the test above would pass for want of one."""
    environ = Environment(told)
    arguments = worker_settings(environ, None).kafka_python
    assert arguments["sasl_plain_password"] == SECRET
    assert writer_settings(environ).librdkafka["sasl.password"] == SECRET
    assert writer_settings(environ).clickhouse.password.get_secret_value() == SECRET


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("PORTCLOCK_KAFKA_PROTOCOL", "PLAINTEXT"),
        ("PORTCLOCK_KAFKA_PROTOCOL", SECRET),
        ("PORTCLOCK_KAFKA_PASSWORT", SECRET),
        ("PORTCLOCK_KAFKA_USER", ""),
        ("PORTCLOCK_KAFKA_CA", "nowhere.pem"),
        ("PORTCLOCK_CLICKHOUSE", f"clickhouse://me:{SECRET}@db:port/x"),
        ("PORTCLOCK_CLICKHOUSE", f"clickhouse://me:{SECRET}@db:9000/not-a-name"),
        ("PORTCLOCK_WORKER_KAFKA_PYTHON", SECRET),
        ("PORTCLOCK_WORKER_RUN_RECORDS_MAX", SECRET),
        ("PORTCLOCK_WRITER_LIBRDKAFKA", SECRET),
    ],
)
def test_no_complaint_shows_a_secret(told: dict[str, str], name: str, wrong: str) -> None:
    environ = Environment({**told, name: wrong})
    made = writer_settings if "WRITER" in name else partial(worker_settings, metrics_port=None)
    with pytest.raises(Failure) as complaint:
        made(environ)
    assert SECRET not in str(complaint.value)
    assert any(word in str(complaint.value) for word in ("PORTCLOCK_", "librdkafka"))


@pytest.mark.parametrize("made", [WorkerSettings.of, KafkaSecurity.model_validate])
def test_no_model_s_own_complaint_shows_what_it_was_given(made: Callable[[Any], object]) -> None:
    with pytest.raises(ValidationError) as complaint:
        made({"broker": "a:1", "kafka_python": SECRET, "password": {SECRET}})
    assert SECRET not in str(complaint.value)


def test_a_file_stands_in_place_of_a_variable(told: dict[str, str], tmp_path: Path) -> None:
    kept = tmp_path / "password"
    kept.write_text(f"{SECRET}\n", encoding="utf-8")
    held = {"PORTCLOCK_KAFKA_PASSWORD", "PORTCLOCK_CLICKHOUSE_PASSWORD"}
    told.pop("PORTCLOCK_SESSION_SECRET")
    in_files = {n: v for n, v in told.items() if n not in held}
    in_files |= {f"{name}_FILE": str(kept) for name in held}
    by_file, by_variable = Environment(in_files), Environment(told)
    assert writer_settings(by_file) == writer_settings(by_variable)
    assert worker_settings(by_file, None) == worker_settings(by_variable, None)
    assert SECRET not in " ".join(in_files.values())
    kept.write_text("changed\n", encoding="utf-8")
    assert kafka_security(by_file).password.get_secret_value() == "changed"


def test_a_secret_of_a_route_may_stand_in_a_file(tmp_path: Path) -> None:
    kept = tmp_path / "hook"
    kept.write_text(HOOK, encoding="utf-8")
    assert read(Environment({"HOOK_FILE": str(kept)}), _routes(tmp_path))
    with pytest.raises(Failure, match="HOOK"):
        read(Environment({}), _routes(tmp_path))


def test_a_variable_and_its_file_at_once_are_refused(told: dict[str, str], tmp_path: Path) -> None:
    kept = tmp_path / "password"
    kept.write_text(SECRET, encoding="utf-8")
    environ = Environment({**told, "PORTCLOCK_KAFKA_PASSWORD_FILE": str(kept)})
    with pytest.raises(Failure, match="both PORTCLOCK_KAFKA_PASSWORD and PORTCLOCK_KAFKA_PASS"):
        read_settings(environ)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        (b"\xff\xfe\xfd", "holds no text"),
        (b"x" * (BYTES_MAX + 1), "is no"),
    ],
)
def test_a_file_that_holds_no_secret_is_named(
    content: bytes | None, said: str, tmp_path: Path
) -> None:
    kept = tmp_path / "password"
    if content is not None:
        kept.write_bytes(content)
    with pytest.raises(Failure, match=said) as complaint:
        Environment({"PORTCLOCK_KAFKA_PASSWORD_FILE": str(kept)})["PORTCLOCK_KAFKA_PASSWORD"]
    assert str(kept) in str(complaint.value)


def test_only_our_own_names_are_looked_for_among_files() -> None:
    given = {"GIT_INDEX_FILE": "/nowhere", "PORTCLOCK_DATA": "x", "PORTCLOCK_KAFKA_USER_FILE": "u"}
    found = set(Environment(given))
    assert found == {"GIT_INDEX_FILE", "PORTCLOCK_DATA", "PORTCLOCK_KAFKA_USER"}
    assert len(Environment(given)) == 3


# -- command lines


def _stack(folder: Path) -> Stack:
    return standalone(folder)


def test_no_secret_of_the_stack_is_on_a_command_line_nor_shown(tmp_path: Path) -> None:
    stack = _stack(tmp_path / "data")
    held = {stack.reader_password, stack.steward_token, *_passwords(stack)}
    assert len(held) == 3
    for child in stack.children:
        for secret in held:
            assert not any(secret in word for word in child.argv), child.name
            assert secret not in repr(child)
    assert not any(secret in repr(stack) for secret in held)


def _passwords(stack: Stack) -> set[str]:
    return {
        value
        for child in stack.children
        for name, value in child.env.items()
        if name == "PORTCLOCK_CLICKHOUSE_PASSWORD"
    }


def test_no_command_takes_a_secret_as_an_option() -> None:
    """Whoever lists the processes of a machine reads command lines."""
    found = [
        f"{file.relative_to(ROOT)}: {word}"
        for file in CODE
        for word in _options_in(file)
        if any(part in word for part in ("password", "secret", "passphrase"))
    ]
    assert found == []


def _options_in(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        word = node.value if isinstance(node, ast.Constant) else None
        if isinstance(word, str) and re.fullmatch(r"--[a-z-]+(/--[a-z-]+)?", word):
            yield word


def test_every_variable_of_the_door_has_an_example_without_a_secret() -> None:
    for name in EXAMPLES:
        if "password" in name:
            assert EXAMPLES[name] == "a password"
    assert os.environ.get("PORTCLOCK_KAFKA_PASSWORD") is None

"""The door: every command explains itself, ends with the right code, keeps stdout to itself."""

import importlib
import json
import os
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import orjson
import pytest
import typer
from typer.testing import CliRunner

from portclock.cli import EXAMPLES, app
from portclock.commands.door import OF_REPORTS, Door
from portclock.commands.reference import render

ROOT = typer.main.get_command(app)
BOX = "CSQU3054383"


def invoke(*words: str, stdin: str | bytes | None = None, **environ: str) -> Any:
    return CliRunner(env={"COLUMNS": "200", **environ}).invoke(app, list(words), input=stdin)


def every_command(command: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    below = getattr(command, "commands", {})
    if not below:
        return [path]
    return [found for name, one in below.items() for found in every_command(one, (*path, name))]


def event(minute: int, kind: str, **fields: Any) -> bytes:
    return orjson.dumps(
        {
            "event_id": f"{kind}-{minute}",
            "source": "tos",
            "kind": kind,
            "unit": {"type": "container", "id": BOX},
            "place": {"port": "CNSHD"},
            "mode": "water",
            "direction": "import",
            "occurred_at": f"2026-03-02T08:{minute:02}:00+08:00",
            **fields,
        }
    )


@pytest.fixture
def day(tmp_path: Path) -> Path:
    """A box inspected: ordered 08:10, positioned 08:25, within the thirty minutes of Shidao."""
    lines = [
        event(0, "discharged"),
        event(10, "inspection-ordered"),
        event(25, "positioned"),
        event(25, "positioned"),
        b'{"broken": ',
    ]
    file = tmp_path / "day.jsonl"
    file.write_bytes(b"\n".join(lines) + b"\n")
    return file


@pytest.mark.parametrize("path", every_command(ROOT), ids=" ".join)
def test_every_command_explains_itself_with_an_example(path: tuple[str, ...]) -> None:
    result = invoke(*path, "--help")
    assert result.exit_code == 0
    for example in EXAMPLES[" ".join(path)]:
        assert example in " ".join(result.stdout.split())


def test_there_is_no_example_without_a_command() -> None:
    assert set(EXAMPLES) == {" ".join(path) for path in every_command(ROOT)}


@pytest.mark.parametrize("example", [e for group in EXAMPLES.values() for e in group])
def test_every_example_is_good_usage(example: str) -> None:
    words = [word for word in shlex.split(example) if "=" not in word or word.startswith("-")]
    assert words.pop(0) == "portclock"
    command: Any = ROOT
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    assert command.make_context(command.name, words) is not None


def test_the_documents_say_what_the_commands_say() -> None:
    page = Path(__file__).parents[2] / "docs" / "commands.md"
    assert page.read_text(encoding="utf-8") == render(), (
        "docs/commands.md is out of date: python -m portclock.commands.reference > docs/commands.md"
    )


def test_the_door_opens_without_importing_what_is_slow_to_import() -> None:
    watch = (
        "import sys, portclock.cli; "
        "print([m for m in ('faust', 'chdb', 'kafka', 'pydantic', 'clickhouse_driver') "
        "if m in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", watch], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


def test_python_m_portclock_is_the_same_command() -> None:
    words = [sys.executable, "-m", "portclock", "limits", "hash"]
    found = subprocess.run(words, capture_output=True, text=True, check=True)
    assert found.stdout == invoke("limits", "hash").stdout


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("nonsense",),
        ("judge",),
        ("judge", "a.jsonl", "--nonsense"),
        ("limits",),
        ("replay", "a.jsonl", "--speed", "-1"),
        ("replay", "a.jsonl", "--tick", "0"),
        ("demo", "--visits", "0"),
        ("demo", "--broker", "rabbit"),
        ("demo", "--rehearse", "nobody"),
        ("quarantine", "list", "--reason", "dislike"),
        ("quarantine", "show", "not-a-place"),
        ("quarantine", "replay"),
        ("quarantine", "replay", "terminal-events/0/1", "--all"),
        ("quarantine", "replay", "--all", "--with", "a.json"),
        ("quarantine", "list", "--broker", "nowhere"),
    ],
    ids=" ".join,
)
def test_bad_usage_ends_with_two_and_says_nothing_on_stdout(words: tuple[str, ...]) -> None:
    result = invoke(*words)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    if words and words != ("limits",):
        assert result.stdout == ""
        assert result.stderr


@pytest.mark.parametrize("now", ["yesterday", "2026-03-02T08:25:00"])
def test_a_time_without_an_offset_is_bad_usage_and_an_example_is_given(now: str, day: Path) -> None:
    result = invoke("judge", str(day), "--now", now)
    assert result.exit_code == 2
    assert "2026-03-02T08:25:00+08:00" in result.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("judge", "nowhere.jsonl"), "there is no file nowhere.jsonl; name a file of events"),
        (("replay", "nowhere.jsonl"), "there is no file nowhere.jsonl; name a file of events"),
        (("limits", "show", "nobody.nothing"), "no limit nobody.nothing; see portclock limits"),
        (("limits", "list", "--limits", "nowhere"), "no edition (*.toml) below nowhere; name a"),
    ],
)
def test_a_failure_is_one_sentence_with_what_to_do(words: tuple[str, ...], says: str) -> None:
    result = invoke(*words)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("portclock: ")
    assert says in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_wrong_variable_of_the_environment_is_named() -> None:
    result = invoke("schema", "show", PORTCLOCK_CLICKHOUSE="http://me:s3cret@nowhere")
    assert result.exit_code == 1
    assert "PORTCLOCK_CLICKHOUSE" in result.stderr
    assert "s3cret" not in result.output


def test_the_unexpected_is_one_sentence_too_and_a_traceback_on_request(tmp_path: Path) -> None:
    broken = tmp_path / "limits"
    broken.mkdir()
    (broken / "edition.toml").mkdir()
    result = invoke("limits", "list", "--limits", str(broken))
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert result.stderr.count("\n") == 1
    shown = invoke("limits", "list", "--limits", str(broken), PORTCLOCK_DEBUG="1")
    assert isinstance(shown.exception, OSError)


def test_what_the_extra_brings_is_what_the_door_knows_to_be_of_it() -> None:
    file = Path(__file__).parents[2] / "pyproject.toml"
    extras = tomllib.loads(file.read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert {needed.split(">=")[0] for needed in extras["reports"]} == OF_REPORTS


@pytest.mark.parametrize("missing", sorted(OF_REPORTS))
def test_what_is_missing_of_the_extra_is_named_with_what_to_run(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    door = typer.Typer(cls=Door)
    door.callback()(lambda: None)
    door.command("need")(lambda: importlib.import_module(missing) and None)
    result = CliRunner().invoke(door, ["need"])
    assert result.exit_code == 1
    assert result.stderr == (
        f"portclock: {missing} is not installed; run: pip install 'portclock[reports]'\n"
    )


def test_judge_prints_one_sorted_outcome_per_line_and_nothing_else(day: Path) -> None:
    result = invoke("judge", str(day), "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines == sorted(lines)
    met = [found for found in map(json.loads, lines) if found["stage"] == "inspection-positioning"]
    assert [found["verdict"] for found in met] == ["met"]


def test_judge_reads_stdin_and_several_files_as_one(day: Path) -> None:
    lines = day.read_bytes().splitlines(keepends=True)
    parts = [day.with_name("a.jsonl"), day.with_name("b.jsonl")]
    parts[0].write_bytes(b"".join(lines[:2]))
    parts[1].write_bytes(b"\n".join(lines[2:]))
    whole = invoke("judge", str(day), "--json").stdout
    assert invoke("judge", *map(str, parts), "--json").stdout == whole
    assert invoke("judge", "-", "--json", stdin=day.read_bytes()).stdout == whole


def test_judge_says_the_same_however_many_processes_share_the_work(day: Path) -> None:
    for words in (("--json",), ()):
        alone = invoke("judge", str(day), *words, "--jobs", "1")
        shared = invoke("judge", str(day), *words, "--jobs", "2")
        assert (shared.exit_code, shared.stdout) == (0, alone.stdout)
        assert alone.stdout == invoke("judge", str(day), *words).stdout != ""


def test_stdin_is_for_one_process(day: Path) -> None:
    said = invoke("judge", "-", "--jobs", "2", stdin=day.read_bytes())
    assert said.exit_code == 2
    assert "stdin can be read by one process alone" in said.stderr


def test_judge_tells_people_verdicts_and_what_became_of_every_message(day: Path) -> None:
    result = invoke("judge", str(day))
    assert result.exit_code == 0
    assert "inspection-positioning 查验调箱" in result.stdout
    assert "shidao/undated" in result.stdout
    assert "5 messages: 3 events judged, 0 kept, 1 refused, 1 said twice" in result.stdout
    assert "0 unexplained" in result.stdout
    assert "line 5: broken-json" in result.stdout


def test_judge_as_of_a_time_before_the_deadline_leaves_the_stage_open(day: Path) -> None:
    first = day.with_name("first.jsonl")
    first.write_bytes(b"\n".join(day.read_bytes().splitlines()[:2]))
    by_now = {
        now: json.loads(line)["verdict"]
        for now in ("2026-03-02T08:30:00+08:00", "2026-03-02T09:00:00+08:00")
        for line in invoke("judge", str(first), "--json", "--now", now).stdout.splitlines()
        if json.loads(line)["stage"] == "inspection-positioning"
    }
    assert list(by_now.values()) == ["open", "breached"]


def test_judge_prints_every_revision_on_request(day: Path) -> None:
    result = invoke("judge", str(day), "--json", "--revisions")
    found = [json.loads(line) for line in result.stdout.splitlines()]
    told = [one["verdict"] for one in found if one["stage"] == "inspection-positioning"]
    assert told == ["open", "met"]
    assert "inspection-positioning 1" in invoke("judge", str(day), "--revisions").stdout


@pytest.mark.parametrize(
    "words",
    [
        ("limits", "check"),
        ("limits", "list"),
        ("limits", "show", "shidao/undated"),
        ("limits", "show", "shidao.inspection-move"),
        ("limits", "hash"),
        ("schema", "show"),
    ],
    ids=" ".join,
)
def test_json_is_one_document_a_line_on_stdout_and_nothing_else(words: tuple[str, ...]) -> None:
    result = invoke(*words, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    assert all(isinstance(json.loads(line), dict) for line in result.stdout.splitlines())
    assert result.stdout.endswith("\n")
    people = invoke(*words)
    assert people.exit_code == 0
    assert people.stdout.strip()


def test_a_limit_is_shown_in_the_words_it_was_published_in() -> None:
    shown = json.loads(invoke("limits", "show", "shidao.inspection-move", "--json").stdout)
    assert shown["edition"] == "shidao/undated"
    assert "30分钟" in shown["words"]
    assert shown["within"] == 1_800


def test_the_schema_is_shown_for_the_database_of_the_settings() -> None:
    url = "clickhouse://127.0.0.1/elsewhere"
    shown = invoke("schema", "show", PORTCLOCK_CLICKHOUSE=url).stdout
    assert "CREATE TABLE IF NOT EXISTS elsewhere.stage_dwells" in shown
    assert "ON CLUSTER" not in shown
    assert "ON CLUSTER" in invoke("schema", "show", "--cluster").stdout


def test_stdout_closed_early_is_not_a_traceback(day: Path) -> None:
    many = day.with_name("many.jsonl")
    many.write_bytes(
        b"\n".join(
            event(0, "discharged", unit={"type": "lot", "id": f"L{number}"}, event_id=str(number))
            for number in range(3_000)
        )
    )
    command = f"{shlex.quote(sys.executable)} -m portclock judge {many} --json | head -1"
    found = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, check=True, env={**os.environ}
    )
    assert found.stderr == ""
    assert len(found.stdout.splitlines()) == 1

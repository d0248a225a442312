"""Three visits, told in both languages by the command as people see it."""

import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from events.envelope import Unit
from events.testing import at, box, told, wire
from portclock.cli import app

HERE = Path(__file__).parent
STORIES = sorted(HERE.glob("*.toml"))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.stem)
def test_a_story_is_told_as_reviewed(
    story: Path, language: str, tmp_path: Path, rewriting: bool
) -> None:
    said = tomllib.loads(story.read_text(encoding="utf-8"))
    unit = Unit.model_validate(said.get("unit", {"type": "container", "id": box()}))
    events = told(*said["lines"], unit=unit, **said["usual"])
    file = tmp_path / "day.jsonl"
    file.write_bytes(b"\n".join(wire(*events)))
    words = [
        "explain",
        unit.id,
        str(file),
        "--lang",
        language,
        "--now",
        at(said["now"]).isoformat(),
    ]
    words += ["--limits", str(HERE / "limits")]
    result = CliRunner(env={"COLUMNS": "110"}).invoke(app, words)
    assert (result.exit_code, result.stderr) == (0, "")
    text = "\n".join(line.rstrip() for line in result.stdout.splitlines()) + "\n"
    kept = HERE / f"{story.stem}.{language}.txt"
    if rewriting:
        kept.write_text(text, encoding="utf-8")
    assert kept.exists(), f"{kept} is missing; run python tests/portclock/stories/rewrite.py"
    assert text == kept.read_text(encoding="utf-8")


def test_no_story_is_kept_that_nobody_tells() -> None:
    told_here = {f"{story.stem}.{language}" for story in STORIES for language in ("en", "zh")}
    assert {kept.stem for kept in HERE.glob("*.txt")} == told_here

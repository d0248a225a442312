"""`portclock --version` says which version it is and whether the law runs compiled."""

from importlib.metadata import version

from typer.testing import CliRunner

from portclock.cli import app
from timing.compiled import compiled


def test_the_version_and_the_build_are_said_in_one_line() -> None:
    result = CliRunner().invoke(app, ["--version"])
    build = "compiled" if compiled() else "plain"
    assert (result.exit_code, result.stdout) == (0, f"portclock {version('portclock')}, {build}\n")


def test_without_the_question_nothing_is_said_of_it() -> None:
    result = CliRunner().invoke(app, ["limits", "list"])
    assert result.exit_code == 0
    assert version("portclock") not in result.stdout.splitlines()[0]

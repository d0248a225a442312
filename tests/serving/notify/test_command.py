"""`portclock notify`: what it says before it starts, and what --check shows."""

import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from portclock.commands.notify import notify, read, shown
from portclock.failure import Failure
from serving.notify import routes_file
from serving.notify.testing import ENVIRON, KEY, START_MS, written

EXAMPLE = Path(routes_file.__file__).parent / "routes.example.toml"
SECRETS = {
    "CONTROL_ROOM_KEY": KEY,
    "YARD_GROUP_TOKEN": "t",
    "YARD_GROUP_SECRET": "s",
    "SMTP_PASSWORD": "p",
}


def test_without_routes_it_says_what_to_do() -> None:
    with pytest.raises(Failure, match="nobody is named to be told anything; write a routes file"):
        read({}, None)


def test_a_wrong_file_or_variable_ends_it_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"routes\.toml:1: not TOML"):
        read(ENVIRON, written(tmp_path, "channel = ["))
    with pytest.raises(Failure, match="PORTCLOCK_NOTIFY_ERA is not understood"):
        read({"PORTCLOCK_NOTIFY_ERA": "x"}, EXAMPLE)


def test_the_file_of_the_environment_is_read_unless_another_is_named(tmp_path: Path) -> None:
    _, routes = read({**SECRETS, "PORTCLOCK_ROUTES": str(EXAMPLE)}, None)
    assert len(routes.route) == 3
    with pytest.raises(Failure, match="cannot be read"):
        read({**SECRETS, "PORTCLOCK_ROUTES": str(EXAMPLE)}, tmp_path / "none.toml")


#   on a Monday at 08:00 in port time: no quiet hours but those of customs, which end at 08:00
def test_a_check_shows_who_would_be_told_what_and_when() -> None:
    settings, routes = read(SECRETS, EXAMPLE)
    lines = list(shown(routes, settings, START_MS))
    assert lines[0] == "3 routes, channels: control-room, yard-group, duty-mail"
    assert "yard: at-risk -> yard-group (03-02 08:30)" in lines
    assert "yard: breached -> yard-group (at once)" in lines
    assert "customs: breached -> duty-mail (at once)" in lines
    assert not [line for line in lines if line.startswith("customs: at-risk")]
    assert lines[-1] == "yard: not acknowledged for 15 min -> duty-mail (duty manager)"
    assert any(line.startswith("    超时：CSQU3054383 查验调箱") for line in lines)


def test_the_command_checks_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in SECRETS.items():
        monkeypatch.setenv(name, text)
    app = typer.Typer()
    app.command()(notify)
    ended = CliRunner().invoke(app, ["--check", "--routes", str(EXAMPLE)])
    assert ended.exit_code == 0
    assert re.search(r"^everything: resolved -> control-room \(at once\)$", ended.output, re.M)
    assert not [secret for secret in (KEY,) if secret in ended.output]

"""The doorkeeper as the settings want it; what is wrong with them is said before anybody knocks."""

import asyncio
import stat
from pathlib import Path

import pytest

from portclock.board.keys import access_settings, doorkeeper
from portclock.commands.moments import now
from portclock.failure import Failure
from serving.access.doorkeeper import Doorkeeper
from serving.access.token_file import TokenFile
from serving.access.viewers import Role, Viewer

PROVIDER = {
    "PORTCLOCK_OIDC_ISSUER": "https://identity.test",
    "PORTCLOCK_OIDC_AUDIENCE": "portclock",
    "PORTCLOCK_OIDC_ROLES": "crew=operator",
    "PORTCLOCK_BOARD_URL": "https://board.test",
}


def made(folder: Path, **environ: str) -> Doorkeeper:
    return doorkeeper(access_settings(environ), folder / "tokens.toml", folder, now)


def test_a_token_of_the_file_opens_and_a_session_outlives_a_restart(tmp_path: Path) -> None:
    kept, wang = TokenFile(tmp_path / "tokens.toml"), Viewer("Wang", Role.OPERATOR)
    text, _ = kept.add(wang, now(), now().replace(year=now().year + 1))
    first = made(tmp_path)
    assert asyncio.run(first.viewer_of({"authorization": f"Bearer {text}"}, {})) == wang
    signed_in = first.signed_in(text)
    assert signed_in is not None
    second = made(tmp_path)
    assert asyncio.run(second.viewer_of({}, {second.cookie: signed_in[0]})) == wang
    assert stat.S_IMODE((tmp_path / "secrets" / "session").stat().st_mode) == 0o600


def test_a_secret_of_the_environment_is_used_and_none_is_made(tmp_path: Path) -> None:
    secret = "a secret that several boards share, long enough"
    cookie = made(tmp_path, PORTCLOCK_SESSION_SECRET=secret).sessions.begin
    assert cookie is not None
    assert not (tmp_path / "secrets").exists()


def test_browsers_are_sent_to_the_provider_only_when_we_are_its_client(tmp_path: Path) -> None:
    bearer_only = made(tmp_path, **PROVIDER)
    assert bearer_only.issuer is not None
    assert bearer_only.flow is None
    both = made(tmp_path, **PROVIDER, PORTCLOCK_OIDC_CLIENT_ID="board")
    assert both.flow is not None
    assert both.secure
    assert made(tmp_path).issuer is None
    assert not made(tmp_path).secure


def test_a_token_file_that_cannot_be_read_is_said_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "tokens.toml").write_text("[tokens.x]\nname = 7\n")
    with pytest.raises(Failure, match=r"tokens\.toml cannot be read"):
        made(tmp_path)


def test_a_wrong_variable_is_said_at_the_start() -> None:
    with pytest.raises(Failure, match="no variable PORTCLOCK_OIDC_ISUER"):
        access_settings({"PORTCLOCK_OIDC_ISUER": "x"})

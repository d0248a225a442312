"""Settings of the access: half said is not said, a misspelt name is an error, nothing is shown."""

import stat
from pathlib import Path

import pytest

from serving.access.secret_file import session_secret
from serving.access.settings import AccessSettings, AccessSettingsError
from serving.access.viewers import Role

PROVIDER = {
    "PORTCLOCK_OIDC_ISSUER": "https://identity.test/port",
    "PORTCLOCK_OIDC_AUDIENCE": "portclock",
    "PORTCLOCK_OIDC_ROLES": "port-stewards=steward, port-crew=operator",
}


def test_what_is_not_said_is_local_and_without_a_provider() -> None:
    found = AccessSettings.from_mapping({"PORTCLOCK_BOARD_URL": " ", "PATH": "/bin"})
    assert found == AccessSettings()
    assert found.provider is None


def test_a_provider_is_read_with_its_table() -> None:
    found = AccessSettings.from_mapping({**PROVIDER, "PORTCLOCK_OIDC_PORTS_CLAIM": "ports"})
    assert found.provider is not None
    assert found.provider.table.roles == (
        ("port-stewards", Role.STEWARD),
        ("port-crew", Role.OPERATOR),
    )
    assert found.provider.table.ports == "ports"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"PORTCLOCK_OIDC_ISSUER": "https://a.test"}, "also needs oidc_audience and oidc_roles"),
        ({**PROVIDER, "PORTCLOCK_OIDC_CLIENT_ID": "b"}, "also needs oidc_issuer and board_url"),
        ({**PROVIDER, "PORTCLOCK_OIDC_ISSUER": "http://a.test"}, "not https"),
        ({**PROVIDER, "PORTCLOCK_OIDC_ROLES": "crew=king"}, "PORTCLOCK_OIDC_ROLES"),
        ({**PROVIDER, "PORTCLOCK_OIDC_ROLES": "crew"}, "PORTCLOCK_OIDC_ROLES"),
        ({"PORTCLOCK_OIDC_ISUER": "https://a.test"}, "no variable PORTCLOCK_OIDC_ISUER"),
        ({"PORTCLOCK_BOARD_URL": "https://a.test/board"}, "PORTCLOCK_BOARD_URL"),
        ({"PORTCLOCK_SESSION_SECRET": "hush"}, "fewer than 32 characters"),
    ],
)
def test_what_is_wrong_is_named_and_never_shown(said: dict[str, str], words: str) -> None:
    with pytest.raises(AccessSettingsError, match=words) as raised:
        AccessSettings.from_mapping(said)
    assert "hush" not in str(raised.value)


def test_secrets_are_not_in_what_is_printed() -> None:
    secret = "a secret of the client, and long enough"
    said = {**PROVIDER, "PORTCLOCK_BOARD_URL": "https://b.test"}
    found = AccessSettings.from_mapping(
        {**said, "PORTCLOCK_OIDC_CLIENT_SECRET": secret, "PORTCLOCK_OIDC_CLIENT_ID": "b",
         "PORTCLOCK_SESSION_SECRET": secret}
    )  # fmt: skip
    assert secret not in repr(found) + repr(found.provider)
    assert found.provider is not None
    assert found.provider.client_secret == secret


def test_a_session_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "secrets" / "session"
    made = session_secret(file)
    assert len(made) >= 48
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert session_secret(file) == made
    assert [one.name for one in file.parent.iterdir()] == ["session"]
    file.write_text("short")
    with pytest.raises(ValueError, match="remove it"):
        session_secret(file)

"""The environment in, a frozen model out; what is not understood is named."""

from pathlib import Path

import pytest

from serving.notify.settings import NotifySettings, SettingsError


def test_the_environment_is_read_and_what_is_empty_is_absent() -> None:
    found = NotifySettings.from_mapping(
        {
            "PORTCLOCK_BROKER": "a:1, b:2",
            "PORTCLOCK_ROUTES": "routes.toml",
            "PORTCLOCK_BOARD_URL": "https://board.example/",
            "PORTCLOCK_DATA": "data",
            "PORTCLOCK_NOTIFY_WINDOW_MS": "500",
            "PORTCLOCK_NOTIFY_ERA": " ",
            "PATH": "/bin",
        }
    )
    assert found.brokers == ("a:1", "b:2")
    assert (found.routes, found.outbox) == (Path("routes.toml"), Path("data/notify.sqlite3"))
    assert (found.board_url, found.window_ms, found.era) == ("https://board.example/", 500, 0)


def test_an_outbox_of_its_own_name_stands() -> None:
    given = {"PORTCLOCK_DATA": "data", "PORTCLOCK_NOTIFY_OUTBOX": "elsewhere"}
    assert NotifySettings.from_mapping(given).outbox == Path("elsewhere")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PORTCLOCK_NOTIFY_WINDOW_MS", "soon"),
        ("PORTCLOCK_NOTIFY_WINDOW", "1"),
        ("PORTCLOCK_NOTIFY_KEEP_DAYS", "0"),
        ("PORTCLOCK_BOARD_URL", "board.example"),
    ],
)
def test_what_is_not_understood_is_named_and_not_repeated(name: str, text: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is not understood") as refused:
        NotifySettings.from_mapping({name: text})
    assert f"'{text}'" not in str(refused.value)

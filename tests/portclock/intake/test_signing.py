"""Secrets of senders: by feed, in Base64, two at a time, changed at once, and never shown."""

import base64
from pathlib import Path

import pytest

from portclock.environment import Environment
from portclock.failure import Failure
from portclock.intake.signing import SECRETS_MAX, VARIABLE, read_secrets, secrets_of
from serving.intake.asks import SecretsUnread

FILE = f"{VARIABLE}_FILE"
LONG = b"l" * 64


def written(secret: bytes) -> str:
    return base64.b64encode(secret).decode()


def test_a_feed_may_have_several_secrets() -> None:
    found = read_secrets(f"a={written(LONG)} b={written(b'b' * 32)}\na={written(b'n' * 64)}\n")
    assert found == {"a": (LONG, b"n" * 64), "b": (b"b" * 32,)}
    assert read_secrets(" \n") == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("carrier", "FEED=BASE64"),
        (f"={written(LONG)}", "FEED=BASE64"),
        ("carrier=hush-hush!", "Base64"),
        (f"carrier={written(b'hush' * 7)}", "32 bytes"),
        ("carrier=", "32 bytes"),
    ],
)
def test_what_is_no_secret_is_refused_by_its_number_and_never_shown(text: str, says: str) -> None:
    with pytest.raises(Failure, match="word 2 of") as found:
        read_secrets(f"a={written(LONG)} {text}")
    told = str(found.value)
    assert says in told
    assert "hush" not in told
    assert written(b"hush") not in told


def test_there_is_a_bound_on_how_many() -> None:
    with pytest.raises(Failure, match="more than"):
        read_secrets(f"a={written(LONG)} " * (SECRETS_MAX + 1))


def test_a_file_is_read_anew_so_that_a_changed_secret_is_so_at_once(tmp_path: Path) -> None:
    file = tmp_path / "secrets"
    file.write_text(f"a={written(LONG)}\n", encoding="ascii")
    secrets = secrets_of(Environment({FILE: str(file)}))
    assert secrets("a") == (LONG,)
    assert secrets("b") == ()
    file.write_text(f"a={written(b'n' * 64)}\n", encoding="ascii")
    assert secrets("a") == (b"n" * 64,)


def test_what_cannot_be_read_stops_the_start_and_later_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "secrets"
    with pytest.raises(Failure):
        secrets_of(Environment({FILE: str(file)}))
    file.write_text("", encoding="ascii")
    secrets = secrets_of(Environment({FILE: str(file)}))
    file.write_text("a=no", encoding="ascii")
    with pytest.raises(SecretsUnread):
        secrets("a")
    assert "word 1" in caplog.text

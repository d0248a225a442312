"""Passwords: made once, different for each name and folder, readable by their owner alone."""

from pathlib import Path

import pytest

from portclock.standalone.errors import StandaloneError
from portclock.standalone.passwords import password


def test_a_password_is_made_once(tmp_path: Path) -> None:
    first = password(tmp_path, "clickhouse")
    assert len(first) >= 32
    assert password(tmp_path, "clickhouse") == first


def test_no_two_are_alike(tmp_path: Path) -> None:
    found = {password(tmp_path / str(folder), name) for folder in range(3) for name in "ab"}
    assert len(found) == 6


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    password(tmp_path, "clickhouse")
    kept = tmp_path / "secrets" / "clickhouse"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700


def test_rights_that_were_opened_are_closed_again(tmp_path: Path) -> None:
    first = password(tmp_path, "clickhouse")
    kept = tmp_path / "secrets" / "clickhouse"
    kept.chmod(0o644)
    assert password(tmp_path, "clickhouse") == first
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_folder_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text("")
    with pytest.raises(StandaloneError, match="clickhouse cannot be read or written"):
        password(tmp_path, "clickhouse")

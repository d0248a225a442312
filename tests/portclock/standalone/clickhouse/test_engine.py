"""The engine opens one directory for one process, and says what to do when it cannot."""

import sys
from pathlib import Path

import pytest

from portclock.standalone.clickhouse.engine import Engine, EngineUnavailable
from portclock.standalone.clickhouse.rights import RESERVE_BYTES


def test_without_the_package_it_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "chdb.state.sqlitelike", None)
    with pytest.raises(EngineUnavailable, match=r"pip install 'portclock\[standalone\]'"):
        Engine(tmp_path)


def test_a_second_directory_in_one_process_is_refused(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="choose another directory"):
        Engine(tmp_path)
    assert engine.connect().query("SELECT 1", "TSV").bytes() == b"1\n"


def test_bytes_left_over_by_a_crash_are_removed(engine: Engine) -> None:
    left_over = engine.inserts / "left-over"
    left_over.write_bytes(b"x")
    again = Engine(engine.path)
    again.close()
    assert not left_over.exists()


def test_it_tells_what_it_knows(engine: Engine) -> None:
    assert engine.version[0] >= 26
    assert {"max_threads", "insert_deduplication_token", "async_insert"} <= engine.settings
    assert engine.timezone == "UTC"


def test_it_leaves_a_part_of_its_disk_alone(engine: Engine) -> None:
    """A disk that is filled to the last byte breaks off writes in the midst."""
    connection = engine.connect()
    told = connection.query("SELECT keep_free_space FROM system.disks", "TSV").bytes()
    connection.close()
    assert int(told) == RESERVE_BYTES > 0

"""The bytes of an insert, in memory or in a file, go in the same way and leave nothing behind."""

from contextlib import closing
from pathlib import Path

import pytest

from portclock.standalone.clickhouse.engine import Engine
from portclock.standalone.clickhouse.errors import ServerError
from portclock.standalone.clickhouse.inserts import parse_insert
from portclock.standalone.clickhouse.session import Session, SessionProfile
from portclock.standalone.clickhouse.spool import Spool

MEBIBYTE = 1 << 20


@pytest.mark.parametrize("in_memory", [True, False])
def test_the_engine_reads_it_back(engine: Engine, database: str, in_memory: bool) -> None:
    insert = parse_insert("INSERT INTO t VALUES")
    assert insert is not None
    with closing(Session(engine, SessionProfile("test", database=database))) as session:
        session.run("CREATE TABLE t (a UInt64) ENGINE = MergeTree ORDER BY a")
        with Spool(engine.inserts, MEBIBYTE, in_memory=in_memory) as spool:
            spool.write(b"1\n")
            spool.write(b"2\n")
            assert session.insert(insert, "TSV", spool) == 2
        assert session.output("SELECT sum(a) FROM t", "TSV") == b"3\n"
    assert list(engine.inserts.iterdir()) == []


def test_a_file_is_gone_afterwards(tmp_path: Path) -> None:
    with Spool(tmp_path, MEBIBYTE, in_memory=False) as spool:
        assert [str(file) for file in tmp_path.iterdir()] == [spool.path]
    assert list(tmp_path.iterdir()) == []


def test_what_goes_beyond_the_bound_is_not_kept_and_told_at_the_end(tmp_path: Path) -> None:
    with Spool(tmp_path, 10, in_memory=False) as spool:
        spool.write(b"x" * 10)
        spool.check()
        spool.write(b"x" * 1000)
        assert Path(spool.path).stat().st_size == 10
        with pytest.raises(ServerError, match="1010 bytes where 10") as caught:
            spool.check()
    assert caught.value.code == 307

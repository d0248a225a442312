"""A child's log: bounded on disk, its last lines and its announcement in memory."""

import io
from pathlib import Path

import pytest

from portclock.standalone.journal import LINE_BYTES_MAX, TAIL_LINES, Journal


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def test_the_files_never_hold_more_than_the_bound(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "part.log", bytes_max=1000)
    for number in range(300):
        journal.write(b"box %04d left the gate\n" % number)
        assert _bytes(tmp_path) <= 1000
    assert {path.name for path in tmp_path.iterdir()} == {"part.log", "part.log.1"}
    assert (tmp_path / "part.log").read_bytes().endswith(b"box 0299 left the gate\n")


def test_one_write_larger_than_the_bound_keeps_its_end(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "part.log", bytes_max=100)
    journal.write(b"x" * 5000 + b"END")
    assert _bytes(tmp_path) == 50
    assert (tmp_path / "part.log").read_bytes().endswith(b"END")


def test_a_new_run_appends_to_the_log_but_starts_a_new_tail(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "part.log")
    for said in (b"first\n", b"second\n"):
        journal.listen(io.BufferedReader(io.BytesIO(said)))
        journal.hear_out()
    assert journal.tail() == ["second"]
    assert (tmp_path / "part.log").read_bytes() == b"first\nsecond\n"


def test_the_tail_has_the_last_lines_and_the_unfinished_one(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "part.log")
    journal.write(b"".join(b"line %d\r\n\n" % number for number in range(50)) + b"and th")
    journal.write(b"en")
    assert journal.tail()[-2:] == ["line 49", "and then"]
    assert len(journal.tail()) <= TAIL_LINES + 1


def test_a_line_without_end_takes_bounded_memory(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "part.log")
    for _ in range(5):
        journal.write(b"x" * LINE_BYTES_MAX)
    assert len(journal.tail()[-1]) == LINE_BYTES_MAX


@pytest.mark.parametrize(
    ("said", "announced"),
    [
        (b'starting\n{"port": 9000}\n{"port": 1}\n', {"port": 9000}),
        (b'{"port": ', None),
        (b"{broken}\n[1]\n", None),
        (b"{}\n", {}),
    ],
)
def test_the_first_json_object_on_a_line_is_the_announcement(
    tmp_path: Path, said: bytes, announced: object
) -> None:
    journal = Journal(tmp_path / "part.log")
    journal.write(said)
    assert journal.announced == announced


def test_a_log_that_cannot_be_written_costs_no_more_than_the_line(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "gone" / "part.log")
    journal.write(b"hello\n")
    assert journal.tail() == ["hello"]

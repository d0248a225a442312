"""State on disk: what a plain part would say, and after any end what the changelog has."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.plane.disk import STALE_S, DiskPart, MissingLibrary, StateInUse, on_disk
from streams.plane.store import CLOCK_KEY, Part
from streams.tables import Clock, Row, encode_clock, encode_row, verify

ROW = encode_row(Row(None, {}, b"h"))
LATER = encode_row(Row(5, {0: 1}, b"i"))
CLOCK = encode_clock(Clock(9, {0: 3}))

_KEYS = st.sampled_from(["a", "b", "ü" * 300])
_STEP = st.dictionaries(_KEYS, st.one_of(st.none(), st.binary(min_size=1, max_size=4)))


def _known(part: Part) -> dict[str, bytes]:
    return dict(part.rows.items())


@settings(deadline=None, max_examples=40)
@given(steps=st.lists(_STEP, max_size=8), behind=st.integers(0, 3))
def test_it_says_what_a_part_in_memory_says_however_many_steps_are_under_way(
    tmp_path_factory: Any, steps: list[dict[str, bytes | None]], behind: int
) -> None:
    folder = tmp_path_factory.mktemp("state")
    part, plain = DiskPart(folder / "0"), Part()
    under_way: list[dict[str, bytes | None]] = []
    settled: dict[str, bytes] = {}
    for number, step in enumerate(steps):
        told: dict[str, bytes | None] = {}
        for key, value in step.items():
            if value is not None:
                part.rows[key] = plain.rows[key] = told[key] = value
            elif plain.rows.pop(key, None) is not None:
                assert part.rows.pop(key, None) is not None
                told[key] = None
        under_way.append(told)
        if len(under_way) > behind:
            done = under_way.pop(0)
            part.settle(done, b"%d" % number, [(part.upto, part.upto + len(done) + 1)])
            settled = {**settled, **done}  # type: ignore[dict-item]
        assert _known(part) == dict(plain.rows)
        assert sorted(part.rows) == sorted(plain.rows)
        assert [part.rows.get(key) for key in "ab"] == [plain.rows.get(key) for key in "ab"]
    part.close()
    again = DiskPart(folder / "0")
    assert _known(again) == {key: value for key, value in settled.items() if value is not None}
    again.close()


def test_what_was_not_acknowledged_is_not_there_after_the_end(tmp_path: Path) -> None:
    part = DiskPart(tmp_path / "0")
    part.rows["a"] = ROW
    part.settle({"a": ROW}, CLOCK, [(0, 2)])
    part.rows["b"] = ROW
    part.close()

    again = DiskPart(tmp_path / "0")
    assert (_known(again), again.clock, again.upto) == ({"a": ROW}, CLOCK, 2)
    again.close()


def test_it_is_restored_from_where_it_ends(tmp_path: Path, kept: Any) -> None:
    part = DiskPart(tmp_path / "0")
    part.restore([kept(0, ROW, b"a"), kept(1, ROW, b"b"), kept(2, CLOCK, CLOCK_KEY)], 3, verify)
    part.close()
    again = DiskPart(tmp_path / "0")
    assert again.upto == 3
    again.restore([kept(3, LATER, b"a"), kept(4, None, b"b")], 5, verify)
    assert (_known(again), again.clock, again.upto) == ({"a": LATER}, CLOCK, 5)
    assert "a" in again.rows
    assert "b" not in again.rows
    with pytest.raises(KeyError):
        again.rows["b"]
    with pytest.raises(KeyError):
        del again.rows["b"]
    again.clear()
    assert (_known(again), again.clock, again.upto) == ({}, None, 0)
    again.close()


def test_a_worker_that_is_killed_leaves_what_was_acknowledged(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from streams.plane.disk import DiskPart\n"
        "part = DiskPart(Path(sys.argv[1]) / '0')\n"
        "for n in range(1_000): part.settle({f'u{n}': b'row'}, b'%d' % n, [(n, n + 1)])\n"
        "part.rows['late'] = b'row'\n"
        "os.kill(os.getpid(), 9)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], check=False, timeout=60,
        cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert ended.returncode == -9
    part = DiskPart(tmp_path / "0")
    assert (len(_known(part)), part.clock, part.upto) == (1_000, b"999", 1_000)
    part.close()


def test_two_workers_cannot_have_one_folder(tmp_path: Path) -> None:
    first = DiskPart(tmp_path / "0")
    with pytest.raises(StateInUse, match="each needs a folder of its own"):
        DiskPart(tmp_path / "0")
    first.close()


@pytest.mark.parametrize(("age_s", "upto"), [(STALE_S - 600, 2), (STALE_S + 600, 0), (None, 0)])
def test_state_that_is_older_than_what_a_broker_remembers_of_deletions_is_not_used(
    tmp_path: Path, age_s: float | None, upto: int
) -> None:
    part = DiskPart(tmp_path / "0")
    part.settle({"a": ROW}, CLOCK, [(0, 2)])
    part.close()
    DiskPart(tmp_path / "0").close()  # to open it is not to write it
    stamp = tmp_path / "0.written"
    if age_s is None:
        stamp.write_text("another start of this machine")
    else:
        written_at = stamp.stat().st_mtime - age_s
        os.utime(stamp, (written_at, written_at))
    again = DiskPart(tmp_path / "0")
    assert again.upto == upto
    again.close()


def test_partitions_of_a_worker_have_a_folder_each(tmp_path: Path) -> None:
    make = on_disk(tmp_path)
    one, two = make(1), make(2)
    one.settle({"a": ROW}, CLOCK, [(0, 2)])
    assert (_known(one), _known(two)) == ({"a": ROW}, {})
    assert {each.name for each in tmp_path.iterdir() if each.is_dir()} == {"1", "2"}
    one.close()
    two.close()


def test_what_is_missing_is_said_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "lmdb", None)
    with pytest.raises(MissingLibrary, match=r"pip install 'portclock\[disk\]'"):
        on_disk(tmp_path)

"""Room on the disk: the thresholds, and the sentence that names folder, room and way out."""

from pathlib import Path

import pytest

from portclock.standalone.disk import GIB, DiskWatch, Room, free_bytes_of


@pytest.mark.parametrize(
    ("free", "room"),
    [(0, Room.NONE), (9, Room.NONE), (10, Room.LOW), (49, Room.LOW), (50, Room.ENOUGH)],
)
def test_the_thresholds(tmp_path: Path, free: int, room: Room) -> None:
    found = DiskWatch(low_bytes=50, none_bytes=10, free_bytes=lambda _: free).look(tmp_path)
    assert found.room is room
    assert found.free_bytes == free
    assert (found.sentence is None) == (room is Room.ENOUGH)


def test_the_sentence_says_what_where_and_what_to_do(tmp_path: Path) -> None:
    sentence = DiskWatch(free_bytes=lambda _: GIB // 4).look(tmp_path).sentence
    assert sentence == (
        f"The disk of the data folder {tmp_path} is too full to go on: 0.25 GiB are free, "
        "portclock stops below 0.50 GiB. Make room, or choose a folder on another disk with --data."
    )


def test_the_real_disk_is_asked(tmp_path: Path) -> None:
    assert free_bytes_of(tmp_path) > 0

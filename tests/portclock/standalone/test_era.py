"""The era rises whenever the log is another one, and never falls."""

from pathlib import Path

import pytest

from portclock.standalone.era import next_era
from portclock.standalone.errors import StandaloneError


def test_it_rises_with_every_new_log_and_stays_with_the_same(tmp_path: Path) -> None:
    logs = ["tansu-1", "tansu-2", "kafka-a", "kafka-a", "tansu-3", "kafka-a"]
    assert [next_era(tmp_path, log) for log in logs] == [1, 2, 3, 3, 4, 5]


@pytest.mark.parametrize("text", ["", "seven tansu-1", "7"])
def test_a_broken_record_is_not_guessed_at(tmp_path: Path, text: str) -> None:
    (tmp_path / "era").write_text(text)
    with pytest.raises(StandaloneError, match="new rows may lose to old ones"):
        next_era(tmp_path, "tansu-2")

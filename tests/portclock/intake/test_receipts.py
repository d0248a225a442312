"""Receipts are found again by feed and key, across a restart, and never grow without bound."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from portclock.intake import receipts
from portclock.intake.receipts import KEPT, Kept, Receipts
from portclock.intake.testing import NOW


def test_a_receipt_is_found_again_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "data" / "intake.sqlite"
    first = Receipts(file)
    first.keep("tos", "k1", Kept("a", {"events": {"gated-out": 2}}), NOW)
    first.close()
    again = Receipts(file)
    assert again.find("tos", "k1") == Kept("a", {"events": {"gated-out": 2}})
    assert again.find("tos", "k2") is None
    assert again.find("rail", "k1") is None
    again.close()


def test_a_file_from_before_answers_were_kept_is_read_on(tmp_path: Path) -> None:
    before = sqlite3.connect(tmp_path / "r")
    before.execute("""CREATE TABLE receipts (feed TEXT NOT NULL, key TEXT NOT NULL,
        input TEXT NOT NULL, given_s INTEGER NOT NULL, document BLOB NOT NULL,
        PRIMARY KEY (feed, key)) WITHOUT ROWID, STRICT""")
    given_s = int(NOW.timestamp())
    before.execute("INSERT INTO receipts VALUES ('tos', 'k1', 'a', ?, ?)", (given_s, b"{}"))
    before.commit()
    before.close()
    for answer in (b"yes", b"no"):  # and it is mended once
        kept = Receipts(tmp_path / "r")
        assert kept.find("tos", "k1") == Kept("a", {}, None)
        kept.keep("tos", "k2", Kept("b", {}, answer), NOW)
        assert kept.find("tos", "k2") == Kept("b", {}, answer)
        kept.close()


def test_what_is_too_old_is_forgotten(tmp_path: Path) -> None:
    kept = Receipts(tmp_path / "r")
    kept.keep("tos", "old", Kept("a", {}), NOW)
    kept.keep("tos", "young", Kept("b", {}), NOW + timedelta(days=1))
    kept.keep("tos", "new", Kept("c", {}), NOW + KEPT + timedelta(seconds=1))
    assert kept.find("tos", "old") is None
    assert kept.find("tos", "young") is not None
    kept.close()


def test_so_many_are_kept_and_the_oldest_goes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipts, "KEPT_MAX", 3)
    kept = Receipts(tmp_path / "r")
    for number in range(5):
        kept.keep("tos", f"k{number}", Kept("a", {}), NOW + timedelta(seconds=number))
    assert [kept.find("tos", f"k{n}") is not None for n in range(5)] == [False] * 2 + [True] * 3
    kept.close()

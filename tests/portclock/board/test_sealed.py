"""Sealed documents are handed out as they were sealed, and nothing that lies beside them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from portclock.board.sealed import SealedFolders
from portclock.board.testing import PlainPublished, PlainShelf, several_months
from reports.vintages.keyring import Keyring
from reports.vintages.manifest import MANIFEST, SIGNATURE, Contents
from reports.vintages.packing import packed, write
from serving.asks import AnswerUnavailable

AT = datetime(2026, 4, 9, 1, tzinfo=UTC)
MADE_AT = {"2026-02.1": AT.replace(month=3), "2026-03.1": AT}
TEXT = {"bulletin.zh.md": "# 通报\n".encode(), "bulletin.csv": b"a,b\r\n"}


@pytest.fixture(scope="module")
def kept() -> PlainPublished:
    return several_months(40, MADE_AT)


@pytest.fixture
def seals(tmp_path: Path, kept: PlainPublished) -> SealedFolders:
    """Two documents of one vintage, the one before it named by both."""
    keyring, shelf = Keyring(tmp_path / "keys"), PlainShelf(kept)
    used = list(reversed(kept.recorded))
    for name in ("bulletin-2026-03", "study-2026-03"):
        contents = Contents(name, {}, AT, used, kept.recorded)
        cells = {one.id: shelf.cells(one.id, ["limits"]) for one in used}
        write(tmp_path / "sealed" / name, packed(TEXT, contents, cells, keyring.signing()))
    return SealedFolders(tmp_path / "sealed", keyring)


def test_a_document_is_listed_under_the_vintage_that_it_is_of(seals: SealedFolders) -> None:
    files = [MANIFEST, SIGNATURE, "bulletin.csv", "bulletin.zh.md",
             "cells/2026-02.1/limits.jsonl", "cells/2026-03.1/limits.jsonl"]  # fmt: skip
    wanted = [f"{name}-2026-03/{file}" for name in ("bulletin", "study") for file in files]
    assert seals.names("2026-03.1") == wanted
    assert seals.names("2026-02.1") == []


def test_a_file_is_handed_out_byte_for_byte(seals: SealedFolders, tmp_path: Path) -> None:
    for name in seals.names("2026-03.1"):
        assert seals.file("2026-03.1", name) == (tmp_path / "sealed" / name).read_bytes()


@pytest.mark.parametrize(
    "name",
    ["../keys/seal-1.jwk", "bulletin-2026-03/../../keys/seal-1.jwk", "bulletin-2026-03/notes.txt",
     "/etc/hostname", "bulletin-2026-03", "", "other/manifest.json"],
)  # fmt: skip
def test_nothing_else_is_handed_out(seals: SealedFolders, tmp_path: Path, name: str) -> None:
    (tmp_path / "sealed" / "bulletin-2026-03" / "notes.txt").write_text("draft")
    assert seals.file("2026-03.1", name) is None
    assert seals.file("2026-02.1", "bulletin-2026-03/manifest.json") is None


def test_a_folder_that_is_half_written_is_no_document(seals: SealedFolders, tmp_path: Path) -> None:
    (tmp_path / "sealed" / "study-2026-03" / MANIFEST).write_bytes(b"{")
    (tmp_path / "sealed" / "bulletin-2026-03" / MANIFEST).unlink()
    assert seals.names("2026-03.1") == []


def test_before_anything_is_sealed_there_is_nothing(tmp_path: Path) -> None:
    seals = SealedFolders(tmp_path / "nowhere", Keyring(tmp_path / "keys"))
    assert (seals.names("2026-03.1"), seals.keys()) == ([], {"keys": []})


def test_keys_are_public_halves_alone(seals: SealedFolders, tmp_path: Path) -> None:
    (key,) = Keyring(tmp_path / "keys").jwks()["keys"]
    assert seals.keys() == {"keys": [key]}
    assert set(key) == {"kty", "crv", "x", "kid", "use", "alg"}
    (tmp_path / "keys" / "seal-1.jwk").write_text("nonsense")
    with pytest.raises(AnswerUnavailable):
        seals.keys()

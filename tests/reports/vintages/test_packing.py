"""A folder is sealed whole: what it was made of lies in it, and nothing else is overwritten."""

import subprocess
from pathlib import Path

import pytest

from reports.testing import published, vintage
from reports.vintages import digest, manifest, seal
from reports.vintages.manifest import Contents, ManifestError
from reports.vintages.packing import FolderTaken, packed, write
from reports.vintages.testing import MADE_AT

KEY = seal.new_key()
CELLS = published("limits")
MARCH = vintage(1, published=digest.hashes({"limits": CELLS}))
CONTENTS = Contents("bulletin", {"month": "2026-03"}, MADE_AT, [MARCH], [MARCH])
DOCUMENTS = {"bulletin.md": b"# March\n", "tables/limits.csv": b"a,b\n"}
PUBLISHED = {MARCH.id: {"limits": CELLS}}


def test_everything_is_in_the_manifest_and_the_manifest_is_signed() -> None:
    files = packed(DOCUMENTS, CONTENTS, PUBLISHED, KEY)
    read = manifest.read(files["manifest.json"])
    assert set(files) - {"manifest.json", "manifest.jws"} == set(read.files)
    assert seal.check(files["manifest.json"], files["manifest.jws"], [KEY])
    assert digest.read_lines(files["cells/2026-03.1/limits.jsonl"])
    assert digest.digest(files["cells/2026-03.1/limits.jsonl"]) == MARCH.published["limits"]


def test_the_same_contents_come_to_the_same_bytes() -> None:
    assert packed(DOCUMENTS, CONTENTS, PUBLISHED, KEY) == packed(
        dict(reversed(DOCUMENTS.items())), CONTENTS, {MARCH.id: {"limits": CELLS[::-1]}}, KEY
    )


def test_cells_that_were_not_so_published_are_never_sealed() -> None:
    for wrong in (
        {MARCH.id: {"limits": CELLS[1:]}},
        {MARCH.id: {"stages": CELLS}},
        {"2026-03.9": {"limits": CELLS}},
    ):
        with pytest.raises(ManifestError, match="are not those published as"):
            packed(DOCUMENTS, CONTENTS, wrong, KEY)


@pytest.mark.parametrize(
    "name",
    ["../x", "/etc/x", "a/../x", ".hidden", "a//b", "manifest.json", "manifest.jws", "a b", ""],
)
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    with pytest.raises(ManifestError, match="no name of a file"):
        packed({name: b""}, CONTENTS, {}, KEY)


def test_written_again_it_is_the_same_folder(tmp_path: Path) -> None:
    files = packed(DOCUMENTS, CONTENTS, PUBLISHED, KEY)
    for _ in range(2):
        write(tmp_path / "out", files)
        found = {
            file.relative_to(tmp_path / "out").as_posix(): file.read_bytes()
            for file in (tmp_path / "out").rglob("*")
            if file.is_file()
        }
        assert found == files


def test_what_lies_there_already_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "thesis.md").write_text("years of work")
    with pytest.raises(FolderTaken, match=r"holds thesis\.md"):
        write(tmp_path, packed(DOCUMENTS, CONTENTS, PUBLISHED, KEY))
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.md"]


def test_a_folder_that_was_left_half_written_is_not_sealed(tmp_path: Path) -> None:
    files = packed(DOCUMENTS, CONTENTS, PUBLISHED, KEY)
    write(tmp_path, files)
    (tmp_path / "bulletin.md").unlink()
    (tmp_path / "bulletin.md").mkdir()  # where nothing can be written
    with pytest.raises(OSError):  # noqa: PT011
        write(tmp_path, files)
    assert not (tmp_path / "manifest.json").exists()


def test_a_third_party_checks_it_with_the_commands_of_the_docs(tmp_path: Path) -> None:
    docs = Path(__file__).parents[3] / "docs" / "vintages.md"
    commands = next(
        block.partition("```")[0]
        for block in docs.read_text(encoding="utf-8").split("```sh\n")[1:]
        if "openssl" in block.partition("```")[0]
    )

    def checked(*, flipped: str | None) -> bool:
        folder = tmp_path / str(flipped)
        write(folder, packed(DOCUMENTS, CONTENTS, PUBLISHED, KEY))
        (folder / "key.pem").write_bytes(KEY.as_pem(private=False))
        if flipped is not None:
            content = bytearray((folder / flipped).read_bytes())
            content[len(content) // 2] ^= 1
            (folder / flipped).write_bytes(content)
        ended = subprocess.run(
            ["bash", "-c", commands], cwd=folder, capture_output=True, check=False
        )
        return ended.returncode == 0

    assert checked(flipped=None)
    for name in ("bulletin.md", "cells/2026-03.1/limits.jsonl", "manifest.json", "manifest.jws"):
        assert not checked(flipped=name), name

"""Whatever is changed in a sealed folder is caught and named; what was not compared is said."""

import json
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from reports.testing import published, vintage
from reports.vintages import digest, examining, manifest, seal
from reports.vintages.chain import next_link
from reports.vintages.examining import Material, Opened
from reports.vintages.finding import Finding, State
from reports.vintages.manifest import Contents
from reports.vintages.packing import packed, write
from reports.vintages.testing import MADE_AT

KEY = seal.new_key()
CELLS = {"limits": published("limits"), "stage-split": published("stage-split")}
FEBRUARY = vintage(1, "2026-02")
MARCH = vintage(1, published=digest.hashes(CELLS), after=next_link([FEBRUARY]))
CONTENTS = Contents("bulletin", {"title": "March"}, MADE_AT, [MARCH], [FEBRUARY, MARCH])


def press(of: Material) -> dict[str, bytes]:
    """A document of one line per dataset, and a picture that cannot be made again."""
    numbers = {name: len(cells) for name, cells in of.published["2026-03.1"].items()}
    return {"bulletin.md": f"# {of.request['title']}\n{sorted(numbers.items())}\n".encode()}


DOCUMENTS = {
    **press(Material(CONTENTS.request, [MARCH], {"2026-03.1": CELLS})),
    "bulletin.pdf": b"%PDF",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "sealed", packed(DOCUMENTS, CONTENTS, {MARCH.id: CELLS}, KEY))
    return tmp_path / "sealed"


def examined(folder: Path, keys: Sequence[OKPKey] | None = (KEY,)) -> list[Finding]:
    it = examining.opened(folder)
    if not isinstance(it, Opened):
        return [it]
    known, cells = examining.material(it)
    made = examining.documents(it, known, {"bulletin": press})
    return [examining.signature(folder, it.content, keys), *examining.files(it), *cells, *made]


def said(findings: Sequence[Finding], state: State = "different") -> set[tuple[str, str]]:
    return {(one.word, one.subject) for one in findings if one.state == state}


def test_a_folder_as_it_was_sealed_differs_in_nothing(folder: Path) -> None:
    found = examined(folder)
    assert said(found) == set()
    assert said(found, "not-compared") == {("document-not-made-again", "bulletin.pdf")}
    assert said(found, "equal") == {
        ("signed", "manifest.jws"),
        ("file-same", "bulletin.md"),
        ("file-same", "bulletin.pdf"),
        ("file-same", "cells/2026-03.1/limits.jsonl"),
        ("file-same", "cells/2026-03.1/stage-split.jsonl"),
        ("cells-as-published", "cells/2026-03.1/limits.jsonl"),
        ("cells-as-published", "cells/2026-03.1/stage-split.jsonl"),
        ("document-same", "bulletin.md"),
    }


def test_a_byte_flipped_anywhere_is_caught_and_its_file_is_named(folder: Path) -> None:
    for file in sorted(one for one in folder.rglob("*") if one.is_file()):
        content = file.read_bytes()
        for place in range(0, len(content), max(1, len(content) // 40)):
            flipped = bytearray(content)
            flipped[place] ^= 0x01
            file.write_bytes(flipped)
            named = {subject for _, subject in said(examined(folder))}
            own = file.relative_to(folder).as_posix()
            # Of a manifest that still reads, it is the signature that is not of it.
            assert named & {own, "manifest.jws" if own == "manifest.json" else own}, (own, place)
        file.write_bytes(content)
    assert said(examined(folder)) == set()


def test_every_byte_of_manifest_and_signature_matters(folder: Path) -> None:
    for name in ("manifest.json", "manifest.jws"):
        content = (folder / name).read_bytes()
        for place in range(len(content)):
            flipped = bytearray(content)
            flipped[place] ^= 0x20
            (folder / name).write_bytes(flipped)
            it = examining.opened(folder)
            if isinstance(it, Opened):
                assert examining.signature(folder, it.content, [KEY]).state == "different", place
        (folder / name).write_bytes(content)


def shorten(folder: Path) -> None:
    os.truncate(folder / "bulletin.pdf", 3)


def lengthen(folder: Path) -> None:
    with (folder / "bulletin.pdf").open("ab") as file:
        file.write(b"\n")


def add(folder: Path) -> None:
    (folder / "cells" / "extra.jsonl").write_text("")


def link_to_a_folder(folder: Path) -> None:
    os.symlink("/etc", folder / "also")


def link_in_place_of_a_file(folder: Path) -> None:
    (folder / "bulletin.pdf").rename(folder.parent / "elsewhere.pdf")
    os.symlink(folder.parent / "elsewhere.pdf", folder / "bulletin.pdf")


def link_in_place_of_a_folder(folder: Path) -> None:
    (folder / "cells").rename(folder.parent / "cells")
    os.symlink(folder.parent / "cells", folder / "cells")


def a_folder_in_place_of_a_file(folder: Path) -> None:
    (folder / "bulletin.md").unlink()
    (folder / "bulletin.md").mkdir()


@pytest.mark.parametrize(
    ("deed", "word", "subject"),
    [
        (lambda f: (f / "bulletin.md").unlink(), "file-missing", "bulletin.md"),
        (shorten, "file-changed", "bulletin.pdf"),
        (lengthen, "file-changed", "bulletin.pdf"),
        (add, "file-unlisted", "cells/extra.jsonl"),
        (link_to_a_folder, "file-unlisted", "also"),
        (link_in_place_of_a_file, "file-no-file", "bulletin.pdf"),
        (link_in_place_of_a_folder, "file-no-file", "cells/2026-03.1/limits.jsonl"),
        (a_folder_in_place_of_a_file, "file-missing", "bulletin.md"),
        (lambda f: (f / "manifest.jws").unlink(), "signature-missing", "manifest.jws"),
        (lambda f: (f / "manifest.json").unlink(), "manifest-missing", "manifest.json"),
        (lambda f: (f / "manifest.json").write_text("{}"), "manifest-unreadable", "manifest.json"),
    ],
)
def test_each_way_to_touch_a_folder_has_its_word(
    folder: Path, deed: Callable[[Path], None], word: str, subject: str
) -> None:
    deed(folder)
    assert (word, subject) in said(examined(folder))


def test_a_manifest_is_refused_before_it_is_read_when_it_is_too_large(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifest, "MANIFEST_BYTES_MAX", 10)
    assert said(examined(folder)) == {("manifest-unreadable", "manifest.json")}


def test_whoever_signs_with_another_key_is_not_believed(folder: Path) -> None:
    forged = packed({**DOCUMENTS, "bulletin.md": b"better\n"}, CONTENTS, {MARCH.id: CELLS},
                    seal.new_key())  # fmt: skip
    shutil.rmtree(folder)
    write(folder, forged)
    assert ("signature-unknown-key", "manifest.jws") in said(examined(folder))
    found = examined(folder, keys=None)
    assert ("signature-nobody-vouches", "manifest.jws") in said(found, "not-compared")


def test_a_document_that_its_cells_do_not_come_to_is_caught_though_it_is_signed(
    folder: Path,
) -> None:
    """Ours was signed by mistake, or by whoever had the key: its figures are still checked."""
    better = {**DOCUMENTS, "bulletin.md": b"# March\nbetter figures\n"}
    shutil.rmtree(folder)
    write(folder, packed(better, CONTENTS, {MARCH.id: CELLS}, KEY))
    assert said(examined(folder)) == {("document-changed", "bulletin.md")}


def test_cells_that_no_vintage_published_are_caught_though_they_are_signed(folder: Path) -> None:
    files = packed(DOCUMENTS, CONTENTS, {MARCH.id: CELLS}, KEY)
    name = "cells/2026-03.1/limits.jsonl"
    files[name] = b"".join(files[name].splitlines(keepends=True)[1:])
    own = {k: v for k, v in files.items() if not k.startswith("manifest.")}
    files["manifest.json"] = manifest.written(CONTENTS, own)
    files["manifest.jws"] = seal.sign(files["manifest.json"], KEY)
    shutil.rmtree(folder)
    write(folder, files)
    assert ("cells-not-as-published", name) in said(examined(folder))


def test_a_sort_of_document_that_is_not_known_here_is_not_called_equal(folder: Path) -> None:
    it = examining.opened(folder)
    assert isinstance(it, Opened)
    known, _ = examining.material(it)
    (only,) = examining.documents(it, known, {})
    assert (only.state, only.word) == ("not-compared", "document-unknown")


def test_an_earlier_manifest_shows_whether_history_was_written_anew(folder: Path) -> None:
    it = examining.opened(folder)
    assert isinstance(it, Opened)

    def earlier(*chain: tuple[str, str]) -> manifest.Manifest:
        said = {**json.loads(it.content), "chain": chain, "vintages": []}
        return manifest.read(json.dumps(said).encode())

    own = it.manifest.chain
    assert examining.history(it, earlier(*own[:1])).word == "chain-continues"
    assert examining.history(it, earlier(*own)).word == "chain-continues"
    rewritten = examining.history(it, earlier((own[0][0], "0" * 64)))
    assert (rewritten.word, rewritten.subject) == ("chain-rewritten", "2026-02.1")
    gone = examining.history(it, earlier(*own, ("2026-04.1", "0" * 64)))
    assert (gone.word, gone.subject) == ("chain-rewritten", "2026-04.1")

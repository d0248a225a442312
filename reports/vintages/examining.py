"""Examines a sealed folder with public material only: its files, its signature, its history.

Needs no tables, no network and no secret. Reads files of a folder that somebody handed over, so it
believes nothing in it: names are plain, sizes are bounded by the manifest, links are not followed.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import file_digest
from pathlib import Path
from typing import Final, NamedTuple

from joserfc.jwk import OKPKey

from reports.shapes import PublishedCell, Vintage
from reports.vintages import manifest as manifests
from reports.vintages import seal
from reports.vintages.digest import NotCanonical, digest, read_lines
from reports.vintages.finding import Finding, Word, different, equal, not_compared
from reports.vintages.manifest import MANIFEST, SIGNATURE, Manifest, ManifestError

FILES_MAX: Final = 10_000
_BROKEN: Final[Mapping[str, Word]] = {
    seal.MALFORMED: "signature-malformed",
    seal.UNKNOWN_KEY: "signature-unknown-key",
    seal.WRONG: "signature-wrong",
}


class Material(NamedTuple):
    """What a document was made of, read back: `published` by vintage and dataset."""

    request: Mapping[str, str]
    vintages: Sequence[Vintage]
    published: Mapping[str, Mapping[str, Sequence[PublishedCell]]]


Press = Callable[[Material], Mapping[str, bytes]]
"""Makes the documents of one sort again: names and bytes of those files that can be made here."""


class Opened(NamedTuple):
    """A folder with a manifest that can be read; `content` are the manifest's bytes."""

    folder: Path
    manifest: Manifest
    content: bytes


def opened(folder: Path) -> Opened | Finding:
    """The manifest of a folder, or why there is none. Whether it is true is not asked here."""
    file = folder / MANIFEST
    if not file.is_file():
        return different("manifest-missing", MANIFEST)
    if file.stat().st_size > manifests.MANIFEST_BYTES_MAX:
        return different("manifest-unreadable", MANIFEST, why="it is too large")
    content = file.read_bytes()
    try:
        return Opened(folder, manifests.read(content), content)
    except ManifestError as error:
        return different("manifest-unreadable", MANIFEST, why=str(error))


def signature(folder: Path, content: bytes, keys: Sequence[OKPKey] | None) -> Finding:
    """Who signed these bytes of a manifest; `keys` are those that are trusted, None if none were
    given, so that nobody could be believed."""
    file = folder / SIGNATURE
    if not file.is_file():
        return different("signature-missing", SIGNATURE)
    with file.open("rb") as read:
        text = read.read(4096)
    try:
        found = seal.check(content, text, keys or ())
    except seal.SealBroken as broken:
        if broken.why == seal.UNKNOWN_KEY and keys is None:
            return not_compared("signature-nobody-vouches", SIGNATURE, key=broken.key_id)
        return different(_BROKEN[broken.why], SIGNATURE, key=broken.key_id)
    return equal("signed", SIGNATURE, key=found)


def files(it: Opened) -> Iterator[Finding]:
    """Each file of the manifest, then what lies there and is not in it."""
    for name, sealed in sorted(it.manifest.files.items()):
        yield _file(it.folder / name, name, sealed)
    for name in _names(it.folder):
        if name not in it.manifest.files and name not in (MANIFEST, SIGNATURE):
            yield different("file-unlisted", name)


def material(it: Opened) -> tuple[Material, list[Finding]]:
    """The cells in the folder, each file compared with what its vintage was published with."""
    published: dict[str, dict[str, Sequence[PublishedCell]]] = {}
    found = []
    vintages = manifests.vintages(it.manifest)
    for vintage in vintages:
        for dataset, published_hash in sorted(vintage.published.items()):
            name = manifests.cells_file(vintage.id, dataset)
            if name in it.manifest.files:
                cells = _cells(it.folder / name, published_hash)
                word: Word = "cells-not-as-published" if cells is None else "cells-as-published"
                say = different if cells is None else equal
                found.append(say(word, name, vintage=vintage.id, dataset=dataset))
                published.setdefault(vintage.id, {})[dataset] = cells or ()
    return Material(it.manifest.request, vintages, published), found


def documents(it: Opened, known: Material, presses: Mapping[str, Press]) -> Iterator[Finding]:
    """Every document made again from the cells in the folder, and compared byte for byte."""
    press = presses.get(it.manifest.document)
    if press is None:
        yield not_compared("document-unknown", it.manifest.document)
        return
    made = press(known)
    for name in sorted(it.manifest.files):
        if not name.startswith(f"{manifests.CELLS}/"):
            yield _document(it.folder / name, name, made.get(name))


def history(it: Opened, earlier: Manifest) -> Finding:
    """Whether the chain of an earlier manifest is how this one's begins."""
    before, now = earlier.chain, it.manifest.chain
    for place, link in enumerate(before):
        if place >= len(now) or now[place] != link:
            return different("chain-rewritten", link[0], since=earlier.made_at)
    return equal("chain-continues", MANIFEST, since=earlier.made_at, number=str(len(before)))


def _file(file: Path, name: str, sealed: manifests.Sealed) -> Finding:
    if file.is_symlink() or _through_a_link(file, name):
        return different("file-no-file", name)
    if not file.is_file():
        return different("file-missing", name)
    if file.stat().st_size != sealed.bytes or _digest(file) != sealed.sha256:
        return different("file-changed", name)
    return equal("file-same", name)


def _through_a_link(file: Path, name: str) -> bool:
    return any(above.is_symlink() for above in list(file.parents)[: name.count("/")])


def _digest(file: Path) -> str:
    with file.open("rb") as read:
        return file_digest(read, "sha256").hexdigest()


def _names(folder: Path) -> list[str]:
    """Every file below, links to folders as well; no more than a bounded number."""
    found: list[str] = []
    for where, folders, names in os.walk(folder):
        links = [name for name in folders if (Path(where) / name).is_symlink()]
        found += [(Path(where) / name).relative_to(folder).as_posix() for name in names + links]
        if len(found) > FILES_MAX:
            break
    return sorted(found)


def _cells(file: Path, published_hash: str) -> list[PublishedCell] | None:
    """The cells of a file; None when they are not those published."""
    if not file.is_file():
        return None
    content = file.read_bytes()
    try:
        return read_lines(content) if digest(content) == published_hash else None
    except NotCanonical:
        return None


def _document(file: Path, name: str, made: bytes | None) -> Finding:
    if made is None:
        return not_compared("document-not-made-again", name)
    same = file.is_file() and file.read_bytes() == made
    return equal("document-same", name) if same else different("document-changed", name)

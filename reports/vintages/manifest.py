"""The manifest: what a sealed folder holds, of which vintages it was made, and under which rules.

Every file by size and SHA-256; every vintage with all that is recorded of it; the whole chain of
vintages up to then, so that an older manifest shows if history was written anew. What is signed
are its bytes (`reports.vintages.seal`). Must never know a key or a clock.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from json import dumps
from typing import Any, Final, Literal, NamedTuple

import msgspec

from reports.shapes import PublishedCell, Vintage
from reports.vintages.chain import ordered
from reports.vintages.digest import (
    digest,
    lines,
    vintage_document,
    vintage_hash,
    vintage_of,
    written_instant,
)

FORMAT: Final = "portclock-manifest/1"
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.jws"
CELLS: Final = "cells"
"""Where the published cells stand in the folder: `cells/<vintage>/<dataset>.jsonl`."""
MANIFEST_BYTES_MAX: Final = 16 * 1024 * 1024
_NAME: Final = re.compile(r"(?!\.)[\w.-]+(/(?!\.)[\w.-]+)*", re.ASCII)

Published = Mapping[str, Mapping[str, Sequence[PublishedCell]]]
"""Cells by vintage and dataset."""


class ManifestError(ValueError):
    """It is no manifest of ours, or says what cannot be; the message says where."""


class Sealed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file: how long it is, and its hash."""

    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A manifest as it is written. `request` is what the document was asked for, by which it can be
    made again; `chain` pairs each vintage ever made with its hash, in the order of making."""

    format: Literal["portclock-manifest/1"]
    document: str
    request: dict[str, str]
    made_at: str
    vintages: list[dict[str, Any]]
    chain: list[tuple[str, str]]
    files: dict[str, Sealed]


class Contents(NamedTuple):
    """What a document was made of. `used` are the vintages whose cells it shows or compares with;
    `made` are all there were."""

    document: str
    request: Mapping[str, str]
    made_at: datetime
    used: Sequence[Vintage]
    made: Sequence[Vintage]


def with_cells(
    files: Mapping[str, bytes], contents: Contents, published: Published
) -> dict[str, bytes]:
    """The documents with the cells they were made of beside them, as in `cells/`.

    Raises ManifestError where cells are not those that a vintage was published with.
    """
    found = dict(files)
    vintages = {vintage.id: vintage for vintage in contents.used}
    for id, datasets in published.items():
        for name, cells in datasets.items():
            content = lines(cells)
            if id not in vintages or vintages[id].published.get(name) != digest(content):
                raise ManifestError(f"these cells of {name} are not those published as {id}")
            found[cells_file(id, name)] = content
    return found


def cells_file(vintage: str, dataset: str) -> str:
    """Where the cells of a dataset stand."""
    return f"{CELLS}/{vintage}/{dataset}.jsonl"


def written(contents: Contents, files: Mapping[str, bytes]) -> bytes:
    """The manifest of these files, as bytes. Raises ManifestError for a name that is no plain path,
    and ChainBroken."""
    for name in files:
        require_name(name)
    manifest = Manifest(
        FORMAT,
        contents.document,
        dict(contents.request),
        written_instant(contents.made_at),
        [vintage_document(vintage) for vintage in contents.used],
        [(vintage.id, vintage_hash(vintage)) for vintage in ordered(contents.made)],
        {name: Sealed(len(content), digest(content)) for name, content in files.items()},
    )
    text = dumps(msgspec.to_builtins(manifest), ensure_ascii=False, sort_keys=True, indent=1)
    return f"{text}\n".encode()


def read(content: bytes) -> Manifest:
    """The manifest in a file. Raises ManifestError."""
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ManifestError(f"it is no manifest: {error}") from None
    for name in manifest.files:
        require_name(name)
    vintages(manifest)
    return manifest


def vintages(manifest: Manifest) -> list[Vintage]:
    """The vintages it names, the newest use first as written. Raises ManifestError for one that is
    not as the chain has it."""
    links = dict(manifest.chain)
    found = []
    for document in manifest.vintages:
        try:
            vintage = vintage_of(document)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ManifestError(f"a vintage in it is not understood: {error}") from None
        if links.get(vintage.id) != vintage_hash(vintage):
            raise ManifestError(f"vintage {vintage.id} is not the one that its chain names")
        found.append(vintage)
    return found


def require_name(name: str) -> None:
    """Raises ManifestError for anything but a plain path below the folder."""
    if not _NAME.fullmatch(name) or name in (MANIFEST, SIGNATURE):
        raise ManifestError(f"{name!r} is no name of a file in a sealed folder")

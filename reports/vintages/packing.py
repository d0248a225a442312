"""Documents into a sealed folder: with the cells they were made of, a manifest and a signature.

The manifest and its signature are written last, so that a folder that was left half written is no
sealed folder. Must never know a clock or where keys are kept.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from joserfc.jwk import OKPKey

from reports.vintages import manifest as manifests
from reports.vintages import seal
from reports.vintages.manifest import MANIFEST, SIGNATURE, Contents, Published


class FolderTaken(ValueError):
    """The folder holds something else; the message names it."""


def packed(
    documents: Mapping[str, bytes], contents: Contents, published: Published, key: OKPKey
) -> dict[str, bytes]:
    """Every file of a sealed folder by its name below it. `published` are the cells that the
    documents were made of, by vintage and dataset.

    Raises ManifestError for cells that were not so published, and ChainBroken.
    """
    files = manifests.with_cells(documents, contents, published)
    manifest = manifests.written(contents, files)
    return {**files, MANIFEST: manifest, SIGNATURE: seal.sign(manifest, key)}


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """The files into a folder, in place of those that an earlier run left there.

    Raises FolderTaken where there is a file that is not of this folder, and OSError.
    """
    strangers = sorted(set(_names(folder)) - set(files))
    if strangers:
        raise FolderTaken(f"{folder} holds {strangers[0]}, which is not of this document")
    for name in (MANIFEST, SIGNATURE):
        (folder / name).unlink(missing_ok=True)
    ordered = sorted(files, key=lambda name: (name in (MANIFEST, SIGNATURE), name))
    for name in ordered:
        _write(folder / name, files[name])


def _names(folder: Path) -> list[str]:
    found = (Path(where) / name for where, _, names in os.walk(folder) for name in names)
    return [file.relative_to(folder).as_posix() for file in found]


def _write(file: Path, content: bytes) -> None:
    """Whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.with_name(f".{file.name}.part")
    half.write_bytes(content)
    os.replace(half, file)

"""Sealed documents for evaluators: what stands in a folder of sealed folders, and the public keys.

A document belongs to the vintage that its manifest names first. Only what a manifest lists is
handed out, with the manifest and its signature: a file that lies beside them is nobody's.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from reports.vintages import manifest as manifests
from reports.vintages.keyring import Keyring, KeyringError
from reports.vintages.manifest import MANIFEST, SIGNATURE, Manifest, ManifestError
from serving.asks import AnswerUnavailable

FOLDERS_MAX: Final = 2_000
FILE_BYTES_MAX: Final = 64 * 1024 * 1024


class _Document(NamedTuple):
    folder: Path
    manifest: Manifest

    def names(self) -> Iterator[str]:
        """Every file by the name that it is asked for by."""
        for name in (MANIFEST, SIGNATURE, *sorted(self.manifest.files)):
            yield f"{self.folder.name}/{name}"


class SealedFolders:
    """Fulfils `serving.evaluators.asks.Seals`. Names are `<folder>/<file>`; read at each asking, so
    that a document is there as soon as its manifest is."""

    def __init__(self, folder: Path, keyring: Keyring) -> None:
        self._folder, self._keyring = folder, keyring

    def keys(self) -> Mapping[str, object]:
        """See Seals.keys."""
        try:
            return self._keyring.jwks()
        except (KeyringError, OSError) as error:
            raise AnswerUnavailable(f"the keys cannot be read: {error}") from error

    def names(self, vintage: str) -> list[str]:
        """See Seals.names."""
        return [name for one in self._documents(vintage) for name in one.names()]

    def file(self, vintage: str, name: str) -> bytes | None:
        """See Seals.file."""
        if name not in self.names(vintage):
            return None
        try:
            file = self._folder / name
            return file.read_bytes() if file.stat().st_size <= FILE_BYTES_MAX else None
        except OSError as error:
            raise AnswerUnavailable(f"{name} cannot be read: {error}") from error

    def _documents(self, vintage: str) -> Iterator[_Document]:
        if not self._folder.is_dir():
            return
        for folder in sorted(self._folder.iterdir())[:FOLDERS_MAX]:
            manifest = _manifest(folder / MANIFEST)
            if manifest is not None and _first(manifest) == vintage:
                yield _Document(folder, manifest)


def _manifest(file: Path) -> Manifest | None:
    """None where there is none, or where something else stands: that is not handed out."""
    try:
        return manifests.read(file.read_bytes()) if file.is_file() else None
    except (ManifestError, OSError):
        return None


def _first(manifest: Manifest) -> str | None:
    return str(manifest.vintages[0].get("id")) if manifest.vintages else None

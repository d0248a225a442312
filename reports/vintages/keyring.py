"""The keys that manifests are signed with: files for their owner alone, made when first needed.

`seal-1.jwk`, `seal-2.jwk`, ...: the last one signs. Of those before it only the public half is
kept, so that whoever steals the folder signs nothing under an old name. A private key is never
printed. Must never know what is signed.
"""

import json
import os
import re
from pathlib import Path
from typing import Final

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from reports.vintages import seal

_NAME: Final = re.compile(r"seal-([1-9]\d{0,5})\.jwk")


class KeyringError(ValueError):
    """The keys cannot be used; the message names the file and what to do."""


class Keyring:
    """The keys in one folder. Methods raise KeyringError, and OSError for what cannot be read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def signing(self) -> OKPKey:
        """The key that signs now; made at the first call."""
        numbers = self._numbers()
        if not numbers:
            _make(self._file(1), seal.new_key())
            numbers = [1]
        key = _read(self._file(numbers[-1]))
        if not key.is_private:
            raise KeyringError(f"{self._file(numbers[-1])} holds no private key; make a new one")
        return key

    def public(self) -> list[OKPKey]:
        """All keys, the newest first; none before anything was signed."""
        return [_read(self._file(number)) for number in reversed(self._numbers())]

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The JWK Set to publish (RFC 7517): public halves only."""
        return {"keys": [seal.public_form(key) for key in self.public()]}

    def rotate(self) -> OKPKey:
        """A new key that signs from now on. What was signed before stays good."""
        older = self._numbers()
        number = older[-1] + 1 if older else 1
        _make(self._file(number), seal.new_key())
        for one in older:
            self._forget_private_half(one)
        return self.signing()

    def _forget_private_half(self, number: int) -> None:
        file = self._file(number)
        half = _written(file, seal.public_form(_read(file)))
        os.replace(half, file)

    def _numbers(self) -> list[int]:
        names = (_NAME.fullmatch(entry.name) for entry in _entries(self._folder))
        return sorted(int(name[1]) for name in names if name)

    def _file(self, number: int) -> Path:
        return self._folder / f"seal-{number}.jwk"


def _entries(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _read(file: Path) -> OKPKey:
    try:
        return OKPKey.import_key(json.loads(file.read_text(encoding="utf-8")))
    except (JoseError, ValueError, KeyError, TypeError):
        raise KeyringError(f"{file} holds no key; restore it, or move it away") from None


def _make(file: Path, key: OKPKey) -> None:
    """Whole or not at all; of two who make one at once, the first wins."""
    half = _written(file, key.as_dict(private=True))
    try:
        os.link(half, file)
    except FileExistsError:
        return
    finally:
        half.unlink()


def _written(file: Path, document: object) -> Path:
    """The document in a file beside it, on the disk before it is given its name."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = file.with_name(f"{file.name}.{os.getpid()}.part")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        json.dump(document, out)
        out.flush()
        os.fsync(out.fileno())
    return half

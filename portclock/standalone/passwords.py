"""Passwords made up on this machine: kept in the data folder, readable by their owner alone.

Must never print one, nor put one on a command line, where every user of the machine sees it.
"""

import os
import secrets
from pathlib import Path

from portclock.standalone.errors import StandaloneError

FOLDER = "secrets"
LENGTH_BYTES = 24


def password(data: Path, name: str) -> str:
    """The password `name` of this data folder, made at the first call. Raises StandaloneError."""
    kept = data / FOLDER / name
    try:
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept.parent.chmod(0o700)
        if not kept.exists():
            _keep(kept, secrets.token_urlsafe(LENGTH_BYTES))
        kept.chmod(0o600)
        return kept.read_text(encoding="ascii")
    except OSError as error:
        raise StandaloneError(
            f"The password in {kept} cannot be read or written ({error.strerror}): "
            "mend the rights of that folder."
        ) from None


def keep(data: Path, name: str, secret: str) -> None:
    """Keep a secret made elsewhere, in place of any earlier one. Raises StandaloneError."""
    kept = data / FOLDER / name
    try:
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _keep(kept, secret)
    except OSError as error:
        raise StandaloneError(f"{kept} cannot be written ({error.strerror}).") from None


def _keep(path: Path, secret: str) -> None:
    """Whole or not at all: a half-written password would lock everybody out."""
    half = path.with_name(f"{path.name}.part")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret)
    half.replace(path)

"""The secret that sessions are signed with: made once, kept in a file for its owner alone.

With it, sessions outlive a restart; without it everybody signs in again. Never printed.
"""

import os
import secrets
from pathlib import Path
from typing import Final

BYTES: Final = 48


def session_secret(file: Path) -> bytes:
    """The secret in the file, made at the first call. Raises OSError, and ValueError for a file
    that holds too little."""
    if not file.exists():
        _make(file)
    found = file.read_bytes()
    if len(found) < BYTES:
        raise ValueError(f"{file} holds no session secret; remove it, and a new one is made")
    return found


def _make(file: Path) -> None:
    """Whole or not at all; of two who make one at once, the first wins."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = file.with_name(f"{file.name}.{os.getpid()}.part")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(secrets.token_urlsafe(BYTES))
    try:
        os.link(half, file)
    except FileExistsError:
        return
    finally:
        half.unlink()

"""Signed notes to ourselves that travel by a browser's cookie: nobody else can write one.

Each purpose has a key of its own, so that a note for one is none for another. Signatures are
joserfc's; a note is readable by whoever holds it, so no secret belongs in one.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import new as mac
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

ALGORITHM: Final = "HS256"
NOTE_BYTES_MAX: Final = 4_096
SECRET_BYTES_MIN: Final = 32


class Seal:
    """Writes and reads the notes of one purpose. `now` is the clock."""

    def __init__(self, secret: bytes, purpose: str, now: Callable[[], datetime]) -> None:
        """Raises ValueError for a secret that is too short to sign with."""
        if len(secret) < SECRET_BYTES_MIN:
            raise ValueError(f"a secret to sign with has at least {SECRET_BYTES_MIN} bytes")
        self._key = OctKey.import_key(mac(secret, purpose.encode(), sha256).digest())
        self._now = now

    def write(self, claims: Mapping[str, Any], lasting: timedelta) -> str:
        """A note that is good for so long."""
        ends_at = int((self._now() + lasting).timestamp())
        said = {**claims, "exp": ends_at}
        return jwt.encode({"alg": ALGORITHM}, said, self._key, algorithms=[ALGORITHM])

    def read(self, note: str) -> dict[str, Any] | None:
        """What it says, `exp` too; None when we did not write it, or it is over."""
        if len(note) > NOTE_BYTES_MAX:
            return None
        try:
            claims = jwt.decode(note, self._key, algorithms=[ALGORITHM]).claims
            rules = jwt.JWTClaimsRegistry(now=int(self._now().timestamp()), exp={"essential": True})
            rules.validate(claims)
        except (JoseError, ValueError):
            return None
        return claims

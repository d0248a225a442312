"""Whether a push was signed by somebody who knows the secret of its feed.

`Notification-Signature: sha256=<hex>`, an HMAC over every byte of the body and nothing else, by a
secret that publisher and subscriber share (DCSA Track & Trace 2.x,
https://github.com/dcsaorg/DCSA-OpenAPI, domain/event/event_domain_v1.0.3.yaml). So an answer can
only be given once the body is whole. Pure; must never print a secret.
"""

import hmac
import re
from collections.abc import Sequence
from typing import Final

HEADER: Final = "notification-signature"
_WRITTEN: Final = re.compile(r"\s*sha256=([0-9a-f]{64})\s*", re.IGNORECASE)
_NOBODYS: Final = (b"\0" * 32,)
"""Stands in for the secret of a feed that has none, so that both take as long to say no."""


def is_signed(headers: Sequence[str], data: bytes, secrets: Sequence[bytes]) -> bool:
    """Whether the one header there is was made from these bytes by one of these secrets."""
    found = _WRITTEN.fullmatch(headers[0]) if len(headers) == 1 else None
    told = bytes.fromhex(found[1]) if found else b""
    # All are compared, whichever fits: how long it takes says nothing of them.
    fits = [
        hmac.compare_digest(hmac.digest(secret, data, "sha256"), told)
        for secret in secrets or _NOBODYS
    ]
    return any(fits) and bool(secrets)

"""The seal: a signature over the bytes of a manifest, which anybody checks with our public key.

A detached JSON Web Signature in the compact form (RFC 7515, appendix F), Ed25519 by its own name
(RFC 9864, which retires the `EdDSA` of RFC 8037). A key is named by its thumbprint (RFC 7638), so
that its name cannot lie. Signing and checking are joserfc's. Must never know a file or a clock.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

ALGORITHM: Final = "Ed25519"
TYPE: Final = "portclock-manifest"
"""Says what was signed, so that a signature made for another purpose is none here."""
_FORM: Final = re.compile(rb"[A-Za-z0-9_-]{1,2000}\.\.[A-Za-z0-9_-]{86}")


class SealBroken(ValueError):
    """A signature proves nothing; `why` is a word of the closed list below."""

    def __init__(self, why: str, key_id: str = "") -> None:
        super().__init__(why)
        self.why, self.key_id = why, key_id


MALFORMED: Final = "malformed"
UNKNOWN_KEY: Final = "unknown-key"
WRONG: Final = "wrong"
"""Why a seal is broken: it is no signature of ours, its key is not among those given, or the
signature is not that of these bytes."""


def new_key() -> OKPKey:
    """A key pair of our own."""
    return OKPKey.generate_key(ALGORITHM)


def key_id(key: OKPKey) -> str:
    """The thumbprint, whatever the key calls itself."""
    return key.thumbprint()


def public_form(key: OKPKey) -> dict[str, str]:
    """The public half as a JWK, named by its thumbprint."""
    said = key.as_dict(private=False)
    known = {name: str(said[name]) for name in ("kty", "crv", "x")}
    return {**known, "kid": key_id(key), "use": "sig", "alg": ALGORITHM}


def public_keys(document: object) -> dict[str, OKPKey]:
    """The keys of a JWK Set (or one JWK) by thumbprint; keys of another sort are passed over.

    Raises ValueError for what is neither.
    """
    given = document.get("keys", [document]) if isinstance(document, Mapping) else None
    if not isinstance(given, list):
        raise ValueError("it is no JWK Set, an object with a list of `keys`")
    found = (_public(one) for one in given)
    return {key_id(key): key for key in found if key is not None}


def sign(payload: bytes, key: OKPKey) -> bytes:
    """The signature of these bytes, with nothing after it."""
    header = {"alg": ALGORITHM, "kid": key_id(key), "typ": TYPE}
    whole = jws.serialize_compact(header, payload, key, algorithms=[ALGORITHM])
    return jws.detach_content(whole).encode()


def check(payload: bytes, signature: bytes, keys: Iterable[OKPKey]) -> str:
    """The thumbprint of the key that signed these bytes. Raises SealBroken."""
    wanted = _key_named(signature)
    known = {key_id(key): key for key in keys}
    if wanted not in known:
        raise SealBroken(UNKNOWN_KEY, wanted)
    try:
        jws.deserialize_compact(signature, known[wanted], algorithms=[ALGORITHM], payload=payload)
    except (JoseError, ValueError):
        raise SealBroken(WRONG, wanted) from None
    return wanted


def _key_named(signature: bytes) -> str:
    """Whose it says it is. Base64 has bits that say nothing; joserfc refuses them when set."""
    if _FORM.fullmatch(signature) is None:
        raise SealBroken(MALFORMED)
    try:
        header = jws.extract_compact(signature, b"").headers()
    except (JoseError, ValueError):
        raise SealBroken(MALFORMED) from None
    if header.get("typ") != TYPE or header.get("alg") != ALGORITHM:
        raise SealBroken(MALFORMED)
    return str(header.get("kid", ""))


def _public(document: Any) -> OKPKey | None:
    """The public half only: a private one has no business in what is handed round."""
    if not isinstance(document, Mapping) or document.get("crv") != ALGORITHM:
        return None
    try:
        return OKPKey.import_key({name: document[name] for name in ("kty", "crv", "x")})
    except (JoseError, ValueError, KeyError, TypeError):
        return None

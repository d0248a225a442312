"""What publishers sign with: secrets by feed, as the house's environment says, or a file it names.

    PORTCLOCK_INTAKE_SECRETS       carrier=BASE64 other=BASE64
    PORTCLOCK_INTAKE_SECRETS_FILE  a file of such words, best one a line

A secret stands there as the publisher was given it: in Base64 (DCSA Track & Trace 2.x, `secret`).
Two of one feed count both, while a publisher goes over from the old to the new. A file is read at
each push, so that a secret that was changed is so at once. Must never print a secret.
"""

import base64
import binascii
import logging
from collections.abc import Callable, Mapping
from typing import Final

from portclock.failure import Failure
from serving.intake.asks import SecretsUnread

VARIABLE: Final = "PORTCLOCK_INTAKE_SECRETS"
BYTES_MIN: Final = 32
"""A shorter one can be found by trying."""
SECRETS_MAX: Final = 1_000
log = logging.getLogger(__name__)


def read_secrets(text: str) -> dict[str, tuple[bytes, ...]]:
    """Secrets by feed. Raises Failure, which never shows one."""
    words = text.split()
    if len(words) > SECRETS_MAX:
        raise Failure(f"{VARIABLE} has more than {SECRETS_MAX} secrets", do="take old ones away")
    found: dict[str, tuple[bytes, ...]] = {}
    for number, word in enumerate(words, 1):
        feed, parted, secret = word.partition("=")
        if not (feed and parted):
            raise _wrong(number, "write it as FEED=BASE64")
        found[feed] = (*found.get(feed, ()), _decoded(secret, number))
    return found


def _decoded(secret: str, number: int) -> bytes:
    try:
        found = base64.b64decode(secret, validate=True)
    except binascii.Error:
        raise _wrong(number, "write the secret in Base64, as the publisher was given it") from None
    if len(found) < BYTES_MIN:
        raise _wrong(number, f"a secret has at least {BYTES_MIN} bytes")
    return found


def _wrong(number: int, remedy: str) -> Failure:
    return Failure(f"word {number} of {VARIABLE} is no secret of a feed", do=remedy)


def secrets_of(environ: Mapping[str, str]) -> Callable[[str], tuple[bytes, ...]]:
    """The secrets of a feed, read anew each time. Raises Failure now, and SecretsUnread then, if
    what is there cannot be read; the log says why."""
    read_secrets(environ.get(VARIABLE, ""))

    def of_feed(name: str) -> tuple[bytes, ...]:
        try:
            return read_secrets(environ.get(VARIABLE, "")).get(name, ())
        except Failure as error:
            log.error("signatures cannot be looked at: %s", error)
            raise SecretsUnread from None

    return of_feed

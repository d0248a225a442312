"""The doorkeeper as the settings want it: tokens from a file, a session secret, perhaps a provider.

Reads and makes files; opens no connection until somebody brings a token of the provider.
"""

import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import httpx

from portclock.failure import Failure
from serving.access.access_log import AccessLog
from serving.access.doorkeeper import Doorkeeper, Way
from serving.access.issuer import Issuer
from serving.access.provider_flow import ProviderFlow
from serving.access.secret_file import session_secret
from serving.access.sessions import Sessions
from serving.access.settings import AccessSettings, AccessSettingsError
from serving.access.token_file import TokenFile

SECRET_FILE = Path("secrets") / "session"


def access_settings(environ: Mapping[str, str]) -> AccessSettings:
    """PORTCLOCK_TOKENS, _BOARD_URL, _SESSION_SECRET and _OIDC_*. Raises Failure."""
    try:
        return AccessSettings.from_mapping(environ)
    except AccessSettingsError as error:
        raise Failure(str(error), do="see docs/access.md") from None


def doorkeeper(
    settings: AccessSettings, tokens: Path, data: Path, now: Callable[[], datetime]
) -> Doorkeeper:
    """Who lets people in. The access log goes to stdout. Raises Failure."""
    kept = TokenFile(tokens)
    if kept.trouble:
        raise Failure(kept.trouble, do="mend that file, or name another with PORTCLOCK_TOKENS")
    secret = _secret(settings, data)
    way = _way(settings, secret, now)
    return Doorkeeper(kept, Sessions(secret, now), now, AccessLog(sys.stdout), way)


def _secret(settings: AccessSettings, data: Path) -> bytes:
    if settings.session_secret is not None:
        return settings.session_secret.get_secret_value().encode()
    file = data / SECRET_FILE
    try:
        return session_secret(file)
    except (OSError, ValueError) as error:
        raise Failure(
            f"the session secret in {file} cannot be had: {error}",
            do="mend the rights of that folder, or set PORTCLOCK_SESSION_SECRET",
        ) from None


def _way(settings: AccessSettings, secret: bytes, now: Callable[[], datetime]) -> Way:
    provider = settings.provider
    if provider is None:
        return Way(settings.board_url)
    issuer = Issuer(provider, httpx.AsyncClient(), now)
    if not provider.client_id:
        return Way(settings.board_url, issuer)
    return_to = f"{settings.board_url}/sign-in/return"
    return Way(settings.board_url, issuer, ProviderFlow(issuer, secret, now, return_to))

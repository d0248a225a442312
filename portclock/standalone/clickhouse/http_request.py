"""One HTTP request as ClickHouse's interface means it: who asks, what, with which settings.

Knows no engine and no socket.
"""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BufferedIOBase
from urllib.parse import parse_qsl, urlsplit

from portclock.standalone.clickhouse.bounds import Bounds
from portclock.standalone.clickhouse.errors import (
    ACCESS_DENIED,
    AUTHENTICATION_FAILED,
    BrokenStream,
)
from portclock.standalone.clickhouse.http_body import read_body, unframed
from portclock.standalone.clickhouse.settings import Setting

_OWN = frozenset(
    [
        *("query", "database", "default_format", "query_id", "client_protocol_version"),
        *("user", "password", "role", "quota_key"),
        *("session_id", "session_timeout", "session_check"),
        *("compress", "decompress", "enable_http_compression", "http_response_headers"),
        *("buffer_size", "wait_end_of_query", "add_http_cors_header"),
        "send_progress_in_http_headers",
    ]
)
_PARAMETER = "param_"
_PORT = re.compile(r":\d+\Z")
_LOCAL = ("127.0.0.1", "localhost", "[::1]", "")


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What was asked, with the body unpacked."""

    method: str
    path: str
    options: dict[str, str]
    user: str
    password: str
    database: str
    format_name: str
    """For a statement that names none."""
    accepts_gzip: bool
    body: bytes

    @property
    def query(self) -> str:
        """The query in the address; the body holds it, or its rows, otherwise."""
        return self.options.get("query", "")

    @property
    def reading(self) -> bool:
        """Whether it may change nothing: what is fetched must not act."""
        return self.method in ("GET", "HEAD")

    @property
    def settings(self) -> dict[str, Setting]:
        """All options that are neither ours nor parameters of the query."""
        return {
            name: Setting(value)
            for name, value in self.options.items()
            if name not in _OWN and not name.startswith(_PARAMETER)
        }

    @property
    def parameters(self) -> dict[str, str]:
        """What the query names in braces."""
        return {
            name.removeprefix(_PARAMETER): value
            for name, value in self.options.items()
            if name.startswith(_PARAMETER)
        }

    def asks(self, option: str) -> bool:
        """Whether a yes-or-no option is on."""
        return self.options.get(option, "") in ("1", "true")


def read_request(
    line: tuple[str, str], headers: Callable[[str], str], source: BufferedIOBase, bounds: Bounds
) -> HttpRequest:
    """`line` is the method and the address. Raises BrokenStream for what cannot be followed."""
    method, address = line
    _refuse_browsers(headers)
    parts = urlsplit(address)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    body = read_body(source, headers, bounds.body_bytes_max)
    if options.get("decompress") in ("1", "true"):
        body = unframed(body, bounds.body_bytes_max)
    user, password = _credentials(options, headers)
    compression = options.get("enable_http_compression") in ("1", "true")
    return HttpRequest(
        method=method,
        path=parts.path,
        options=options,
        user=user,
        password=password,
        database=options.get("database") or headers("X-ClickHouse-Database"),
        format_name=options.get("default_format") or headers("X-ClickHouse-Format"),
        accepts_gzip=compression and "gzip" in headers("Accept-Encoding"),
        body=body,
    )


def _refuse_browsers(headers: Callable[[str], str]) -> None:
    """A page from anywhere can make a browser send requests to this machine; they tell their
    origin, or came under a name that was pointed here."""
    host = _PORT.sub("", headers("Host")).lower()
    if headers("Origin") or host not in _LOCAL:
        raise BrokenStream(ACCESS_DENIED, "requests of web pages are refused")


def _credentials(options: dict[str, str], headers: Callable[[str], str]) -> tuple[str, str]:
    user = options.get("user") or headers("X-ClickHouse-User")
    password = options.get("password") or headers("X-ClickHouse-Key")
    scheme, _, encoded = headers("Authorization").partition(" ")
    if user or scheme.lower() != "basic":
        return user, password
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise BrokenStream(AUTHENTICATION_FAILED, "the Authorization header is broken") from error
    return user, password

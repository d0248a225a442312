"""How much of everything one client may take; knows no protocol."""

from dataclasses import dataclass

KIB = 1 << 10
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits of the two doors; durations in seconds, sizes in bytes."""

    connections_max: int = 200
    """Clients served at once, for each of the two doors."""
    handshake_s: float = 10
    """From the connection to the end of the client's greeting."""
    idle_s: float = 3600
    """Between two queries of one connection."""
    transfer_s: float = 300
    """One read or one write inside a packet."""
    name_bytes_max: int = 64 * KIB
    """A name, a type, a setting."""
    query_bytes_max: int = 16 * MIB
    """The text of one query."""
    settings_max: int = 1000
    """Settings sent with one query."""
    block_bytes_max: int = 256 * MIB
    """One block on the wire, and one frame before and after compression."""
    insert_bytes_max: int = 1024 * MIB
    """All blocks of one insert; they are held until the last one has come."""
    body_bytes_max: int = 256 * MIB
    """One HTTP request, before and after decompression."""
    response_bytes_max: int = 256 * MIB
    """One HTTP response; the native protocol streams and needs no such bound."""
    http_sessions_max: int = 64
    """HTTP sessions (`session_id`) kept at once."""
    http_session_s: float = 60
    """How long an unused HTTP session is kept when the client does not say."""
    http_session_wait_s: float = 10
    """How long a request waits for another one in the same HTTP session."""

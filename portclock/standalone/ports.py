"""Ports of this machine: whether one is free, which one to take.

Free ports are chosen below the range the kernel gives to outgoing connections. A client that keeps
knocking at a dead server's port inside that range can be handed the very same port for its own end,
connects to itself, and keeps the server from ever coming back.
"""

import random
import socket

import psutil

from portclock.standalone.errors import StandaloneError

LOCALHOST = "127.0.0.1"
LOWEST = 20_000
HIGHEST = 32_000
ATTEMPTS_MAX = 200


def port_free(port: int) -> bool:
    """Whether a server could listen on `port` now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Without it a port whose last connection has just been closed would look taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOCALHOST, port))
        except OSError:
            return False
        return True


def port_answers(port: int, timeout_s: float = 0.5) -> bool:
    """Whether somebody accepts connections on `port` now."""
    try:
        with socket.create_connection((LOCALHOST, port), timeout=timeout_s):
            return True
    except OSError:
        return False


def free_ports(count: int, without: frozenset[int] = frozenset()) -> list[int]:
    """`count` different free ports, none of them in `without`.

    Raises StandaloneError when the machine has none to give.
    """
    found: list[int] = []
    for _ in range(ATTEMPTS_MAX * max(1, count)):
        if len(found) == count:
            return found
        port = random.randrange(LOWEST, HIGHEST)
        if port not in without and port not in found and port_free(port):
            found.append(port)
    raise StandaloneError(
        f"No free port between {LOWEST} and {HIGHEST} on {LOCALHOST}. "
        "Stop what is listening there, or name free ports yourself."
    )


def choose_port(asked: int | None, part: str, option: str) -> int:
    """The port asked for, or a free one when none was.

    Raises StandaloneError naming the port, who holds it and the way out.
    """
    if asked is None:
        return free_ports(1)[0]
    if port_free(asked):
        return asked
    raise StandaloneError(
        f"Port {asked}, asked for the {part}, is in use{_holder(asked)}. "
        f"Stop what is listening there, or choose another port with {option}."
    )


def _holder(port: int) -> str:
    """` by NAME (pid N)` when this user may see it, else nothing."""
    try:
        for connection in psutil.net_connections("tcp"):
            listening = connection.status == psutil.CONN_LISTEN
            same = getattr(connection.laddr, "port", None) == port
            if listening and same and connection.pid is not None:
                return f" by {psutil.Process(connection.pid).name()} (pid {connection.pid})"
    except psutil.Error:
        return ""
    return ""

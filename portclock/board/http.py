"""Serves an application until it is told to stop: uvicorn, bounded in everything.

Told to stop, it takes no new connection and lets answers end; streams, which never end, are cut off
after `STREAMS_WITHIN_S`. Their browsers come back to whoever serves next.
"""

import socket
from typing import Final

import uvicorn
from fastapi import FastAPI

from portclock.failure import Failure

STREAMS_WITHIN_S: Final = 1
CONNECTIONS_MAX: Final = 2_000
WAITING_MAX: Final = 256
IDLE_S: Final = 30
HEAD_BYTES_MAX: Final = 32_768


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises Failure naming who or what is in the way."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=WAITING_MAX)
    except OSError as error:
        raise Failure(
            f"the board cannot listen on {host}, port {port} ({error.strerror or error})",
            do="choose another with --port or PORTCLOCK_BOARD_PORT",
        ) from None


def server(app: FastAPI, proxies: str) -> uvicorn.Server:
    """Not yet started. `proxies`: the addresses of those whose word on a client is taken."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            lifespan="on",
            ws="none",
            proxy_headers=True,
            forwarded_allow_ips=proxies,
            limit_concurrency=CONNECTIONS_MAX,
            backlog=WAITING_MAX,
            timeout_keep_alive=IDLE_S,
            timeout_graceful_shutdown=STREAMS_WITHIN_S,
            h11_max_incomplete_event_size=HEAD_BYTES_MAX,
        )
    )

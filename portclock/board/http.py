"""Serves an application until it is told to stop: uvicorn, bounded in everything.

Told to stop, it takes no new connection, lets answers end and tells the streams to; what has not
ended within `STREAMS_WITHIN_S` is cut off. Browsers come back to whoever serves next.
"""

import socket
from collections.abc import Callable
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


class Server(uvicorn.Server):
    """One that ends its streams before it waits for them."""

    def __init__(self, config: uvicorn.Config, end_streams: Callable[[], None]) -> None:
        super().__init__(config)
        self._end_streams = end_streams

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell the streams, then as ever."""
        self._end_streams()
        await super().shutdown(sockets)


def server(app: FastAPI, proxies: str, end_streams: Callable[[], None]) -> Server:
    """Not yet started. `proxies`: the addresses of those whose word on a client is taken."""
    return Server(
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
        ),
        end_streams,
    )

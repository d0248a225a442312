"""`portclock serve`: the live board, until it is told to stop."""

import logging
from typing import Annotated

import typer

from portclock.commands.options import Limits
from portclock.commands.services import METRICS_HOST, MetricsHost, MetricsPort
from portclock.commands.token import TokensFile
from portclock.environment import environment

Host = Annotated[
    str,
    typer.Option(
        metavar="ADDRESS",
        envvar="PORTCLOCK_BOARD_HOST",
        help="Listen there; 0.0.0.0 is every address of this machine.",
    ),
]
Port = Annotated[
    int,
    typer.Option(
        min=1, max=65535, metavar="PORT", envvar="PORTCLOCK_BOARD_PORT", help="Listen on this port."
    ),
]
Proxies = Annotated[
    str,
    typer.Option(
        metavar="ADDRESSES",
        envvar="PORTCLOCK_BOARD_PROXIES",
        help="Proxies whose word is taken for where a request came from.",
    ),
]


def serve(
    host: Host = "127.0.0.1",
    port: Port = 8700,
    tokens: TokensFile = None,
    limits: Limits = None,
    proxies: Proxies = "127.0.0.1",
    metrics_port: MetricsPort = None,
    metrics_host: MetricsHost = METRICS_HOST,
) -> None:
    """Serve the live board: what is at risk, breaches, stories, figures, feeds, inspections.

    Takes PORTCLOCK_BROKER, PORTCLOCK_CLICKHOUSE, PORTCLOCK_BOARD_URL and PORTCLOCK_OIDC_*
    (docs/access.md). Whoever looks needs a token (portclock token add). Starts before its broker
    and its tables are there, and /readyz says so. Ends cleanly on SIGTERM and Ctrl-C.
    """
    from portclock.board.wiring import Listening, serve_board
    from portclock.broker_entry import require_entry
    from portclock.commands.logs import log_to_stderr
    from portclock.commands.wiring import rules, settings

    log_to_stderr("board")
    for name in ("uvicorn", "clickhouse_driver"):  # what matters of them reaches us as an error
        logging.getLogger(name).setLevel(logging.ERROR)
    wanted = Listening(host, port, proxies, metrics_port, metrics_host)
    environ, door = environment(), settings()
    require_entry(door.broker)
    serve_board(environ, door, rules(limits), wanted, tokens)

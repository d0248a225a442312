"""A process that serves the embedded engine until it is told to stop.

    python -m portclock.standalone.clickhouse --path DIR [--port P] [--http-port P]

With --certificate FILE (a PEM file: the certificate, those that vouch for it, and the key) both
doors speak TLS and nothing else. When it listens it prints one line of JSON on stdout. SIGTERM and
SIGINT stop it. Passwords come from the environment only: PORTCLOCK_CLICKHOUSE_PASSWORD,
PORTCLOCK_CLICKHOUSE_READER_PASSWORD.
"""

import argparse
import json
import logging
import os
import signal
import ssl
import sys
import threading
from pathlib import Path

from portclock.standalone.clickhouse.engine import Engine, EngineUnavailable
from portclock.standalone.clickhouse.server import Ports, Server
from portclock.standalone.clickhouse.users import Users


def main() -> int:
    """The exit code: 0 after a stop that was asked for, 1 if it could not start."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    options = _options()
    os.environ["TZ"] = "UTC"  # the engine's own clock: what has no time zone is UTC everywhere
    stop = threading.Event()
    try:
        engine = Engine(options.path)
    except EngineUnavailable as error:
        return _failed(str(error))
    for number in (signal.SIGTERM, signal.SIGINT):  # after the engine, which sets its own
        signal.signal(number, lambda *_: stop.set())
    try:
        tls = _tls(options.certificate)
    except (OSError, ssl.SSLError) as error:
        return _failed(f"{options.certificate} holds no certificate with its key: {error}")
    try:
        server = Server(engine, Ports(options.port, options.http_port), _users(), tls=tls)
    except OSError as error:
        return _failed(f"cannot listen: {error}; choose other ports with --port and --http-port")
    server.start()
    _tell_ready(server, options.path)
    stop.wait()
    if not server.stop():
        os._exit(0)  # a query does not end: the directory is as safe as after kill -9
    engine.close()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m portclock.standalone.clickhouse")
    parser.add_argument("--path", type=Path, required=True, help="the data directory")
    parser.add_argument("--port", type=int, default=9000, help="native protocol; 0: any free port")
    parser.add_argument("--http-port", type=int, default=8123, help="HTTP; 0: any free port")
    parser.add_argument("--certificate", type=Path, help="speak TLS, by this PEM file")
    return parser.parse_args()


def _tls(file: Path | None) -> ssl.SSLContext | None:
    if file is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(file)
    return context


def _users() -> Users:
    return Users.from_environment(os.environ)


def _tell_ready(server: Server, path: Path) -> None:
    ports = server.ports
    told = {"ready": True, "pid": os.getpid(), "port": ports.native, "http_port": ports.http}
    print(json.dumps({**told, "path": str(path.absolute())}), flush=True)


def _failed(why: str) -> int:
    print(why, file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())

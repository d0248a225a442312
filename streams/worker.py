"""The worker process: topics made, metrics served, garbage collector tuned, Faust's worker run.

Called by the door, which owns the environment. Returns only by SystemExit: 0 after a stop by
signal, 1 after a crash, with nothing committed that was not done.
"""

import gc
import logging
import sys
import threading
from collections.abc import Callable

import faust
import structlog
from prometheus_client import ProcessCollector, start_http_server

from streams.app import assemble
from streams.law import Law, TimingLaw
from streams.plane.watchdog import Pulsebeat
from streams.provision import provision
from streams.settings import Settings
from streams.topology import Topology
from timing.rules import Rules

_GC_GENERATIONS = (100_000, 50, 1_000)
"""With a large state the default thresholds cost half the speed: everything is scanned again."""

_log = structlog.get_logger("streams")


def run(settings: Settings, rules: Rules, clock: Callable[[], float]) -> None:
    """Run one worker until it is told to stop. Raises ProvisioningError before it starts."""
    run_law(settings, TimingLaw(rules), clock)


def run_law(settings: Settings, law: Law, clock: Callable[[], float]) -> None:
    """The same, for any law."""
    configure_logging()
    created = provision(settings)
    _log.info("topics ready", created=created, broker=settings.broker)
    topology = assemble(settings, law, clock)
    _serve_metrics(topology, settings)
    _keep_beating(topology.pulsebeat, clock)
    gc.set_threshold(*_GC_GENERATIONS)
    gc.freeze()
    worker = faust.Worker(
        topology.app, loglevel="INFO", quiet=True, override_logging=False, redirect_stdouts=False
    )
    worker.spinner = None  # it would write to a stdout that is not ours
    worker.execute_from_commandline()


def configure_logging(level: int = logging.INFO) -> None:
    """One line per record on stderr, ours and Faust's alike.

    aiokafka's and asyncio's debug records cost a third of the worker's time when somebody makes
    them, so their level is set and not inherited.
    """
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        foreign_pre_chain=_PROCESSORS,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("aiokafka", "kafka", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*_PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


_PROCESSORS: list[structlog.typing.Processor] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


def _keep_beating(pulsebeat: Pulsebeat, clock: Callable[[], float]) -> None:
    """Beat from a thread that lives as long as the process."""

    def beat() -> None:
        while True:
            pulsebeat.beat(clock())
            never.wait(pulsebeat.session_timeout_s / 6)

    never = threading.Event()
    threading.Thread(target=beat, name="pulsebeat", daemon=True).start()


def _serve_metrics(topology: Topology, settings: Settings) -> None:
    if settings.metrics_port:
        ProcessCollector(registry=topology.metrics.registry)
        start_http_server(
            settings.metrics_port, settings.metrics_host, registry=topology.metrics.registry
        )

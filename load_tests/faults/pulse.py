"""The pulse of a port whose time runs fast: `portclock pulse`, but for the clock that it is given.

Run as `python -m load_tests.faults.pulse CLOCK-FILE` with PORTCLOCK_BROKER. It is what the real one
is from the ticks down; must never know the load, only the file that the load keeps.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from load_tests.faults.port_clock import PortClock
from portclock.commands.logs import log_to_stderr
from portclock.commands.services import worker_settings
from portclock.commands.stopping import asked_to_stop
from portclock.standalone.child import Child
from portclock.standalone.ready import Running
from portclock.standalone.stack import PULSE, WORKER
from streams.pulse import run_pulse

ROOT = Path(__file__).parents[2]


def pulse_child(env: Mapping[str, str], clock: Path) -> Child:
    """The pulse as a part of the stack, on this clock."""
    argv = (sys.executable, "-m", __spec__.name, str(clock))
    # Our own folder is no installed package.
    return Child(PULSE, argv, {**env, "PYTHONPATH": str(ROOT)}, Running(1.0), after=(WORKER,))


def main() -> None:
    """Beat until told to stop."""
    log_to_stderr("pulse")
    clock = PortClock(Path(sys.argv[1]))
    with asked_to_stop() as stopping:
        run_pulse(worker_settings(os.environ, None), clock.now, stopping, interval_s=1.0)


if __name__ == "__main__":
    main()

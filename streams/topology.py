"""The app and its parts in one value: what a door, a test or the vigil may ask."""

from dataclasses import dataclass

import faust

from streams.metrics import Metrics
from streams.plane.restoring import Restorer
from streams.plane.table import RunTable
from streams.plane.watchdog import Pulsebeat
from streams.timekeeper import Timekeeper


@dataclass(frozen=True, slots=True)
class Topology:
    """The app and the parts of it that a door or a test may ask."""

    app: faust.App
    table: RunTable
    timekeeper: Timekeeper
    metrics: Metrics
    pulsebeat: Pulsebeat
    restorer: Restorer

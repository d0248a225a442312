"""The intake over HTTP as the settings want it: with a folder of feeds, or not at all."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from portclock.intake.desk import IntakeDesk
from portclock.intake.feeds import load_feeds
from portclock.intake.receipts import Receipts
from portclock.outbox import KafkaOutbox
from portclock.settings import Settings

FILE: Final = "intake.sqlite"
"""In the data folder: the receipts that were given."""


def intake_desk(settings: Settings) -> IntakeDesk | None:
    """None where no folder of feeds is named. Raises Failure for a profile that is wrong."""
    if settings.feeds is None:
        return None
    receipts = Receipts((settings.data or Path()) / FILE)
    connect = partial(KafkaOutbox, settings.broker)
    return IntakeDesk(load_feeds(settings.feeds), receipts, connect, partial(datetime.now, UTC))

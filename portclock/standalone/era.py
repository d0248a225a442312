"""Which log the tables' versions count in: a number that is raised whenever the log is a new one.

Rows in ClickHouse are versioned by the offset of the record they came from. A broker that lost its
log counts from zero again, and every new row would seem older than the old ones; the era goes
before the offset and keeps them in order. Raising it without need does no harm.
"""

from pathlib import Path

from portclock.standalone.errors import StandaloneError

FILE = "era"


def next_era(data: Path, log: str) -> int:
    """The era for the log called `log`: the last one's if that was the same log, else the next.

    The name must differ whenever the log does. Raises StandaloneError when the file is no longer
    readable: guessing would put old rows above new ones.
    """
    kept = data / FILE
    try:
        number, earlier = kept.read_text().split(maxsplit=1) if kept.exists() else ("0", "")
        era = int(number) if earlier == log else int(number) + 1
        half = kept.with_name(f"{FILE}.part")
        half.write_text(f"{era} {log}")
        half.replace(kept)
    except (OSError, ValueError):
        raise StandaloneError(
            f"{kept} cannot be read or written, and without it new rows may lose to old ones: "
            "mend its rights, or start with an empty folder with --data."
        ) from None
    return era

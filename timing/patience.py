"""How long we wait for what: lateness, retention, windows. All in seconds, all stated once."""

from dataclasses import dataclass

HOUR_S = 3600
DAY_S = 24 * HOUR_S


@dataclass(frozen=True, slots=True)
class Patience:
    """The waiting times of the timing law.

    `allowed_lateness_s`: how far event time is held back behind a tick, so that a closer still on
    its way is not called missing. `retention_s`: how long a closed visit can still be corrected.
    `ahead_s`: how long an announcement waits for its visit. `reentry_gap_s`: two entries of a box
    closer than this are two reports of one entry. `stay_max_s`: a visit silent for longer is
    forgotten as it stands, so that boxes nobody reports again do not fill the memory.
    `place_s`: how long it is known that a place stood still, since a visit that is heard of now and
    then may last for years. `risk_share`: the part of a limit after which a stage is at risk.
    """

    allowed_lateness_s: int = 120
    retention_s: int = 7 * DAY_S
    ahead_s: int = 30 * DAY_S
    reentry_gap_s: int = DAY_S
    stay_max_s: int = 180 * DAY_S
    place_s: int = 3650 * DAY_S
    risk_share: float = 0.8

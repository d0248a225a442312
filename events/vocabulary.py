"""The closed words of the wire: who, what, where to, and how sure.

Knows nothing but the standard library. A word is added here and in the contract's docs together;
it is dropped or changed only with a version. The Chinese terms stand in docs/glossary.md.
"""

from enum import StrEnum


class Word(StrEnum):
    """A word of the wire. Hashed as the text that it is: an enumeration's own hash is a call into
    Python, paid at every look into a table.
    """

    __hash__ = str.__hash__


class UnitType(Word):
    """What is being timed. `place` is only for suspensions, which speak of no single unit."""

    CONTAINER = "container"
    WAGON = "wagon"
    ULD = "uld"
    LOT = "lot"
    PLACE = "place"


class Mode(Word):
    """How the unit travels while the event happens."""

    WATER = "water"
    RAIL = "rail"
    AIR = "air"
    ROAD = "road"


class Direction(Word):
    """Why the unit is at the port."""

    IMPORT = "import"
    EXPORT = "export"
    TRANSHIPMENT = "transhipment"
    DOMESTIC = "domestic"


class Category(Word):
    """Cargo, as far as published limits tell it apart (普货 is `general`)."""

    GENERAL = "general"
    PERISHABLE = "perishable"
    MINERAL = "mineral"
    DANGEROUS = "dangerous"
    REEFER = "reefer"
    OTHER = "other"


class Party(Word):
    """Who answers for a stage or a hold."""

    TERMINAL = "terminal"
    CUSTOMS = "customs"
    CONSIGNEE = "consignee"
    AGENT = "agent"
    CARRIER = "carrier"
    RAIL = "rail"
    GROUND_HANDLER = "ground-handler"
    THIRD_PARTY = "third-party"
    FORCE_MAJEURE = "force-majeure"


class Precision(Word):
    """How finely the source states `occurred_at`."""

    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"


class Verdict(Word):
    """What a stage is worth against its limit. `void` withdraws an outcome published before."""

    MET = "met"
    BREACHED = "breached"
    EXCUSED = "excused"
    OPEN = "open"
    NO_LIMIT = "no-limit"
    VOID = "void"


class AlertState(Word):
    """What people are told about a stage."""

    AT_RISK = "at-risk"
    BREACHED = "breached"
    RESOLVED = "resolved"
    RETRACTED = "retracted"


class Deed(Word):
    """What was done about an incident."""

    ACKNOWLEDGED = "acknowledged"
    ASSIGNED = "assigned"
    COMMENTED = "commented"
    ESCALATED = "escalated"


class DeliveryState(Word):
    """What became of a message to people. All but `waiting` are final."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    HELD_BACK = "held-back"


class Cause(Word):
    """What brought about a revision of an outcome."""

    EVENT = "event"
    TIME = "time"
    SUSPENSION = "suspension"
    EDITION = "edition"


class Flag(Word):
    """What to know about the figure of an outcome. A reader passes over those it does not know."""

    INFERRED_CLOSE = "inferred-close"
    CLAMPED = "clamped"
    CONDITIONAL_RELEASE = "conditional-release"
    UNDONE = "undone"
    MINUTE_PRECISION = "minute-precision"
    DAY_PRECISION = "day-precision"
    SIZE_UNKNOWN = "size-unknown"
    WEIGHT_UNKNOWN = "weight-unknown"
    JOURNEY_UNKNOWN = "journey-unknown"
    CALENDAR_UNKNOWN = "calendar-unknown"
    NO_APPOINTMENT = "no-appointment"
    ORDERED_TOO_LATE = "ordered-too-late"
    LISTED = "listed"
    OVERRIDE = "override"


class Fate(Word):
    """What became of an accepted event. Refused ones are in `events-dlq` instead."""

    JUDGED = "judged"
    KEPT = "kept"


class Kind(Word):
    """What happened. Families and their topics stand in `events.topics`."""

    ARRIVED = "arrived"
    DEPARTED = "departed"
    DISCHARGED = "discharged"
    LOADED = "loaded"
    RAIL_UNLOADED = "rail-unloaded"
    RAIL_LOADED = "rail-loaded"
    AIR_UNLOADED = "air-unloaded"
    RAMP_TRANSFERRED = "ramp-transferred"
    STORED = "stored"

    TRUCK_ARRIVED = "truck-arrived"
    GATED_IN = "gated-in"
    GATED_OUT = "gated-out"
    TRUCK_DEPARTED = "truck-departed"

    TRANSFER_ORDERED = "transfer-ordered"
    TRANSFER_STARTED = "transfer-started"
    TRANSFER_ENDED = "transfer-ended"
    MOVE_ORDERED = "move-ordered"
    MOVE_STARTED = "move-started"
    MOVE_ENDED = "move-ended"
    UNSTUFFING_ORDERED = "unstuffing-ordered"
    UNSTUFFING_STARTED = "unstuffing-started"
    UNSTUFFING_ENDED = "unstuffing-ended"
    STUFFING_STARTED = "stuffing-started"
    STUFFING_ENDED = "stuffing-ended"
    TALLY_ENDED = "tally-ended"
    TALLY_REPORTED = "tally-reported"

    PICKUP_REQUESTED = "pickup-requested"
    PICKUP_PLANNED = "pickup-planned"
    AVAILABLE_FOR_PICKUP = "available-for-pickup"

    MANIFEST_DECLARED = "manifest-declared"
    ARRIVAL_REPORTED = "arrival-reported"
    DECLARED = "declared"
    DECLARATION_ACCEPTED = "declaration-accepted"
    INSPECTION_ORDERED = "inspection-ordered"
    SCAN_ORDERED = "scan-ordered"
    INSPECTION_SCHEDULED = "inspection-scheduled"
    POSITIONED = "positioned"
    INSPECTION_STARTED = "inspection-started"
    INSPECTION_ENDED = "inspection-ended"
    DOCUMENTS_REQUESTED = "documents-requested"
    DOCUMENTS_SUPPLIED = "documents-supplied"
    DETAINED = "detained"
    CONDITIONALLY_RELEASED = "conditionally-released"
    RELEASED = "released"
    LAB_SAMPLED = "lab-sampled"
    LAB_RESULT = "lab-result"
    OVERTIME_BOOKED = "overtime-booked"

    CLOCK_STOPPED = "clock-stopped"
    CLOCK_RESUMED = "clock-resumed"
    SUSPENSION_DECLARED = "suspension-declared"
    SUSPENSION_LIFTED = "suspension-lifted"


SUSPENSIONS = frozenset({Kind.SUSPENSION_DECLARED, Kind.SUSPENSION_LIFTED})

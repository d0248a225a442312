"""English: the words and sentences of a story. A table; no logic."""

from typing import Final

from events.vocabulary import Kind, Party, Verdict
from timing.story.words import Language

KINDS: Final = {kind.value: kind.value.replace("-", " ") for kind in Kind}
PARTIES: Final = {party.value: party.value.replace("-", " ") for party in Party} | {
    Party.FORCE_MAJEURE: "force majeure",
    "all": "all parties",
}
VERDICTS: Final[dict[str, str]] = {
    Verdict.MET: "met",
    Verdict.BREACHED: "breached",
    Verdict.EXCUSED: "excused",
    Verdict.OPEN: "open",
    Verdict.NO_LIMIT: "no limit",
}
TRAITS: Final = {
    "water": "by water",
    "rail": "by rail",
    "air": "by air",
    "road": "by road",
    "import": "import",
    "export": "export",
    "transhipment": "transhipment",
    "domestic": "domestic",
    "laden": "laden",
    "empty": "empty",
    "general": "general cargo",
    "perishable": "perishable cargo",
    "mineral": "mineral cargo",
    "dangerous": "dangerous cargo",
    "reefer": "reefer cargo",
    "other": "other cargo",
}
DEEDS: Final = {
    "opened-visit": "opens the visit",
    "closed-visit": "closes the visit",
    "opened": "opens {stage}",
    "closed": "closes {stage}",
    "inferred": "ends {stage}, whose own end nobody reported",
    "worked": "belongs to {stage}",
    "stopped": "stops the clock of {stage} for {party}",
    "held-itself": "holds up {stage} for {party}, who answers for it: the clock runs on",
    "resumed": "ends the hold on {stage} by {party}",
    "appointed": "makes an appointment for {about_at}",
    "booked": "books overtime from {about_at} to {until_at}",
    "declared-late": "was written down only at {about_at}",
    "passed": "is a gate passed within a transfer: no exit, no entry",
    "replaced": "replaces {event}",
    "took-back": "takes back {event}",
    "in-vain": "would correct {event}, but does not",
    "was-replaced": "does not stand: replaced by {event}",
    "was-taken-back": "does not stand: taken back by {event}",
    "repeated": "was said again, {times} time(s), which changes nothing",
    "revised": "was said before with other content, as of {about_at}",
    "waits": "waits for a visit",
    "too-late": "lies too long after the visit: it waits for the next",
    "stale": "waited too long for this visit",
    "noted": "is noted; no stage begins or ends by it",
}
REASONS: Final = {
    "nothing-in-force": "no edition in force has a limit on it",
    "not-covered": "no limit in force covers such a unit",
    "no-appointment": "its limit counts from an appointment, and none was made",
    "ordered-too-late": "the order or the appointment came when it would have been due already",
    "size-unknown": "its limit goes by size, and the size is not stated",
    "weight-unknown": "its limit goes by weight, and the weight is not stated",
    "journey-unknown": "its limit goes by the journey, whose length is not stated",
    "calendar-unknown": "its limit counts working time, and that year's holidays are not known",
    "listed": "it is listed, but no bound is published",
}
TAKEN: Final = {
    "took": "it took {net_s}",
    "took-held": "it took {worked_s}, of which others held {held_s}, which leaves {net_s}",
    "took-hours": "it took {net_s} of working time ({gross_s} by the clock)",
    "took-hours-held": "it took {worked_s} of working time ({gross_s} by the clock), of which "
    "others held {held_s}, which leaves {net_s}",
}
VERDICT_SENTENCES: Final = {
    "met": "Met: {taken}; {limit_s} were allowed.",
    "excused": "Excused: {taken}; {limit_s} were allowed.",
    "breached": "Breached by {over_s}: {taken}; {limit_s} were allowed.",
    "open": "Open: by {now_at} {taken}; {limit_s} are allowed, until {deadline_at}.",
    "open-stopped": "Open: by {now_at} {taken}; {limit_s} are allowed, and the clock stands still.",
    "breached-open": "Breached by {over_s} so far and still open: by {now_at} {taken}; "
    "the {limit_s} allowed ran out at {deadline_at}.",
    "met-ahead": "Met: at least {limit_s} were wanted, and {taken}.",
    "breached-ahead": "Breached by {over_s}: at least {limit_s} were wanted, and {taken}.",
    "open-ahead": "Open: by {now_at} {taken}; at least {limit_s} are wanted.",
    "no-limit": "No limit: {taken}; {reason}.",
    "no-limit-open": "No limit: still open, and by {now_at} {taken}; {reason}.",
}
ALLOWANCES: Final = {
    "duration": "{within_s} for every unit",
    "duration-by-size": "{within_s} for a box of {size} feet ({size_type})",
    "duration-per-teu": "{within_s} per TEU; a box of {size} feet ({size_type}) is {teu} TEU",
    "duration-by-weight": "{within_s} up to {up_to_kg} kg, and {step_s} more for every "
    "{step_kg} kg begun; {weight_kg} kg begin {steps} of them",
    "lead-time": "done {lead_s} before the appointment of {appointment_at} (made {made_at}), "
    "which leaves {limit_s} from {opened_at}",
    "notice": "journeys of more than {journey_over_s}: at least {notice_s} before arrival; "
    "this one takes {journey_s}",
    "notice-short": "journeys of up to {journey_over_s}: before departure, that is at least "
    "{journey_s} before arrival",
    "half-day": "begun at {opened_at}, so due by {due_at}: {limit_s}",
    "override": "for a time, {from_on} to {to_on}: {why}",
    "override-on": "for a time, from {from_on} on: {why}",
}
FLAGS: Final = {
    "inferred-close": "its end was not reported, but follows from what came after",
    "clamped": "its end was reported before its start and counts as with it",
    "conditional-release": "the release was conditional (两段准入)",
    "undone": "it ended without the work done",
    "minute-precision": "a time is stated to the minute only",
    "day-precision": "a time is stated to the day only",
    "override": "a temporary override gave the allowance",
    **{flag: REASONS[flag] for flag in (
        "no-appointment", "ordered-too-late", "size-unknown", "weight-unknown", "journey-unknown",
        "calendar-unknown", "listed",
    )},
}  # fmt: skip
LABELS: Final = {
    "visit": "visit",
    "as-of": "judged up to",
    "from-to": "from {opened_at} to {closed_at}",
    "since": "since {opened_at}",
    "answers": "answered for by {party}",
    "events": "events",
    "stages": "stage by stage",
    "timeline": "timeline",
    "when": "when",
    "in-force": "in force",
    "calendar": "calendar",
    "calendar-all": "{calendar}: every day, {hours}",
    "calendar-china": "{calendar}: working days by the State Council's notices, {hours}",
    "limit": "limit",
    "edition": "edition",
    "words": "words",
    "source": "source",
    "definition": "definition",
    "confirmed": "confirmed",
    "unconfirmed": "unconfirmed",
    "allowance": "allowance",
    "arithmetic": "arithmetic",
    "ran": "counted",
    "overtime": "counted: booked overtime",
    "own": "held by {party}, who answers: counted",
    "held": "held by {party}: not counted",
    "rested": "outside working time: not counted",
    "more-steps": "{steps} more stretches, {counted_s} of them counted",
    "sums": "gross {gross_s}, net {net_s}",
    "split": "split",
    "part": "{party} {part_s}",
    "deadline": "deadline",
    "note": "note",
    "verdict": "verdict",
    "undated": "undated",
    "missing-end": "its end was never reported",
}
ENGLISH: Final = Language(
    code="en",
    units=(" d", " h", " min", " s"),
    between_units=" ",
    comma=", ",
    kinds=KINDS,
    parties=PARTIES,
    verdicts=VERDICTS,
    flags=FLAGS,
    traits=TRAITS,
    sentences={**DEEDS, **REASONS, **TAKEN, **VERDICT_SENTENCES, **ALLOWANCES, **LABELS},
    stages={},
)

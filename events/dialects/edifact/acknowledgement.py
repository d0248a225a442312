"""What the partner is told: CONTRL, whether its messages came whole, and APERAK, what was refused.

One interchange answers one. CONTRL (ISO 9735-4) answers for the envelope: 7 acknowledged or 4
rejected, with an error of code list 0085. APERAK says of each message that was read, but not taken
whole, which segment was refused, why, and what to do; everything else was taken. Knows what was
decoded, not how.
"""

from collections import Counter
from datetime import datetime
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from events.dialects.decoded import Decoded, Part, Refused
from events.dialects.edifact.interchange import Interchange, Message, interchanges
from events.dialects.edifact.profile import Profile
from events.dialects.edifact.syntax import STANDARD, written
from events.dialects.troubles import Trouble, Why
from events.refusals import Reason

Segment = list[str | list[str]]

TAKEN: Final = "7"
REJECTED: Final = "4"
_UNSPECIFIED: Final = "18"
SYNTAX_ERRORS: Final = MappingProxyType(
    {
        Trouble.BROKEN_SYNTAX: _UNSPECIFIED, Trouble.UNKNOWN_CHARSET: "21",
        Trouble.UNKNOWN_PARTNER: "23", Trouble.ONLY_A_TEST: "25",
        Trouble.UNKNOWN_MESSAGE: "17", Trouble.UNKNOWN_DIRECTORY: "17",
    }
)  # fmt: skip
"""Of code list 0085: 17 no agreement, 18 unspecified, 21 invalid characters, 23 unknown sender, 25
test indicator not supported; https://service.unece.org/trade/untdid/texts/d423.htm ."""

ERRORS: Final[MappingProxyType[Why, str]] = MappingProxyType(
    {
        Reason.MISSING_FIELD: "PC10", Reason.INVALID_UNIT: "PC11", Reason.BAD_CHECK_DIGIT: "PC12",
        Reason.INVALID_TIME: "PC13", Reason.FUTURE_TIME: "PC14", Reason.INVALID_VALUE: "PC15",
        Reason.TIME_WITHOUT_OFFSET: "PC16", Reason.UNKNOWN_KIND: "PC17", Reason.TOO_LARGE: "PC18",
        Trouble.UNKNOWN_CODE: "PC20", Trouble.UNKNOWN_QUALIFIER: "PC21",
        Trouble.UNKNOWN_PLACE: "PC22", Trouble.NO_ACTUAL_TIME: "PC23",
        Trouble.AMBIGUOUS_TIME: "PC24", Trouble.CANCELS_UNSEEN: "PC25",
        Trouble.NOTHING_SAID: "PC26", Trouble.NOT_FOR_US: "PC27", Trouble.BROKEN_ENVELOPE: "PC28",
        Trouble.BROKEN_SYNTAX: "PC29", Trouble.OUT_OF_BOUNDS: "PC30",
    }
)  # fmt: skip
"""Our reasons as application errors (9321, at most 8 characters); the words stand in FTX beside."""
OTHER: Final = "PC99"
TEXT_CHARS: Final = 70
TEXTS: Final = 5
"""FTX has five texts of seventy characters (C108)."""


def acknowledge(data: bytes, decoded: Decoded, profile: Profile, at: datetime) -> bytes:
    """All of the answers as one file; empty where nobody is named to answer."""
    return b"\n".join(acknowledgements(data, decoded, profile, at))


def acknowledgements(
    data: bytes, decoded: Decoded, profile: Profile, at: datetime
) -> tuple[bytes, ...]:
    """The answer to each interchange of `data`, in order; none where nobody is named to answer.

    `decoded` is what became of the same bytes, `at` (aware) when they are answered.
    """
    return tuple(
        _answer(received, decoded, at.astimezone(ZoneInfo(profile.zone)))
        for received in interchanges(data, profile.charset)
        if received.sender and received.reference
    )


def _answer(received: Interchange, decoded: Decoded, at: datetime) -> bytes:
    """UNA, UNB, CONTRL, an APERAK for each message with refusals, UNZ."""
    within = {
        number: part
        for number, part in enumerate(decoded.parts)
        if received.start <= part.start < received.end and not part.envelope
    }
    refused: dict[int, list[Refused]] = {number: [] for number in within}
    for refusal in decoded.refusals:
        if refusal.part in refused:
            refused[refusal.part].append(refusal)
    taken = Counter(told.part for told in decoded.events)
    taken.update(announced.part for announced in decoded.announcements)
    by_start = {part.start: number for number, part in within.items()}
    numbers = [by_start[message.start] for message in received.messages]
    envelope = [r for n in set(within) - set(numbers) for r in refused[n]]
    messages = [_control(received, [refused[n] for n in numbers], envelope)]
    for message, number in zip(received.messages, numbers, strict=True):
        if refused[number] and _syntax_error(message, refused[number]) is None:
            messages.append(_report(message, within[number], refused[number], taken[number]))
    return _written(received, messages, at)


def _written(received: Interchange, messages: list[list[Segment]], at: datetime) -> bytes:
    name, control = received.reference, [f"{at:%y%m%d}", f"{at:%H%M}"]
    body: list[Segment] = []
    for count, lines in enumerate(messages, 1):
        kind = "CONTRL" if count == 1 else "APERAK"
        version = ["D", "3" if count == 1 else "95B", "UN"]
        body += [["UNH", str(count), [kind, *version]], *lines]
        body.append(["UNT", str(len(lines) + 2), str(count)])
    text = written(body, STANDARD)
    head: Segment = ["UNB", ["UNOB" if text.isascii() else "UNOY", "3"]]
    head += [received.recipient, received.sender, control, name]
    whole = written([head]) + text + written([["UNZ", str(len(messages)), name]])
    return f"UNA{''.join(STANDARD)}{whole}".encode()


def _control(
    received: Interchange, refused: list[list[Refused]], envelope: list[Refused]
) -> list[Segment]:
    """UCI for the interchange and UCM for each message."""
    wrong = next((_code(r) for r in envelope if r.why in SYNTAX_ERRORS or _is_envelope(r)), "")
    lost = not received.messages and bool(envelope)
    uci: Segment = ["UCI", received.reference, received.sender, received.recipient]
    lines = [[*uci, REJECTED if lost else TAKEN, wrong]]
    for message, refusals in zip(received.messages, refused, strict=True):
        error = _syntax_error(message, refusals)
        kind = [message.type, *message.directory.split("."), "UN"]
        action = TAKEN if error is None else REJECTED
        lines.append(["UCM", message.reference, kind, action, error or ""])
    return lines


def _syntax_error(message: Message, refusals: list[Refused]) -> str | None:
    """Why a message was rejected whole, in the words of CONTRL; None if it was read."""
    for refused in refusals:
        if refused.why in SYNTAX_ERRORS or message.broken is not None:
            return _code(refused)
    return None


def _is_envelope(refused: Refused) -> bool:
    return refused.why is Trouble.BROKEN_ENVELOPE


def _code(refused: Refused) -> str:
    """Code list 0085; of an envelope: 29 a count, 28 a reference, 13 something missing."""
    if not _is_envelope(refused):
        return next(
            (code for why, code in SYNTAX_ERRORS.items() if why is refused.why), _UNSPECIFIED
        )
    if "counts" in refused.detail:
        return "29"
    return "28" if ", UN" in refused.detail else "13"


def _report(message: Message, part: Part, refused: list[Refused], taken: int) -> list[Segment]:
    """APERAK: how much was taken, and each refusal with its segment, reason and remedy."""
    summary = f"{part.name}: {taken} taken, {len(refused)} refused"
    lines: list[Segment] = [
        ["BGM", "313", message.reference],
        ["FTX", "ACB", "", "", _texts(summary)],
        ["RFF", ["ACE", message.reference]],
    ]
    for each in refused:
        said = f"{each.path}: {each.why}: {each.detail}; {each.remedy}"
        lines += [["ERC", [ERRORS.get(each.why, OTHER), "ZZZ"]]]
        lines += [["FTX", "AAO", "", "", _texts(said)]]
    return lines


def _texts(text: str) -> list[str]:
    """As many texts as FTX has; what is longer is cut, since the reason and place come first."""
    flat = " ".join(text.split())[: TEXT_CHARS * TEXTS]
    return [flat[n : n + TEXT_CHARS] for n in range(0, len(flat), TEXT_CHARS)]

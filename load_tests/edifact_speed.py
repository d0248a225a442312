"""How fast interchanges are read: the dialect beside a bare parse by pydifact, in one run.

    python -m load_tests.edifact_speed [--boxes 20000] [--rounds 3]

Both read the same COARRI and CODECO messages, of a hundred boxes each, on one core, in turns; the
best round counts, in seconds of the processor. pydifact only parts the bytes; the dialect checks
the envelope, knows what was meant, and gives checked events as messages for a topic.
"""

import json
import warnings
from argparse import ArgumentParser
from collections.abc import Callable
from time import process_time

from events.dialects.edifact.profile import shipped
from events.dialects.edifact.reading import decode
from events.testing import box

BOXES_EACH = 100
SHARE_OF_PYDIFACT = 20
"""It reads a twentieth of the bytes, since it takes so much longer."""


def interchange(boxes: int) -> bytes:
    """So many boxes, half of them off a ship and half out of the gate."""
    messages = [_message(n, range(n, n + BOXES_EACH)) for n in range(0, boxes, BOXES_EACH)]
    head = "UNB+UNOA:2+LPCT+PORTCLOCK+260303:1230+IC1'\n"
    return f"{head}{''.join(messages)}UNZ+{len(messages)}+IC1'\n".encode()


def _message(reference: int, numbers: range) -> str:
    kind, code, time = (("COARRI", "44", "203"), ("CODECO", "36", "7"))[reference // 100 % 2]
    segments = [
        f"UNH+{reference}+{kind}:D:95B:UN:ITG12", f"BGM+{code}+DOC{reference}+9",
        "DTM+137:202603031220:203", "TDT+20+051E+1++MSC:172:20+++9123456:146::MSC EXAMPLE",
        "LOC+165+CNLYG:139:6+LPCT:TER:ZZZ", "NAD+CF+MSC:160:20",
    ]  # fmt: skip
    for n in numbers:
        segments += [
            f"EQD+CN+{box(n)}+45G1:102:5++3+5", f"RFF+BM:MSCU{n:08d}",
            f"DTM+{time}:20260302{n // 60 % 24:02d}{n % 60:02d}:203", f"LOC+147+0{n:06d}:139:5",
            "LOC+11+CNLYG:139:6", "LOC+9+PECLL:139:6", f"MEA+AAE+G+KGM:{20000 + n % 9000}",
            f"SEL+AFZ{n}+SH+1",
        ]  # fmt: skip
    segments.append(f"CNT+16:{len(numbers)}")
    segments.append(f"UNT+{len(segments) + 1}+{reference}")
    return "".join(f"{segment}'\n" for segment in segments)


def measure(boxes: int, rounds: int) -> dict[str, float]:
    """Megabytes in a second of the processor, and microseconds for an event."""
    from pydifact.parser import Parser

    profile = shipped()["terminal-d95b"]
    data, part = interchange(boxes), interchange(boxes // SHARE_OF_PYDIFACT).decode()
    ours, bare, split = [], [], []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(rounds):
            ours.append(_cost(lambda: len(decode(data, profile).events), boxes))
            bare.append(_cost(lambda: sum(1 for _ in Parser().parse(part)), None))
            split.append(_cost(lambda: len([s.split(b"+") for s in data.split(b"'")]), None))
    return {
        "dialect_mb_s": round(len(data) / min(ours) / 1e6, 1),
        "event_us": round(min(ours) / boxes * 1e6, 1),
        "pydifact_mb_s": round(len(part) / min(bare) / 1e6, 2),
        "bytes_split_mb_s": round(len(data) / min(split) / 1e6, 1),
    }


def _cost(read: Callable[[], int], expected: int | None) -> float:
    begun = process_time()
    found = read()
    cost = process_time() - begun
    if expected is not None and found != expected:
        raise ValueError(f"{found} events were read of {expected}")
    return cost


def main() -> None:
    parser = ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--boxes", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    said = parser.parse_args()
    print(json.dumps(measure(said.boxes, said.rounds)))


if __name__ == "__main__":
    main()

"""Messages that must be refused, one recipe or more for each reason of `events.refusals`.

Each is made of an honest event with one thing wrong, so that the reason is the one intended. No
recipe yields a line break: a file of messages, one per line, keeps them whole. For the same cause
there is none for `empty`: a line that holds nothing is no message.
"""

from collections.abc import Callable
from random import Random
from typing import Any, Final

import orjson

from events.codec import MESSAGE_BYTES_MAX
from events.refusals import Reason
from portclock.traffic.telling import Report, container, written

HUGE_BYTES: Final = 900_000
"""The largest garbage: below the message size that brokers take, far above ours."""
HUGE_SHARE: Final = 0.1
Body = dict[str, Any]
Recipe = Callable[[Body, Report, Random], bytes]


def poison(report: Report, reason: Reason, rolls: Random) -> bytes:
    """Bytes that are refused for `reason`, made from an honest report and unlike it in identity."""
    body = dict(report.body)
    units = body.pop("units", None)
    if units or body["unit"]["type"] == "place":
        body["unit"] = units[0] if units else container("CSQU3054383")
    body["event_id"] += "-x"
    return RECIPES[reason](body, report, rolls)


def _too_large(body: Body, _: Report, rolls: Random) -> bytes:
    if rolls.random() < HUGE_SHARE:
        return _noise(rolls, HUGE_BYTES)
    return _json({**body, "extra": {"scan": "iVBORw0KGgo" * (MESSAGE_BYTES_MAX // 10)}})


def _broken_json(body: Body, _: Report, rolls: Random) -> bytes:
    whole = _json(body)
    return rolls.choice((whole[: len(whole) // 2], b"\xff\xfe" + _noise(rolls, 80), b"{'kind':"))


def _not_an_object(body: Body, _: Report, rolls: Random) -> bytes:
    return rolls.choice((b"[" + _json(body) + b"]", b'"gated-out"', b"42", b"null"))


def _missing_field(body: Body, _: Report, rolls: Random) -> bytes:
    del body[rolls.choice(("event_id", "source", "kind", "unit", "place", "mode", "occurred_at"))]
    return _json(body)


def _unknown_kind(body: Body, _: Report, rolls: Random) -> bytes:
    return _json({**body, "kind": rolls.choice(("gate-out", "GATED_OUT", "teleported", ""))})


def _bad_check_digit(body: Body, _: Report, rolls: Random) -> bytes:
    number = body["unit"]["id"]
    wrong = (int(number[-1]) + rolls.randint(1, 9)) % 10
    return _json({**body, "unit": container(f"{number[:-1]}{wrong}")})


def _invalid_unit(body: Body, _: Report, rolls: Random) -> bytes:
    units = (container("BOX-17"), {"type": "pallet", "id": "17"}, container(""))
    return _json({**body, "unit": rolls.choice(units)})


def _time_without_offset(body: Body, _: Report, __: Random) -> bytes:
    return _json({**body, "occurred_at": body["occurred_at"][: len("2026-03-02T08:25:00")]})


def _invalid_time(body: Body, _: Report, rolls: Random) -> bytes:
    texts = ("yesterday", "2026-02-30T08:25:00+08:00", "1926-03-02T08:25:00+08:00", 1772411100)
    return _json({**body, "occurred_at": rolls.choice(texts)})


def _future_time(body: Body, report: Report, rolls: Random) -> bytes:
    return _json({**body, "occurred_at": written(report.due_s + rolls.randint(3600, 172800))})


def _invalid_value(body: Body, _: Report, rolls: Random) -> bytes:
    wrong: tuple[Body, ...] = (
        {"mode": "bicycle"},
        {"place": {"port": "Tianjin"}},
        {"cargo": {"weight_kg": -1}},
        {"source": "s" * 65},
    )
    return _json({**body, **rolls.choice(wrong)})


RECIPES: Final[dict[Reason, Recipe]] = {
    Reason.TOO_LARGE: _too_large,
    Reason.BROKEN_JSON: _broken_json,
    Reason.NOT_AN_OBJECT: _not_an_object,
    Reason.MISSING_FIELD: _missing_field,
    Reason.UNKNOWN_KIND: _unknown_kind,
    Reason.BAD_CHECK_DIGIT: _bad_check_digit,
    Reason.INVALID_UNIT: _invalid_unit,
    Reason.TIME_WITHOUT_OFFSET: _time_without_offset,
    Reason.INVALID_TIME: _invalid_time,
    Reason.FUTURE_TIME: _future_time,
    Reason.INVALID_VALUE: _invalid_value,
}


def _noise(rolls: Random, size: int) -> bytes:
    return rolls.randbytes(size).translate(None, b"\r\n")


def _json(body: Body) -> bytes:
    return orjson.dumps(body)

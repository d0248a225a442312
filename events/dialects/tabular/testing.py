"""Builder for tests: one table in each of its forms, from known events of ours.

Ships inside the package, as `events.testing`. Its mapping has a Chinese header, codes and a zone:
nothing comes through by chance.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from events.envelope import Event

PROFILE: Final = """
source = "lyg-tos"
port = "CNLYG"
facility = "LPCT"
zone = "Asia/Shanghai"
unit_type = "container"

[columns]
event_id = "单号"
kind = "动作"
"unit.id" = "箱号"
mode = "方式"
direction = "进出口"
occurred_at = ["日期", "时刻"]
recorded_at = "录入时间"
reason = "备注"
"place.spot" = "箱位"
"cargo.weight_kg" = "重量"
"cargo.laden" = "重箱"
"refs.truck" = "车牌"

[codes."cargo.laden"]
"重" = "true"
"空" = "false"

[codes.direction]
"进口" = "import"
"出口" = "export"

[codes.kind]
"进场" = "gated-in"
"提箱" = "gated-out"
"""

HEADER: Final = (
    "单号", "动作", "箱号", "方式", "进出口", "日期", "时刻", "录入时间", "备注", "箱位", "重量",
    "重箱", "车牌",
)  # fmt: skip

_ZONE: Final = ZoneInfo("Asia/Shanghai")
_DIRECTIONS: Final = {"import": "进口", "export": "出口"}
_KINDS: Final = {"gated-in": "进场", "gated-out": "提箱"}


def cells(event: Event) -> list[Any]:
    """The row of one event, in the order of HEADER."""
    said = event.model_dump(mode="json", exclude_none=True)
    cargo = said.get("cargo", {})
    local = event.occurred_at.astimezone(_ZONE)
    laden = {True: "重", False: "空"}.get(cargo.get("laden"), "")
    return [
        event.event_id, _KINDS.get(event.kind, event.kind), event.unit.id, event.mode,
        _DIRECTIONS.get(said.get("direction", ""), ""), f"{local:%Y-%m-%d}", f"{local:%H:%M:%S}",
        _shown(event.recorded_at), said.get("reason", ""), said["place"].get("spot", ""),
        cargo.get("weight_kg", ""), laden, said.get("refs", {}).get("truck", ""),
    ]  # fmt: skip


def _shown(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone(_ZONE):%Y/%m/%d %H:%M:%S}"


def separated(events: Sequence[Event], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """As CSV."""
    written = io.StringIO(newline="")
    table = csv.writer(written, delimiter=delimiter, lineterminator="\r\n")
    table.writerows([HEADER, *map(cells, events)])
    return written.getvalue().encode(encoding)


def workbook(events: Sequence[Event], sheet: str = "闸口") -> bytes:
    """As an Excel workbook, its times and numbers being times and numbers there."""
    from openpyxl import Workbook

    book = Workbook()
    page = book.create_sheet(sheet, 0)
    page.append(list(HEADER))
    for event in events:
        row = cells(event)
        moment = datetime.fromisoformat(f"{row[5]}T{row[6]}")
        row[5], row[6] = moment.date(), moment.time()
        if event.recorded_at is not None:
            row[7] = event.recorded_at.astimezone(_ZONE).replace(tzinfo=None)
        page.append([None if cell == "" else cell for cell in row])
    kept = io.BytesIO()
    book.save(kept)
    return _without_clocks(kept.getvalue())


def _without_clocks(book: bytes) -> bytes:
    """The same bytes whenever it is made: a workbook says when it was saved; so does its zip."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(kept, "w") as new:
        for member in old.infolist():
            data = re.sub(rb"\d{4}-\d\d-\d\dT[0-9:]{8}Z", b"2026-03-02T00:00:00Z", old.read(member))
            part = zipfile.ZipInfo(member.filename, (2026, 3, 2, 0, 0, 0))
            new.writestr(part, data, zipfile.ZIP_DEFLATED)
    return kept.getvalue()


def lines(events: Sequence[Event]) -> bytes:
    """As JSON lines with the same columns."""
    rows = (dict(zip(HEADER, cells(event), strict=True)) for event in events)
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()

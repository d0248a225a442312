"""A rendered panel put to the proof: its statement as Grafana would send it, run, and compared.

It takes a function that runs SQL, so that no engine is known here. What it cannot prove is said in
docs/grafana.md: no Grafana draws anything here.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from dashboards.language import Words
from dashboards.verify.facts import Standing
from dashboards.verify.frames import Answer, Run, is_text, is_time, line_complaints
from dashboards.verify.macros import BadQuery, Chosen, in_browser, on_server
from dashboards.verify.reckoning import Oracle

TOLERANCE: Final = 1e-9
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Proof:
    """What a panel is held against: an engine, the facts that were put there, and the oracle."""

    run: Run
    standing: Standing
    words: Words
    oracle: Oracle


class EngineRefused(Exception):
    """What a `Run` raises when the engine says no."""


def panel_complaints(
    panel: Document, columns: Sequence[str], proof: Proof, chosen: Chosen
) -> Iterator[str]:
    """Where a panel fails for one choice; each says first by which rules: query, rows, oracle."""
    target = panel["targets"][0]
    try:
        answer = proof.run(on_server(in_browser(target["rawSql"], chosen), chosen))
    except (BadQuery, EngineRefused) as error:
        yield f"query: {error}"
        return
    if answer.names != tuple(columns):
        yield f"rows: the answer has the columns {', '.join(answer.names)}"
        return
    yield from (f"rows: {said}" for said in _format(panel, target, answer))
    expected = proof.oracle(proof.standing, chosen, proof.words)
    yield from (f"oracle: {said}" for said in differences(expected, answer.rows))


def _format(panel: Document, target: Document, answer: Answer) -> Iterator[str]:
    """Lines by label need the plugin's time series; everything else is a table, empty or not."""
    graph = panel["type"] == "timeseries"
    labelled = graph and any(is_text(kind) for _, kind in answer.columns)
    if target.get("format") != (0 if labelled else 1):
        yield f"the format is {target.get('format')}"
    if graph:
        yield from line_complaints(answer)
    elif panel["type"] in ("stat", "bargauge"):
        numbers = [kind for _, kind in answer.columns if not (is_text(kind) or is_time(kind))]
        if panel["type"] == "bargauge" and len(numbers) != 1:
            yield "bars show exactly one number"


def differences(
    expected: Sequence[tuple[Any, ...]], found: Sequence[tuple[Any, ...]]
) -> Iterator[str]:
    """The first row that is other than expected, or missing, or too many."""
    for place, (wanted, got) in enumerate(zip(expected, found, strict=False)):
        if not (len(wanted) == len(got) and all(map(_same, wanted, got))):
            yield f"row {place} is {got}, not {wanted}"
            return
    if len(expected) != len(found):
        yield f"there are {len(found)} rows, not {len(expected)}"


def _same(wanted: Any, got: Any) -> bool:
    if isinstance(wanted, datetime | str) or wanted is None or got is None:
        return bool(wanted == got)
    return math.isclose(wanted, got, rel_tol=TOLERANCE, abs_tol=TOLERANCE)

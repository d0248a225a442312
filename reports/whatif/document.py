"""A trial for programs: one JSON document, or rows of one table. Numbers are exact; Decimals print
with the decimals they have.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Final

from events.instants import format_instant, from_epoch
from events.vocabulary import Verdict
from reports.whatif.affected import Affected
from reports.whatif.effect import ALL, Effect, Effects, Row, kept_percent
from reports.whatif.result import Result
from reports.whatif.sheets import USED
from timing.commitments.evaluation import Evaluated
from timing.commitments.measure import Measure

Document = dict[str, object]
Line = tuple[str | int | Decimal | None, ...]
COLUMNS: Final = ("table", "edition", "name", "stage", "month", "measure", "current", "draft")
"""Of the rows: the same for limits and for commitments."""
_VERDICTS: Final = (Verdict.MET, Verdict.BREACHED, Verdict.EXCUSED, Verdict.NO_LIMIT)


def document(result: Result, named: Callable[[str], str] = str) -> Document:
    """Everything, visits as they are `named`."""
    beside, most = result.trial.beside, result.most
    return {
        "port": beside.port,
        "draft": beside.draft.edition,
        "current": [edition.edition for edition in beside.current],
        "from": result.trial.months[0].name,
        "to": result.trial.months[-1].name,
        "now": format_instant(result.now) if result.now else None,
        "units": result.units,
        "refused": result.refused,
        "nameless_lifts": result.nameless,
        "all": _effect(result.effects.get(ALL, Effect())),
        "limits": list(_limits(result.effects)),
        "commitments": [
            {"side": told.side, "edition": told.edition, "commitment": told.promise,
             "month": told.month, "kept": one.kept.kept, "measures": list(_measures(one))}
            for told, one in sorted(result.promised.items())
        ],
        "affected": {
            "visits_broken": most.visits_broken,
            "visits_spared": most.visits_spared,
            "broken": [_affected(one, named) for one in most.broken],
            "spared": [_affected(one, named) for one in most.spared],
        },
    }  # fmt: skip


def _limits(effects: Effects) -> Iterator[Document]:
    for row, effect in sorted(effects.items()):
        if row != ALL:
            yield {"side": row.side, "stage": row.stage, "limit": row.limit_id, **_effect(effect)}


def _effect(effect: Effect) -> Document:
    return {
        "ended": effect.judged,
        "open": effect.open_n,
        "current": _counts(effect.now),
        "draft": _counts(effect.then),
        "newly_broken": effect.newly,
        "no_longer_broken": effect.relieved,
        "answers": dict(sorted(effect.breakers.items())),
        "used_pct": {f"p{rank}": effect.used(rank) for rank in USED},
    }


def _counts(of: Callable[[Verdict], int]) -> Document:
    return {verdict.value: of(verdict) for verdict in _VERDICTS}


def _measures(one: Evaluated) -> Iterator[Document]:
    for measure in one.kept.measures:
        yield {
            "of": measure.bound.of or None,
            "unit": measure.bound.unit,
            "numerator": measure.numerator,
            "denominator": measure.denominator,
            "kept": measure.kept,
            "judged": measure.judged,
            "left_out": {str(reason): n for reason, n in measure.left_out.items()},
        }


def _affected(one: Affected, named: Callable[[str], str]) -> Document:
    told: Mapping[str, object] = one._asdict()
    closed_at = format_instant(from_epoch(one.closed_at))
    return {**told, "visit_id": named(one.visit_id), "closed_at": closed_at}


def lines(result: Result) -> Iterator[Line]:
    """The rows under COLUMNS, without any unit."""
    editions = {"draft": result.trial.beside.draft.edition, "current": ""}
    for row, effect in sorted(result.effects.items()):
        name = "all" if row == ALL else row.limit_id
        for figure, now, then in _figures(row, effect):
            yield "limits", editions[row.side], name, row.stage, "", figure, now, then
    for told, one in sorted(result.promised.items()):
        for measure in one.kept.measures:
            for part, value in _parts(measure):
                sides = (value, None) if told.side == "current" else (None, value)
                yield "commitments", told.edition, told.promise, "", told.month, part, *sides


Figures = Iterator[tuple[str, int | Decimal | None, int | Decimal | None]]


def _figures(row: Row, effect: Effect) -> Figures:
    for verdict in _VERDICTS:
        yield verdict.value, effect.now(verdict), effect.then(verdict)
    yield "kept_pct", _kept(effect.now), _kept(effect.then)
    yield "open", effect.open_n, effect.open_n
    yield "newly_broken", None, effect.newly
    yield "no_longer_broken", None, effect.relieved
    if row.side == "draft" and row != ALL:
        for rank in USED:
            yield f"used_pct_p{rank}", None, effect.used(rank)


def _kept(of: Callable[[Verdict], int]) -> Decimal | None:
    return kept_percent(of(Verdict.MET), of(Verdict.BREACHED))


def _parts(measure: Measure) -> Iterator[tuple[str, str | int | None]]:
    of = f" {measure.bound.of}" if measure.bound.of else ""
    kept = {True: "kept", False: "not-kept", None: None}[measure.kept]
    yield f"numerator{of}", measure.numerator
    yield f"denominator{of}", measure.denominator
    yield f"judged{of}", measure.judged
    yield f"kept{of}", kept

"""Whether the files of provisioning would be taken by Grafana, and mean what they say.

After its documented formats and the source of its loader: an unknown word makes it refuse a file,
sometimes all of them; a dollar is the environment's nearly everywhere. Must never know a table.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from dashboards.verify.frames import Answer, Run, alert_complaints
from dashboards.verify.macros import BadQuery, Chosen, in_browser, on_server
from dashboards.verify.panels import EngineRefused

Document = Mapping[str, Any]

EXPRESSION: Final = "__expr__"
RULE_KEYS: Final = frozenset(
    {"uid", "title", "condition", "data", "dashboardUid", "panelId", "noDataState", "execErrState",
     "for", "keepFiringFor", "annotations", "labels", "isPaused", "notification_settings"}
)  # fmt: skip
NO_DATA: Final = frozenset({"Alerting", "NoData", "OK", "KeepLast"})
ON_ERROR: Final = frozenset({"Alerting", "Error", "OK", "KeepLast"})
UID_MAX: Final = 40
_DURATION: Final = re.compile(r"\d+[smhd]")
_SINGLE: Final = re.compile(r"(?<!\$)\$(?!\$)")
_ENVIRONMENT: Final = re.compile(r"\$PORTCLOCK_GRAFANA_[A-Z_]+")


@dataclass(frozen=True)
class Files:
    """Every file of provisioning, read; `boards` are the panel ids of each board by its uid."""

    sources: Sequence[Document]
    groups: Sequence[Document]
    points: Sequence[Document]
    policies: Sequence[Document]
    boards: Mapping[str, frozenset[int]]

    @property
    def rules(self) -> list[Document]:
        """The rules of all groups."""
        return [rule for group in self.groups for rule in group["rules"]]


def read(folder: Path, boards: Mapping[str, frozenset[int]]) -> Files:
    """The files below a folder, as Grafana looks for them."""

    def part(path: str, key: str) -> list[Document]:
        return list(yaml.safe_load((folder / path).read_text(encoding="utf-8"))[key])

    return Files(
        sources=part("datasources/portclock.yaml", "datasources"),
        groups=part("alerting/rules.yaml", "groups"),
        points=part("alerting/contact-points.yaml", "contactPoints"),
        policies=part("alerting/policies.yaml", "policies"),
        boards=boards,
    )


def file_complaints(files: Files) -> Iterator[str]:
    """Everything that can be seen without running a statement."""
    uids = [rule["uid"] for rule in files.rules]
    if len(set(uids)) < len(uids) or any(len(uid) > UID_MAX for uid in uids):
        yield "rules share a uid, or have one that is too long"
    sources = {one["uid"] for one in files.sources}
    for rule in files.rules:
        yield from (f"{rule['uid']}: {said}" for said in _rule(rule, sources, files))
    yield from _routes(files)
    for part in (files.sources, files.points):
        yield from (f"{text!r} names no variable of ours" for text in _unknown_dollars(part))
    yield from (f"{text!r} holds a single dollar" for text in _dollars(files.policies))


def _rule(rule: Document, sources: set[str], files: Files) -> Iterator[str]:
    yield from (f"{key} is no key of a rule" for key in rule if key not in RULE_KEYS)
    if rule["noDataState"] not in NO_DATA:
        yield f"{rule['noDataState']} is no state for no data"
    if rule["execErrState"] not in ON_ERROR:
        yield f"{rule['execErrState']} is no state for an error"
    for key in ("for", "keepFiringFor"):
        if key in rule and not _DURATION.fullmatch(str(rule[key])):
            yield f"{key} is no duration"
    known = {part["refId"] for part in rule["data"]}
    if rule["condition"] not in known:
        yield f"there is no {rule['condition']} for the condition"
    if rule["panelId"] not in files.boards.get(rule["dashboardUid"], ()):
        yield f"{rule['dashboardUid']} has no panel {rule['panelId']}"
    for part in rule["data"]:
        yield from _part(part, known, sources)
    yield from _texts(rule)


def _part(part: Document, known: set[str], sources: set[str]) -> Iterator[str]:
    model = part["model"]
    if model["refId"] != part["refId"]:
        yield "a model has another refId than its part"
    if part["datasourceUid"] == EXPRESSION:
        if model["expression"] not in known:
            yield f"there is no {model['expression']} to compare"
        return
    if part["datasourceUid"] not in sources:
        yield f"{part['datasourceUid']} is no data source of ours"
    if model.get("format") != 1:
        yield "the statement has not the format of a table"
    if "$__conditionalAll" in model["rawSql"]:
        yield "$__conditionalAll does not exist in alerts"


def _texts(rule: Document) -> Iterator[str]:
    """Annotations are taken as they are; all else goes through the environment first."""
    for text in _strings(rule["annotations"]):
        if "$$" in text:
            yield f"{text!r} would show two dollars"
    others = {key: value for key, value in rule.items() if key not in ("annotations", "data")}
    yield from (f"{text!r} holds a single dollar" for text in _dollars(others))


def _routes(files: Files) -> Iterator[str]:
    points = [one["name"] for one in files.points]
    if len(set(points)) < len(points):
        yield "contact points share a name"
    labels = {(key, value) for rule in files.rules for key, value in rule["labels"].items()}
    for route in _every_route(files.policies):
        if route["receiver"] not in points:
            yield f"there is no contact point {route['receiver']}"
        for name, sign, value in route.get("object_matchers", ()):
            if sign == "=" and (name, value) not in labels:
                yield f"no rule has the label {name}={value}"


def _every_route(routes: Sequence[Document]) -> Iterator[Document]:
    for route in routes:
        yield route
        yield from _every_route(route.get("routes", ()))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, Sequence):
        for part in value:
            yield from _strings(part)


def _dollars(value: Any) -> Iterator[str]:
    return (text for text in _strings(value) if _SINGLE.search(text))


def _unknown_dollars(value: Any) -> Iterator[str]:
    return (text for text in _dollars(value) if not _ENVIRONMENT.fullmatch(text))


def environment(files: Files) -> set[str]:
    """The variables that a Grafana server must have."""
    texts = _dollars([*files.sources, *files.points])
    return {text.removeprefix("$") for text in texts if _ENVIRONMENT.fullmatch(text)}


def asked(rule: Document, chosen: Chosen, run: Run) -> Answer:
    """What the statement of a rule answers over its own time range, up to `chosen.until`.

    Raises BadQuery for what only exists in a browser, EngineRefused for what the engine refuses.
    """
    sql = rule["data"][0]["model"]["rawSql"]
    if in_browser(sql, Chosen({}, chosen.since, chosen.until)) != sql:
        raise BadQuery("a variable of a board does not exist in alerts")
    return run(on_server(sql, chosen))


def answer_complaints(rule: Document, chosen: Chosen, run: Run) -> Iterator[str]:
    """Where the answer to a rule's statement could not be its instances."""
    try:
        yield from alert_complaints(asked(rule, chosen, run))
    except (BadQuery, EngineRefused) as error:
        yield str(error)


def firing(rule: Document, answer: Answer) -> list[tuple[Any, ...]]:
    """The rows on which the rule's threshold is crossed, as its expression says."""
    (evaluator,) = (one["evaluator"] for one in rule["data"][1]["model"]["conditions"])
    assert evaluator["type"] == "gt", "the rules here are all of the kind `greater than`"
    return [row for row in answer.rows if row[-1] > evaluator["params"][0]]

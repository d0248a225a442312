"""What of the published cells is within somebody's scope. Pure.

A scope narrows every role (docs/access.md): whoever may see one port pulls the cells that name it,
and not the sums over all. The predicate is the viewer's own.
"""

from serving.access.viewers import Viewer
from serving.evaluators.asks import Dataset
from serving.evaluators.problems import Kind, Refused
from serving.evaluators.wanted import Only


def narrowed(viewer: Viewer, dataset: Dataset, only: Only) -> dict[str, tuple[str, ...]]:
    """The filters of a question, with those of the scope. Raises Refused for what lies outside."""
    found = dict(only)
    for name, allowed in (("port", viewer.ports), ("facility", viewer.facilities)):
        if allowed:
            found[name] = _within(name, allowed, dataset, only.get(name))
    return found


def _within(
    name: str, allowed: frozenset[str], dataset: Dataset, asked: tuple[str, ...] | None
) -> tuple[str, ...]:
    if name not in dataset.names:
        raise Refused(Kind.OUT_OF_SCOPE, f"{dataset.id}: no {name}")
    if asked is None:
        return tuple(sorted(allowed))
    outside = [word for word in asked if word not in allowed]
    if outside:
        raise Refused(Kind.OUT_OF_SCOPE, f"{name}: {outside[0]}")
    return asked

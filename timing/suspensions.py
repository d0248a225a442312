"""Suspensions: force majeure over a place, which stops the clocks of all units there.

A suspension holds from the instant it speaks of, whenever it was declared, until one with the same
scope is lifted. Knows the reports of places; must never know a unit or a visit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from events.vocabulary import Kind
from timing.corrections import standing
from timing.observation import Observation, Words


class Suspension(NamedTuple):
    """Work stands still from `start` until `end` (None: until further notice), in epoch seconds.

    `facility` None: in the whole port. An empty scope covers everything of its sort.
    """

    start: int
    end: int | None
    facility: str | None
    stages: Words
    categories: Words
    modes: Words
    reports: tuple[Observation, ...]


@dataclass(frozen=True, slots=True)
class Closures:
    """All suspensions known, by port (UN/LOCODE)."""

    by_port: Mapping[str, tuple[Suspension, ...]] = field(default_factory=dict)

    def of(self, port: str) -> tuple[Suspension, ...]:
        """The suspensions of a port, in the order in which they began."""
        return self.by_port.get(port, ())

    def touch(self, port: str, since: int) -> bool:
        """Whether anything at the port stood still after an instant, or does so still."""
        return any(s.end is None or s.end > since for s in self.by_port.get(port, ()))


def suspensions_in(place: str, port: str, reports: Iterable[Observation]) -> list[Suspension]:
    """The suspensions of one place (the port itself or a facility in it). A second declaration of
    what is suspended already changes nothing; a lifting ends those of its own scope."""
    facility = None if place == port else place
    running: dict[tuple[Words, ...], list[Observation]] = {}
    done: list[Suspension] = []
    for report in standing(reports).facts:
        scope = _scope(report)
        if report.kind is Kind.SUSPENSION_DECLARED:
            running.setdefault(scope, []).append(report)
        elif report.kind is Kind.SUSPENSION_LIFTED and scope in running:
            said = (*running.pop(scope), report)
            done.append(_suspension(facility, said, report.occurred_at))
    done += [_suspension(facility, tuple(said), None) for said in running.values()]
    return sorted(done, key=lambda s: (s.start, s.facility or "", s.stages))


def _scope(report: Observation) -> tuple[Words, Words, Words]:
    said = report.said
    return said.stages, said.categories, said.modes


def _suspension(facility: str | None, said: tuple[Observation, ...], end: int | None) -> Suspension:
    first = said[0]
    return Suspension(first.occurred_at, end, facility, *_scope(first), said)

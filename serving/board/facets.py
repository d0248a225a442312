"""Facets: by what open stages are sorted into buckets, and which of them somebody may count.

Who may see what is decided by the viewer alone; what was asked for narrows it further. The choice
for a viewer's rights and a question is remembered, and kept up as facets come and go. A yard block
is no facet: a port has hundreds, and each of them would have a bucket for every stage.
"""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Final, NamedTuple

from msgspec.structs import replace

from serving.access.viewers import Viewer
from serving.board.views import Asked

CHOICES_MAX: Final = 128
"""How many choices are remembered; the one not asked for longest is forgotten."""


class Facets(NamedTuple):
    """What a person may narrow the board by, beside the yard block."""

    port: str
    facility: str | None
    stage: str
    answers: str
    mode: str

    def answer(self, asked: Asked) -> bool:
        """Whether they are among what was asked for; an empty word asks for any."""
        return (
            asked.port in ("", self.port)
            and asked.facility in ("", self.facility)
            and asked.stage in ("", self.stage)
            and asked.answers in ("", self.answers)
            and asked.mode in ("", self.mode)
        )


class _Question(NamedTuple):
    """What decides a choice: rights, not names, so that many viewers share one."""

    role: str
    ports: frozenset[str]
    facilities: frozenset[str]
    asked: Asked
    single: bool


class Choices:
    """The facets there are, and for each question those that answer it."""

    def __init__(self) -> None:
        self._known: set[Facets] = set()
        self._chosen: OrderedDict[_Question, tuple[Viewer, set[Facets]]] = OrderedDict()

    def add(self, facets: Facets) -> None:
        """Facets came up."""
        self._known.add(facets)
        for question, (viewer, chosen) in self._chosen.items():
            if _allowed(facets, viewer, question):
                chosen.add(facets)

    def drop(self, facets: Facets) -> None:
        """Nothing has these facets any more."""
        self._known.discard(facets)
        for _, chosen in self._chosen.values():
            chosen.discard(facets)

    def of(self, viewer: Viewer, asked: Asked, *, single: bool) -> set[Facets]:
        """The facets that answer a question: `single` where stages are shown one by one, else for
        figures over many. Not to be changed by the caller."""
        wanted = replace(asked, yard="")
        question = _Question(viewer.role, viewer.ports, viewer.facilities, wanted, single)
        if question not in self._chosen:
            self._chosen[question] = (viewer, _choose(self._known, viewer, question))
            while len(self._chosen) > CHOICES_MAX:
                self._chosen.popitem(last=False)
        self._chosen.move_to_end(question)
        return self._chosen[question][1]


def _choose(known: Iterable[Facets], viewer: Viewer, question: _Question) -> set[Facets]:
    return {facets for facets in known if _allowed(facets, viewer, question)}


def _allowed(facets: Facets, viewer: Viewer, question: _Question) -> bool:
    if not facets.answer(question.asked):
        return False
    may = viewer.sees if question.single else viewer.counts
    return may(facets.port, facets.facility, facets.stage, facets.answers)

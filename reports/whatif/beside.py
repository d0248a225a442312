"""A draft beside what is in force: a register for each side, and what is compared.

Knows editions; must never know an event.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from events.vocabulary import Kind
from timing.commitments.promise import BracketPromise, RatePromise, limit_of
from timing.editions import Edition
from timing.limits import Register
from timing.stages import STAGES


class Beside(NamedTuple):
    """A draft as it judges history, in force throughout, and the editions that it would replace,
    in force when they were. `registers` are of what is in force and of the draft, `stages` those
    that either has a limit or a promise on."""

    draft: Edition
    current: tuple[Edition, ...]
    registers: tuple[Register, Register]
    stages: frozenset[str]

    @property
    def port(self) -> str:
        """Where both are compared."""
        return self.draft.port

    @property
    def openers(self) -> frozenset[Kind]:
        """Kinds without any of which nothing of a unit can be compared."""
        return frozenset(k for stage in STAGES if stage.id in self.stages for k in stage.openers)

    @property
    def over_calls(self) -> bool:
        """Whether either promises anything of ships' calls."""
        promises = (one for edition in (*self.current, self.draft) for one in edition.commitment)
        return any(isinstance(one, RatePromise | BracketPromise) for one in promises)


def beside(draft: Edition, editions: Sequence[Edition], port: str | None = None) -> Beside:
    """Lay a draft beside those of the editions that it would replace. With the `port` of another
    history, it is tried there, beside all that is in force there."""
    if port is None or port == draft.port:
        current = replaced(draft, editions)
    else:
        current = tuple(one for one in editions if one.port == port)
        draft = draft.model_copy(update={"port": port})
    judging = _throughout(draft)
    return Beside(
        draft=judging,
        current=current,
        registers=(Register(current), Register((judging,))),
        stages=frozenset(_stages((*current, judging))),
    )


def replaced(draft: Edition, editions: Sequence[Edition]) -> tuple[Edition, ...]:
    """The editions that a draft stands in for: of its port, those of its issuer, and the one that
    it supersedes with all that went before that one."""
    named = {edition.edition: edition for edition in editions}
    former = set()
    name = draft.supersedes
    while name in named and name not in former:
        former.add(name)
        name = named[name].supersedes
    return tuple(
        edition
        for edition in named.values()
        if edition.port == draft.port
        and (edition.edition in former or edition.issuer == draft.issuer)
    )


def _throughout(draft: Edition) -> Edition:
    """The draft as if it had always been in force."""
    always = {"effective_from": "undated", "effective_to": None, "supersedes": None, "gap": ""}
    return draft.model_copy(update={**always, "withdraws": ()})


def _stages(editions: Iterable[Edition]) -> Iterable[str]:
    for edition in editions:
        yield from (limit.stage for limit in edition.limit)
        for promise in edition.commitment:
            if not isinstance(promise, RatePromise | BracketPromise) and limit_of(promise) is None:
                yield from getattr(promise, "stage", ())

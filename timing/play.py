"""Playing events one by one, as a live stream meets them: the step-wise road."""

from collections.abc import Iterator

from events.reading import Reported
from events.vocabulary import UnitType
from timing.engine import (
    Rules,
    Step,
    closures_of,
    declare,
    elapse,
    next_deadline,
    observe,
    reconsider,
)
from timing.history import History
from timing.observation import unit_key
from timing.places import is_place


class Play:
    """The histories of many units and of the places they are at, and one watermark, in memory."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.watermark = 0
        self.histories: dict[str, History] = {}

    def reach(self, watermark: int) -> None:
        """Time passes; a watermark never runs backwards."""
        self.watermark = max(self.watermark, watermark)

    def take(self, event: Reported) -> Iterator[Step]:
        """What is due for the unit, then the event itself; of a place, then all units there."""
        key = unit_key(event)
        yield from self._due(key)
        if event.unit.type is UnitType.PLACE:
            yield from self._declared(key, event)
            return
        step = observe(self.histories.get(key), event, self.rules, self.watermark)
        self._keep(key, step.history)
        yield step

    def settle(self) -> Iterator[Step]:
        """What is due for every unit."""
        for key in list(self.histories):
            yield from self._due(key)

    def _declared(self, place: str, event: Reported) -> Iterator[Step]:
        step = declare(self.histories.get(place), event, self.rules, self.watermark)
        self._keep(place, step.history)
        yield step
        before = self.rules
        self.rules = before.under(closures_of(filter(is_place, self.histories.values())))
        because = f"{event.source}/{event.event_id}"
        for key, history in list(self.histories.items()):
            if key.startswith(f"{event.place.port}/") and not is_place(history):
                step = reconsider(history, before, self.rules, self.watermark, because)
                self._keep(key, step.history)
                yield step

    def _due(self, key: str) -> Iterator[Step]:
        history = self.histories.get(key)
        due_at = next_deadline(history, self.rules) if history else None
        if history is None or due_at is None or due_at > self.watermark:
            return
        step = elapse(history, self.watermark, self.rules)
        self._keep(key, step.history)
        yield step

    def _keep(self, key: str, history: History | None) -> None:
        if history is None:
            self.histories.pop(key, None)
        else:
            self.histories[key] = history

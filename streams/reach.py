"""How far words lie on their topics: per partition, where those end that its clock vouches for.

A step's words are acknowledged before its clock is written, but those of the step after may lie
behind them by then; so a clock names for each topic where its own steps' words end. Whoever takes
the partition over finds behind that what the clock does not know of. Offsets are exclusive ends.
"""

from collections.abc import Mapping

from streams.plane.run import TopicPartition
from streams.tables import WORDS


class Reach:
    """The ends of each partition's words, and of all words of this process."""

    def __init__(self) -> None:
        self._latest: dict[TopicPartition, int] = {}
        self._of: dict[int, dict[TopicPartition, int]] = {}

    def begin(self, partition: int, ends: Mapping[TopicPartition, int]) -> None:
        """The partition was taken over, when the topics of words ended here."""
        _raise(self._of.setdefault(partition, {}), ends)

    def settled(self, partition: int, ends: Mapping[TopicPartition, int], *, alone: bool) -> None:
        """A step's words are acknowledged up to these, and all steps before it are done.

        `alone`: nothing of a later step of the partition has left. Then all that lies on the topics
        by now lies before whatever is said next, and need not be heard by a successor.
        """
        _raise(self._latest, ends)
        of = self._of.setdefault(partition, {})
        _raise(of, self._latest if alone else ends)

    def of(self, partition: int) -> dict[int, dict[int, int]]:
        """What a clock says of it: by the topic's number and its partition."""
        told: dict[int, dict[int, int]] = {}
        for tp, end in self._of.get(partition, {}).items():
            told.setdefault(WORDS[tp.topic], {})[tp.partition] = end
        return told


def _raise(ends: dict[TopicPartition, int], by: Mapping[TopicPartition, int]) -> None:
    for tp, end in by.items():
        if tp.topic in WORDS and end > ends.get(tp, 0):
            ends[tp] = end

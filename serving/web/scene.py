"""One look at the board: who looks, at what, and how it is shown. A value.

Two viewers of the same scope in the same manner see the same fragment; `likeness` is what they
share.
"""

from collections.abc import Mapping

import msgspec

from serving.access.viewers import Role, Viewer
from serving.board.views import Asked
from serving.web.manner import Manner
from serving.web.words import Words, words


class Likeness(msgspec.Struct, frozen=True):
    """What makes two fragments of one version of the board the same."""

    view: str
    role: Role
    ports: frozenset[str]
    facilities: frozenset[str]
    manner: Manner
    asked: Asked
    choices: tuple[tuple[str, str], ...]


class Scene(msgspec.Struct, frozen=True):
    """`choices` are the parameters of one view beside the filter, such as its order."""

    viewer: Viewer
    manner: Manner
    asked: Asked
    choices: Mapping[str, str]

    @property
    def words(self) -> Words:
        """In the language of the page."""
        return words(self.manner.language)

    def likeness(self, view: str) -> Likeness:
        """Viewers by name see the same: no fragment says who looks at it."""
        viewer = self.viewer
        return Likeness(
            view=view,
            role=viewer.role,
            ports=viewer.ports,
            facilities=viewer.facilities,
            manner=self.manner,
            asked=self.asked,
            choices=tuple(sorted(self.choices.items())),
        )

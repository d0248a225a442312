"""What a person does about an incident, from a form or from a program, until the log has it.

Knows who may act on what, and makes a deed of it. Must never change the board: that hears of the
deed from the log, as everybody does.
"""

from hashlib import sha256
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from events.alerts import TEXT_MAX, AlertDeed
from events.vocabulary import Deed
from serving.access.viewers import Viewer
from serving.board.views import Incident
from serving.web.house import House
from serving.web.problems import Problem, Refused

Said = Literal["acknowledged", "assigned", "commented"]
"""What a person may do; only the house escalates."""
_Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
_Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=TEXT_MAX)]
ID_CHARACTERS: Final = 32


class Doing(BaseModel):
    """What somebody wants to do: `to` belongs to an assignment, `text` to a comment.

    `after` is how many notes the incident had when it was read: the same deed on the same state is
    the same deed, so a form sent twice counts once. `deed_id` overrules that.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    deed: Said
    to: _Name = ""
    text: _Text = ""
    after: Annotated[int, Field(ge=0)] = 0
    deed_id: _Name = ""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.deed == "assigned" and not self.to:
            raise ValueError("an assignment says to whom")
        if self.deed == "commented" and not self.text:
            raise ValueError("a comment has words")
        return self


async def write(house: House, viewer: Viewer, incident_id: str, doing: Doing) -> AlertDeed:
    """Write one deed down; returns once the log has it. Raises Refused, DeskUnavailable."""
    if not viewer.acts:
        raise Refused(Problem.NOT_ACTING)
    incident = house.board.incident(viewer, incident_id)
    if incident is None:
        raise Refused(Problem.NO_INCIDENT)
    deed = _deed(incident, viewer, doing, house)
    await house.desk.write(deed)
    return deed


def _deed(incident: Incident, viewer: Viewer, doing: Doing, house: House) -> AlertDeed:
    return AlertDeed.model_validate(
        {
            "deed_id": doing.deed_id or _same_for_the_same(incident, viewer, doing),
            "incident": incident.incident,
            "visit_id": incident.visit_id,
            "port": incident.port,
            "facility": incident.facility,
            "stage": incident.stage,
            "answers": incident.answers,
            "deed": Deed(doing.deed),
            "by": viewer.name,
            "to": doing.to or None,
            "text": doing.text or None,
            "at": house.now(),
        }
    )


def _same_for_the_same(incident: Incident, viewer: Viewer, doing: Doing) -> str:
    said = "\x1f".join(
        (incident.incident, viewer.name, doing.deed, doing.to, doing.text, str(doing.after))
    )
    return sha256(said.encode()).hexdigest()[:ID_CHARACTERS]

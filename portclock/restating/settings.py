"""The bounds of restating, from PORTCLOCK_RESTATER_*. Each is met by waiting, never by loss."""

from collections.abc import Mapping
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from portclock.failure import Failure

RESTATER: Final = "PORTCLOCK_RESTATER_"


class Bounds(BaseModel):
    """`group` is the consumer group of the service. `units_max`: units that are looked at together,
    and so at most that many recalls are under way. `gather_s`: so long suspects gather.
    `looks_max`: how often a unit is looked at while nothing new is told of it, before it is given
    up; the first look again comes after `look_again_s`, each later one after twice as long,
    `look_again_max_s` at most. `rest_share`: how long to rest after each look, as a share of the
    time it took, so that the live path is not starved.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    group: Annotated[str, Field(min_length=1)] = "portclock-restater"
    units_max: Annotated[int, Field(ge=1, le=1_000)] = 200
    gather_s: Annotated[float, Field(gt=0, le=60)] = 1.0
    looks_max: Annotated[int, Field(ge=2, le=100)] = 12
    look_again_s: Annotated[float, Field(gt=0)] = 0.5
    look_again_max_s: Annotated[float, Field(gt=0)] = 10.0
    rest_share: Annotated[float, Field(ge=0, le=100)] = 1.0

    @classmethod
    def from_mapping(cls, environ: Mapping[str, str]) -> Self:
        """Raises Failure naming the variable."""
        found = {
            name.removeprefix(RESTATER).lower(): text.strip()
            for name, text in environ.items()
            if name.startswith(RESTATER) and text.strip()
        }
        try:
            return cls.model_validate(found)
        except ValidationError as error:
            first = error.errors(include_input=False)[0]
            name = RESTATER + ".".join(map(str, first["loc"])).upper()
            raise Failure(
                f"the environment variable {name} is not understood: {first['msg']}"
            ) from None

    def look_again_after(self, looks: int) -> float:
        """Seconds to wait before the next look, after so many."""
        return min(self.look_again_max_s, self.look_again_s * 2.0 ** max(0, looks - 1))

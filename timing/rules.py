"""The rules: everything that judges, as one value. The register of limits, how long we wait for
what, and where work stands still."""

from dataclasses import dataclass, field, replace

from timing.limits import Register, load_register
from timing.patience import Patience
from timing.suspensions import Closures


@dataclass(frozen=True, slots=True)
class Rules:
    """The same events and the same rules give the same outcomes, in the stream and offline."""

    register: Register = field(default_factory=load_register)
    patience: Patience = field(default_factory=Patience)
    closures: Closures = field(default_factory=Closures)

    def under(self, closures: Closures) -> "Rules":
        """The same register and patience while other places stand still."""
        return replace(self, closures=closures)

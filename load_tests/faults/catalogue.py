"""Every fault there is, by its name. A module of faults is added here and nowhere else."""

from typing import Final

from load_tests.faults import feeds, freezes, kills, nodes, owners, store, torn
from load_tests.faults.fault import Fault

MODULES: Final = (kills, nodes, owners, freezes, store, feeds, torn)
FAULTS: Final[dict[str, Fault]] = {one.name: one for module in MODULES for one in module.FAULTS}

"""Make `portclock/traffic/flows.csv` anew with ConFlowGen. Run by hand; nothing else runs it.

ConFlowGen (PyPI `conflowgen`, MIT licence) is a published model of the container flows of a
terminal. It brings half a gigabyte of libraries, so it lives in an environment of its own and the
repository keeps only the small sample made here:

    python -m venv /some/where/flows
    /some/where/flows/bin/pip install conflowgen==3.0.1
    /some/where/flows/bin/python load_tests/make_flows.py portclock/traffic/flows.csv

The same version with the same seed writes the same file. It knows ConFlowGen and nothing of
portclock; customs, inspections and faults are laid over the flows by `portclock.traffic`.
"""

import csv
import datetime
import enum
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, pairwise
from pathlib import Path

import conflowgen
from conflowgen.application.repositories.random_seed_store_repository import (
    RandomSeedStoreRepository,
)
from conflowgen.domain_models.container import Container

SEED = 20260302
FIRST_DAY = datetime.date(2026, 2, 1)
LAST_DAY = datetime.date(2026, 3, 31)
WINDOW_START = datetime.datetime(2026, 2, 22)  # noqa: DTZ001 - the model's own clock has no zone
WINDOW = datetime.timedelta(days=9)
"""The sample: boxes whose ship calls in these days, long after the model has filled its yard."""

COLUMNS = (
    "port", "delivered_by", "picked_up_by", "arrived_min", "departed_min",
    "length_ft", "storage", "weight_t", "call_in", "call_out",
)  # fmt: skip
SHIPS = ("deep_sea_vessel", "feeder")
SHORT = {"deep_sea_vessel": "deep-sea", "dangerous_goods": "dangerous", "standard": "general"}
TRUCK_SHARE, TRAIN_SHARE = 0.60, 0.14
"""Of what a ship brings; the rest goes on by ship. The model's own shares are Hamburg's, where
nearly half of the hinterland goes by rail; in Chinese ports it is a few per cent."""


@dataclass(frozen=True)
class Service:
    """One line that calls every `days` days; volumes in TEU."""

    vehicle: str
    name: str
    first_day: int
    hour: int
    capacity: int
    volume: int
    days: int = 7


PORTS: dict[str, tuple[Service, ...]] = {
    "CNTXG": (
        Service("deep_sea_vessel", "AE1", 0, 6, 14000, 950),
        Service("deep_sea_vessel", "TP3", 3, 19, 9000, 800),
        Service("feeder", "KTX", 1, 4, 1100, 300),
        Service("feeder", "NJS", 2, 22, 900, 280),
        Service("feeder", "BHX", 5, 13, 700, 220),
        Service("train", "HUABEI-A", 0, 8, 60, 30, days=2),
        Service("train", "HUABEI-B", 1, 8, 60, 30, days=2),
        Service("train", "ERLIAN", 1, 15, 60, 30, days=2),
    ),
    "CNSHD": (
        Service("deep_sea_vessel", "PRX", 4, 9, 4000, 320),
        Service("feeder", "SDI", 0, 7, 700, 230),
        Service("feeder", "PTK", 2, 17, 700, 230),
        Service("feeder", "KUN", 5, 1, 500, 160),
        Service("train", "WENDENG", 1, 11, 60, 24, days=2),
    ),
    "CNLYG": (
        Service("deep_sea_vessel", "CAX", 2, 3, 6000, 450),
        Service("feeder", "LKX", 0, 16, 900, 240),
        Service("feeder", "JPX", 4, 20, 900, 240),
        Service("train", "LIANXIN-A", 0, 12, 100, 34, days=2),
        Service("train", "LIANXIN-B", 1, 12, 100, 34, days=2),
        Service("train", "ZHONGOU", 0, 21, 100, 40, days=2),
    ),
}


def fix_seeds() -> None:
    """Number the model's seeds from ours.

    ConFlowGen draws from a dozen generators, a new one for each table that it fills, and takes the
    seed of each from the time of day. Fixing them by name, as its interface offers, misses those
    that are made later.
    """
    seeds = count(SEED)
    RandomSeedStoreRepository._get_random_seed = lambda self: next(seeds)


def generate(port: str, services: tuple[Service, ...], folder: str) -> None:
    """Run the model for one port; its containers are then in the open database."""
    chooser = conflowgen.DatabaseChooser(sqlite_databases_directory=folder)
    chooser.create_new_sqlite_database(f"{port}.sqlite", overwrite=True)
    set_modal_split()
    flows = conflowgen.ContainerFlowGenerationManager()
    flows.set_properties(FIRST_DAY, LAST_DAY, name=port, transportation_buffer=0.2)
    calls = conflowgen.PortCallManager()
    for service in services:
        calls.add_service_that_calls_terminal(
            vehicle_type=conflowgen.ModeOfTransport[service.vehicle],
            service_name=service.name,
            vehicle_arrives_at=FIRST_DAY + datetime.timedelta(days=service.first_day),
            vehicle_arrives_at_time=datetime.time(service.hour),
            average_vehicle_capacity=service.capacity,
            average_inbound_container_volume=service.volume,
            vehicle_arrives_every_k_days=service.days,
        )
    flows.generate()


def set_modal_split() -> None:
    """Give what ships bring to trucks, trains and other ships, in the shares above."""
    manager = conflowgen.ModeOfTransportDistributionManager()
    shares = manager.get_mode_of_transport_distribution()
    mode = conflowgen.ModeOfTransport
    for ship, other in ((mode.feeder, mode.deep_sea_vessel), (mode.deep_sea_vessel, mode.feeder)):
        shares[ship] = dict.fromkeys(mode, 0.0) | {
            mode.truck: TRUCK_SHARE,
            mode.train: TRAIN_SHARE,
            other: 1 - TRUCK_SHARE - TRAIN_SHARE,
        }
    manager.set_mode_of_transport_distribution(shares)


def rows(port: str) -> Iterator[tuple[int, tuple[object, ...]]]:
    """The sampled boxes of the open database, each with the minute of its ship's call."""
    for box in Container.select().order_by(Container.id):
        ship_side = box.delivered_by.value in SHIPS
        if not ship_side and box.picked_up_by.value not in SHIPS:
            continue
        came, left = _minute(box.get_arrival_time()), _minute(box.get_departure_time())
        call = came if ship_side else left
        if 0 <= call < WINDOW // datetime.timedelta(minutes=1) and left > came:
            yield call, (
                port, _short(box.delivered_by), _short(box.picked_up_by), came, left,
                box.length.value, _short(box.storage_requirement), box.weight,
                _call(box.delivered_by_large_scheduled_vehicle),
                _call(box.picked_up_by_large_scheduled_vehicle),
            )  # fmt: skip


def _short(member: enum.Enum) -> str:
    return SHORT.get(str(member.value), str(member.value))


def _minute(moment: datetime.datetime) -> int:
    return (moment - WINDOW_START) // datetime.timedelta(minutes=1)


def _call(vehicle: object) -> str:
    """Service and day of the call; the model's own vehicle names end in random letters."""
    if vehicle is None:
        return ""
    arrival = vehicle.get_arrival_time()  # type: ignore[attr-defined]
    return f"{vehicle.schedule.service_name}-{arrival:%m%d}"  # type: ignore[attr-defined]


def main(target: Path) -> None:
    """Write the sample, ordered by call, and say what is in it."""
    fix_seeds()
    sample: list[tuple[int, tuple[object, ...]]] = []
    with tempfile.TemporaryDirectory() as folder:
        for port, services in PORTS.items():
            generate(port, services, folder)
            sample.extend(rows(port))
    sample.sort(key=lambda item: (item[0], item[1][0], item[1][8], item[1][9], str(item[1])))
    assert all(one[0] <= other[0] for one, other in pairwise(sample))
    with target.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(row for _, row in sample)
    print(f"{len(sample)} flows, {target.stat().st_size} bytes -> {target}", file=sys.stderr)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} TARGET.csv")
    main(Path(sys.argv[1]))

"""What one scenario found, as a value: for people, for a file of results, and for the ratios.

Knows numbers and their names; must never know how they were measured.
"""

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import psutil

from load_tests.scenarios.house import Spent
from load_tests.scenarios.latencies import Latency


@dataclass(frozen=True, slots=True)
class Result:
    """`name` tells scenario and size; `wanted` what was asked for. `messages` were processed in
    `seconds` by the wall clock; `spent` is what each part used for them. `figures` are the
    scenario's own, by name, and not compared."""

    name: str
    wanted: Mapping[str, Any]
    messages: int
    seconds: float
    spent: Mapping[str, Spent]
    latencies: Mapping[str, Latency] = field(default_factory=dict)
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def per_s(self) -> float:
        """Messages a second by the wall clock."""
        return self.messages / self.seconds if self.seconds else 0.0

    def cpu_us(self, part: str) -> float:
        """CPU of one part for each message, in microseconds."""
        return 1e6 * self.spent[part].cpu_s / max(1, self.messages)

    def with_figures(self, figures: Mapping[str, float]) -> "Result":
        """The same with other figures of the scenario's own."""
        return replace(self, figures=figures)

    def document(self) -> dict[str, Any]:
        """As it stands in a file of results."""
        return {
            "name": self.name,
            "wanted": dict(self.wanted),
            "messages": self.messages,
            "seconds": round(self.seconds, 3),
            "per_s": round(self.per_s, 1),
            "cpu_us": {part: round(self.cpu_us(part), 2) for part in self.spent},
            "rss_mib": {part: round(spent.rss_mib, 1) for part, spent in self.spent.items()},
            "latency": {name: one.document() for name, one in self.latencies.items()},
            "figures": {name: round(value, 3) for name, value in self.figures.items()},
        }


def lines(found: Mapping[str, Any]) -> list[str]:
    """A result's document, for people."""
    text = [f"{found['name']}: {found['messages']:,} messages in {found['seconds']:.1f} s, "
            f"{found['per_s']:,.0f} a second"]  # fmt: skip
    if found["cpu_us"]:
        text.append(f"  {'part':<14}{'us CPU each':>12}{'MiB':>9}")
    text += [
        f"  {part:<14}{us:>12.1f}{found['rss_mib'][part]:>9.0f}"
        for part, us in found["cpu_us"].items()
    ]
    if found["latency"]:
        text.append(
            f"  {'ms':<14}{'50 %':>9}{'90 %':>9}{'99 %':>9}{'worst':>9}{'count':>8}{'unseen':>8}"
        )
    text += [
        f"  {name:<14}{one['p50_ms']:>9.0f}{one['p90_ms']:>9.0f}{one['p99_ms']:>9.0f}"
        f"{one['max_ms']:>9.0f}{one['count']:>8}{one['unseen']:>8}"
        for name, one in found["latency"].items()
    ]
    text += [
        f"  {name}: {value:,.3f}".rstrip("0").rstrip(".")
        for name, value in found["figures"].items()
    ]
    return text


def machine() -> dict[str, Any]:
    """What it ran on, and how busy that was before."""
    return {
        "cores": os.cpu_count(),
        "cpu": _cpu_name(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "load_1min": round(os.getloadavg()[0], 2),
    }


def _cpu_name() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            names = [line.partition(":")[2].strip() for line in file if "model name" in line]
    except OSError:
        return platform.processor()
    return names[0] if names else platform.processor()

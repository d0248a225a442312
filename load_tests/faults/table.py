"""The table of docs/reliability.md, made from a file of results: pure, but for reading and writing.

The page is written by hand around it; what stands between the two marks is the machine's.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from load_tests.faults.fault import Fault

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "reliability.md"
RESULTS: Final = Path(__file__).with_name("results.json")
BEGIN: Final = "<!-- made by python -m load_tests.faults table -->"
END: Final = "<!-- end of what is made -->"


def table(results: Mapping[str, Any], faults: Mapping[str, Fault]) -> str:
    """All faults of the catalogue in its order, and the soak if there was one. A fault that was not
    run says so: an empty row is no proof."""
    lines = [
        "| fault | how it was caused | with | strokes | in flight | lost | duplicated "
        "| first row, s | all landed, s |",
        "|---|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    found = results["results"]
    lines += [_row(fault, found.get(name)) for name, fault in faults.items()]
    return "\n".join([*lines, "", *_soaks(results), *_machine(results)])


def _row(fault: Fault, found: Mapping[str, Any] | None) -> str:
    how = f"{fault.how} {fault.how_zh}"
    if found is None:
        return f"| `{fault.name}` | {how} | {fault.setup.words} | not run | | | | | |"
    return (
        f"| `{fault.name}` | {how} | {found['setup']} | {found['times']} "
        f"| {found['in_flight']:,} | {found['lost']} | {found['duplicated']} "
        f"| {found['first_row_s']:.1f} | {found['caught_up_s']:.1f} |"
    )


def _soaks(results: Mapping[str, Any]) -> Iterator[str]:
    for soak in results.get("soaks", ()):
        killed = ", ".join(f"{name} {times}" for name, times in soak["killed"].items())
        yield (
            f"Soak with {soak['setup']}, seed {soak['seed']}: **{soak['kills']} kills** at random "
            f"moments in {soak['seconds'] / 60:.0f} minutes ({killed}), compared with the judge "
            f"{soak['stretches']} times. {soak['messages']:,} messages, {soak['outcomes']:,} "
            f"outcomes, {soak['breaches']:,} breaches; lost {soak['lost']}, duplicated "
            f"{soak['duplicated']}."
        )
        yield ""


def _machine(results: Mapping[str, Any]) -> Iterator[str]:
    machine = results.get("machine")
    if machine is None:
        return
    yield (
        f"Measured on {machine['cores']} cores ({machine['cpu']}), "
        f"{machine['memory_gib']:.0f} GiB, Python {machine['python']}; the machine's load when it "
        f"began was {machine['load_1min']}."
    )


def page_with(page: str, made: str) -> str:
    """The page with this between its marks. Raises ValueError when it has none."""
    before, begun, rest = page.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not begun or not ended:
        raise ValueError(f"the page has no {BEGIN!r} and {END!r}")
    return f"{before}{BEGIN}\n{made}\n{END}{after}"


def write(results: Path, page: Path, faults: Mapping[str, Fault]) -> None:
    """Write the table of these results into the page."""
    made = table(json.loads(results.read_text()), faults)
    page.write_text(page_with(page.read_text(), made))

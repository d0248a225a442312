"""What is wrong with an edition beyond its form: limits not shown, examples that fail. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from timing.examples import UnreadableExample, verdict_of
from timing.limits import Edition, Example


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, in which file, and what to do."""

    file: Path
    limit: str
    what: str
    remedy: str

    def document(self) -> dict[str, str]:
        """As `--json` prints it."""
        return {
            "file": str(self.file),
            "limit": self.limit,
            "what": self.what,
            "remedy": self.remedy,
        }

    def __str__(self) -> str:
        return f"{self.file}: {self.limit}: {self.what}; {self.remedy}"


def check_edition(file: Path, edition: Edition) -> Iterator[Finding]:
    """Every finding of one edition, read from `file`."""
    shown = {example.limit for example in edition.example}
    for limit in edition.limit:
        if limit.id not in shown:
            yield Finding(file, limit.id, "no example shows it", "add an [[example]] that names it")
    for example in edition.example:
        yield from _check_example(file, edition, example)


def _check_example(file: Path, edition: Edition, example: Example) -> Iterator[Finding]:
    told = " / ".join(example.given)
    try:
        verdict = verdict_of(edition, example)
    except (UnreadableExample, ValueError) as error:
        yield Finding(file, example.limit, f"example {told!r} cannot be read", str(error))
        return
    if verdict != example.expect:
        what = f"example {told!r} comes out {verdict}, not {example.expect}"
        yield Finding(file, example.limit, what, "correct the example or the limit")

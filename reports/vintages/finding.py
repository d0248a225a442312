"""What an examination says, one thing at a time: equal, different, or not compared and why.

Words are data (reports/vintages/words.toml), in Chinese and English. What was not compared is said
and is never taken for equal. Must never know how anything is compared.
"""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final, Literal, NamedTuple, get_args

WORDS: Final = Path(__file__).parent / "words.toml"

Language = Literal["zh", "en"]
State = Literal["equal", "different", "not-compared"]
Word = Literal[
    "signed",
    "signature-missing",
    "signature-malformed",
    "signature-unknown-key",
    "signature-wrong",
    "signature-nobody-vouches",
    "manifest-missing",
    "manifest-unreadable",
    "file-same",
    "file-changed",
    "file-missing",
    "file-unlisted",
    "file-no-file",
    "cells-as-published",
    "cells-not-as-published",
    "document-same",
    "document-changed",
    "document-not-made-again",
    "document-unknown",
    "chain-continues",
    "chain-rewritten",
    "chain-whole",
    "chain-broken",
    "vintage-same",
    "vintage-changed",
    "vintage-unknown",
    "facts-same",
    "facts-changed",
    "stored-cells-same",
    "stored-cells-changed",
    "counted-again-same",
    "counted-again-differs",
    "rules-moved",
    "tables-not-asked",
    "today-same",
    "today-differs",
    "superseded",
    "touched-since",
]


class Finding(NamedTuple):
    """One comparison. `subject` is what was compared, `said` fills the words."""

    state: State
    word: Word
    subject: str
    said: Mapping[str, str] = {}

    def sentence(self, language: Language) -> str:
        """For people."""
        return _words()[self.word][language].format(subject=self.subject, **self.said)

    def document(self) -> dict[str, object]:
        """For programs."""
        return {
            "state": self.state,
            "finding": self.word,
            "subject": self.subject,
            "said": dict(self.said),
        }


def equal(word: Word, subject: str, **said: str) -> Finding:
    """What was compared is the same."""
    return Finding("equal", word, subject, said)


def different(word: Word, subject: str, **said: str) -> Finding:
    """What was compared is not the same."""
    return Finding("different", word, subject, said)


def not_compared(word: Word, subject: str, **said: str) -> Finding:
    """What could not be compared, and why."""
    return Finding("not-compared", word, subject, said)


def differing(findings: Iterable[Finding]) -> list[Finding]:
    """Those that say that something is not the same."""
    return [finding for finding in findings if finding.state == "different"]


@cache
def _words() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    if missing := set(get_args(Word)) ^ set(found):
        raise ValueError(f"{WORDS}: without words, or words of nothing: {sorted(missing)}")
    return found

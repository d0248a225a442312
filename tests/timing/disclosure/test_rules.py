"""Rules of disclosure: versions are data, and an unknown one is named."""

import pytest
from pydantic import ValidationError

from timing.disclosure.rules import DISCLOSURE, Rules, disclosure


def test_the_rules_in_use_are_those_of_the_file() -> None:
    rules = disclosure()
    assert rules.id == DISCLOSURE
    assert (rules.units, rules.companies, rules.share_units) == (5, 3, 10)


def test_a_version_that_is_not_there_is_refused() -> None:
    with pytest.raises(KeyError, match="disclosure/9"):
        disclosure("disclosure/9")


def test_a_misspelt_rule_is_refused() -> None:
    written = disclosure().model_dump()
    with pytest.raises(ValidationError):
        Rules(**{**written, "unit": 3})
    with pytest.raises(ValidationError):
        Rules(**{**written, "round_to": 4})

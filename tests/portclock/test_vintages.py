"""Vintages at the door: rules by what they are, one that closes at a time, names of visits."""

from hashlib import sha256
from pathlib import Path

import pytest

from portclock import vintages
from portclock.failure import Failure
from reports.facts import FrozenFact
from reports.testing import frozen_facts
from sinks.settings import ClickHouseAddress
from timing.limits import PUBLISHED

HERE = ClickHouseAddress(database="portclock_of_a_test")


def test_every_rule_is_named_and_an_edition_changes_the_register(tmp_path: Path) -> None:
    rules = vintages.rules_now(None)
    assert set(rules) == {
        "cohort", "extremes", "peak", "disclosure", "calendar", "code", "datasets", "definitions",
        "places", "register",
    }  # fmt: skip
    assert rules == vintages.rules_now(PUBLISHED)
    (tmp_path / "one.toml").write_text("id = 1")
    register = vintages.rules_now(tmp_path)["register"]
    of_file = sha256(b"id = 1").hexdigest()
    assert register == f"sha256:{sha256(f'one.toml {of_file}'.encode()).hexdigest()}"
    (tmp_path / "one.toml").write_text("id = 2")
    assert vintages.rules_now(tmp_path)["register"] != register


def test_only_one_closes_at_a_time_and_other_databases_are_free() -> None:
    with vintages.alone(HERE):
        with (
            pytest.raises(Failure, match="another portclock is closing"),
            vintages.alone(HERE),
        ):
            pass
        with vintages.alone(HERE.within("another")):
            pass
    with vintages.alone(HERE):
        pass


def names(folder: Path | None, facts: tuple[FrozenFact, ...]) -> list[str]:
    return [vintages.naming(folder)(fact) for fact in facts]


def test_a_pseudonym_is_the_same_each_time_and_another_elsewhere(tmp_path: Path) -> None:
    facts = frozen_facts(1, 20)
    here, there = names(tmp_path / "a", facts), names(tmp_path / "b", facts)
    assert here == names(tmp_path / "a", facts)
    assert not set(here) & set(there)
    assert len(set(here)) == len({fact.visit_id for fact in facts})
    assert not any(fact.unit_id in name for fact, name in zip(facts, here, strict=True))
    assert names(None, facts) == [fact.visit_id for fact in facts]


def test_a_key_that_cannot_be_had_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "pseudonyms").write_text("short")
    with pytest.raises(Failure, match="the key of the pseudonyms"):
        vintages.naming(tmp_path)

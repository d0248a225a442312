"""Rules: one value judges, and what stands still is exchanged in it."""

from dataclasses import FrozenInstanceError

import pytest

from events.testing import PORT
from timing.limits import Register, load_register
from timing.patience import Patience
from timing.rules import Rules
from timing.suspensions import Closures, Suspension

RESTING = Closures({PORT: (Suspension(0, None, None, (), (), (), ()),)})


def test_by_default_they_are_all_that_is_published_and_nothing_stands_still() -> None:
    rules = Rules()
    assert rules.register.fingerprint == load_register().fingerprint
    assert rules.patience == Patience()
    assert rules.closures.by_port == {}


def test_under_other_closures_register_and_patience_stay() -> None:
    rules = Rules(Register(()), Patience(retention_s=60))
    resting = rules.under(RESTING)
    assert (resting.register, resting.patience) == (rules.register, rules.patience)
    assert resting.closures is RESTING
    assert rules.closures.by_port == {}


def test_closures_are_replaced_and_never_added_up() -> None:
    assert Rules().under(RESTING).under(Closures()).closures == Closures()


def test_rules_cannot_be_changed_once_given() -> None:
    with pytest.raises(FrozenInstanceError):
        Rules().closures = RESTING  # type: ignore[misc]

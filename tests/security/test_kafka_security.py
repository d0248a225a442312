"""How one shows who one is is whole, or refused before anything goes out."""

import pytest

from portclock.kafka_security import KafkaSecurity


def test_half_of_a_way_to_show_who_one_is_is_refused() -> None:
    for told, said in HALVES:
        with pytest.raises(ValueError, match=said):
            KafkaSecurity.model_validate(told)


HALVES: tuple[tuple[dict[str, str], str], ...] = (
    ({"protocol": "SASL_SSL"}, "needs a user and a password"),
    ({"protocol": "SASL_SSL", "user": "a"}, "needs a user and a password"),
    ({"user": "a", "password": "b"}, "signs nobody in"),
    ({"protocol": "SSL", "user": "a"}, "signs nobody in"),
    ({"ca": "ca.pem"}, "has no certificates"),
    ({"protocol": "SSL", "ca": "nowhere.pem"}, "there is no file nowhere.pem"),
    (
        {"protocol": "SASL_PLAINTEXT", "mechanism": "PLAIN", "user": "a", "password": "b"},
        "in the clear",
    ),
)

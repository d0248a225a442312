"""Faust is told who the worker is in its own words, and checks whom it speaks to."""

import ssl
from typing import Any

import pytest
from faust.transport.drivers.aiokafka import credentials_to_aiokafka_auth

from streams.credentials import credentials

SHOWN: dict[str, Any] = {
    "security_protocol": "SASL_SSL",
    "sasl_mechanism": "SCRAM-SHA-512",
    "sasl_plain_username": "portclock-worker",
    "sasl_plain_password": "s3cret",
}


def test_a_broker_that_asks_nobody_is_shown_nothing() -> None:
    assert credentials({}) is None
    assert credentials({"security_protocol": "PLAINTEXT"}) is None


def test_what_aiokafka_gets_is_what_every_other_client_gets() -> None:
    told = dict(credentials_to_aiokafka_auth(credentials(SHOWN)))
    context = told.pop("ssl_context")
    assert told == SHOWN
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_tls_without_a_user_checks_as_well() -> None:
    told = dict(credentials_to_aiokafka_auth(credentials({"security_protocol": "SSL"})))
    assert told["security_protocol"] == "SSL"
    assert told["ssl_context"].verify_mode is ssl.CERT_REQUIRED


def test_without_tls_there_is_no_certificate_to_check() -> None:
    told = credentials_to_aiokafka_auth(
        credentials({**SHOWN, "security_protocol": "SASL_PLAINTEXT"})
    )
    assert told["security_protocol"] == "SASL_PLAINTEXT"
    assert told["ssl_context"] is None


def test_an_authority_that_is_not_there_ends_the_worker() -> None:
    with pytest.raises(OSError, match="No such file"):
        credentials({**SHOWN, "ssl_cafile": "nowhere.pem"})


def test_a_password_is_not_in_what_faust_prints() -> None:
    assert "s3cret" not in repr(credentials(SHOWN))

"""Users of Kafka and their passwords, kept there as salted hashes (SCRAM).

librdkafka salts and hashes before it sends: the broker is never told a password. Knows no service.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from portclock.failure import Failure
from portclock.kafka_security import security_at

ITERATIONS: Final = 16_384
"""How often a password is hashed; Kafka takes 4,096 to 16,384."""
CHARACTERS_MIN: Final = 12
WITHIN_S: Final = 30.0


def keep_users(
    brokers: Sequence[str], passwords: Mapping[str, str], iterations: int = ITERATIONS
) -> None:
    """Make users with these passwords, or give those that there are these. Raises Failure."""
    from confluent_kafka import KafkaException
    from confluent_kafka import admin as librdkafka

    admin: Any = librdkafka  # its types leave out what it exports
    kind = admin.ScramCredentialInfo(admin.ScramMechanism.SCRAM_SHA_512, iterations)
    wanted = [
        admin.UserScramCredentialUpsertion(name, kind, password.encode())
        for name, password in passwords.items()
    ]
    settings = {"bootstrap.servers": ",".join(brokers), **security_at(brokers).librdkafka}
    client = admin.AdminClient(settings)
    try:
        for done in client.alter_user_scram_credentials(wanted).values():
            done.result(timeout=WITHIN_S)
    except (KafkaException, TimeoutError) as error:
        raise Failure(
            f"the broker {','.join(brokers)} did not take the user ({error})",
            do="do it as somebody who may alter its cluster",
        ) from error

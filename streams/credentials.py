"""Who the worker is to its broker, in Faust's words.

Made from what every other client of the house is given (kafka-python's arguments). Knows Faust's
credentials; must never print a password.
"""

import ssl
from collections.abc import Mapping
from typing import Any

from faust.auth import SASLCredentials, SSLCredentials
from faust.types.auth import CredentialsT


def credentials(arguments: Mapping[str, Any]) -> CredentialsT | None:
    """What Faust hands to aiokafka; None for a broker that asks nobody who he is.

    The certificate of the broker is checked against `ssl_cafile`, else the system's authorities,
    and its name against the address. Raises OSError for an authority that cannot be read.
    """
    protocol = str(arguments.get("security_protocol", "PLAINTEXT"))
    context = _context(arguments) if protocol.endswith("SSL") else None
    if protocol.startswith("SASL_"):
        return SASLCredentials(
            username=arguments["sasl_plain_username"],
            password=arguments["sasl_plain_password"],
            mechanism=arguments["sasl_mechanism"],
            ssl_context=context,
        )
    return SSLCredentials(context) if context else None


def _context(arguments: Mapping[str, Any]) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=arguments.get("ssl_cafile"))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context

"""GS1 EPCIS 2.0 in JSON: object events, and the declarations that earlier ones were in error.
`decode` reads a document, by the capturing system's `Profile`."""

from events.dialects.epcis.profile import Profile
from events.dialects.epcis.reading import decode

__all__ = ["Profile", "decode"]

"""Train and wagon reports in XML, as JT/T 1350, 1351 and 1352 have them, or a railway's own.

The text of those standards is not free, so neither their schemas nor their element names are here:
the user writes a mapping of paths, and supplies the schema under its own licence. `decode` reads by
such a `Profile`."""

from events.dialects.rail.profile import Profile
from events.dialects.rail.reading import decode

__all__ = ["Profile", "decode"]

"""UN/EDIFACT: interchanges of container reports, statuses and customs replies, read into facts.

`decode` reads them by the partner's `Profile`; `acknowledge` answers with CONTRL and APERAK."""

from events.dialects.edifact.acknowledgement import acknowledge
from events.dialects.edifact.profile import Profile
from events.dialects.edifact.reading import decode

__all__ = ["Profile", "acknowledge", "decode"]

"""DCSA Track & Trace: 2.2, and both shapes of 3.0. `decode` reads what a partner pushes or a door
pulls, by the partner's `Profile`; a push is answered by `feedback`."""

from events.dialects.dcsa.feedback import acknowledge
from events.dialects.dcsa.profile import Profile
from events.dialects.dcsa.reading import decode

__all__ = ["Profile", "acknowledge", "decode"]

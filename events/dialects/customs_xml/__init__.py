"""Messages of Chinese customs in XML: arrival reports, tally reports, manifests, and receipts for
them. `decode` reads a file of `Manifest`, by the port's `Profile`."""

from events.dialects.customs_xml.profile import Profile
from events.dialects.customs_xml.reading import decode

__all__ = ["Profile", "decode"]

"""Foreign bytes, whole and tampered with, for as long as you like: dialects against their laws."""

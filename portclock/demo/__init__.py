"""`portclock demo`: everything on one machine, fed, shown, and checked against the offline judge."""

"""`portclock demo`: everything on one machine, fed, shown, checked against the judge."""

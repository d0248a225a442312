"""Foreign tongues, read into our facts: what terminals, customs and railways already send.

One file or folder for each dialect, all of one shape: `decode(bytes, profile, received_at)` gives a
`decoded.Decoded`. Pure: a dialect knows its format and the words of the wire; it must never know a
file, a socket, a store, a clock, or what a rule makes of an event.
"""

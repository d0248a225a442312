"""The board: what stands at the port as it is known, and what each viewer may see of it."""

"""The doors for foreign bytes: a watched folder, HTTP, a pull; one way of taking behind all."""

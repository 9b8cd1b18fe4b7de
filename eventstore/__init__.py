"""How facts are kept: append-only streams in one ordered log."""

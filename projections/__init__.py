"""Read models: what lists and boards show, written in the append's transaction and rebuilt from the events."""

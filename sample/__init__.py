"""The sample portfolio: customers that do not exist, told relative to today. For trying things out; nothing depends on it."""

"""HTTP in front of the same updates and read models."""

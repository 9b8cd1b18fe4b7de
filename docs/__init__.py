"""Documents, and what writes the generated ones."""

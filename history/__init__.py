"""A customer's history for people: what happened, what was known when, and why."""

"""What the events tell people: a customer's history, why a project stands where it stands, and whether the log is whole."""

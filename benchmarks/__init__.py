"""What the model costs, beside what other tools cost for part of the same work."""

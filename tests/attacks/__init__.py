"""Bad inputs and attacks, by the names of their rows: docs/attacks.md leads from each to its test."""

"""Forms of management fees."""

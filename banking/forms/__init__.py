"""Forms of bank statements."""

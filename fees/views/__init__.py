"""Pages of management fees."""

"""Pure: what a statement adds up to."""

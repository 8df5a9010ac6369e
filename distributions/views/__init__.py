"""Pages of money paid out."""

"""Pure rules: no row, no database."""

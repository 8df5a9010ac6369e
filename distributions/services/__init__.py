"""Every write of money paid out, one module per subject."""

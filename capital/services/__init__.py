"""Every write of capital called in, one module per subject."""

"""Writes about bank statements."""

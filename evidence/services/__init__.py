"""Sealing what was written."""

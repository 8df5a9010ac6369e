"""Tamper evidence: what was written is sealed in ranges, each seal chained to the one before."""

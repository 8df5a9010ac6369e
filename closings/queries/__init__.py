"""Queries of later closings."""

"""Reads about fees."""

"""Reads about bank statements."""

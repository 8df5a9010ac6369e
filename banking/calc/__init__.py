"""Arithmetic of bank statements: whom a credit is from, and which entries are known. Standard library alone."""

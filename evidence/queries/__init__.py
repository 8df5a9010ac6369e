"""Reading what is sealed, and comparing it with its seals."""

"""Every rail of the database, tried by plain SQL as the application's own role, in real transactions."""

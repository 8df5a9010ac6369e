"""The demonstration's data: two funds, written through the services with the dates on which it would have happened."""

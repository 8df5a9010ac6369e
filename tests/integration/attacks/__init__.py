"""Bad inputs and forbidden moves, tried on the services themselves: what pages and API pass on without asking."""

"""Everything killed at random while people work: clients over HTTP, and the parts that serve them, each a process."""

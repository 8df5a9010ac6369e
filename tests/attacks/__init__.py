"""Bad inputs and attacks over HTTP, by the names of their rows: each gets the answer that is stated for it."""

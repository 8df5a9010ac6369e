"""What the system does per second, beside what the machine under it could do: each figure with its yardstick."""

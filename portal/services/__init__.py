"""What may be done from the portal."""

"""What is asked for and decided about fees."""

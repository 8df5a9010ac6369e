"""What lists across apps are narrowed to."""

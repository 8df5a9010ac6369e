"""Pages across apps."""

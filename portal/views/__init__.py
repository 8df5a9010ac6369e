"""Pages for investors, and the statements that managers see too."""

"""Bank statements: what came and went on a fund's accounts, and from whom."""

"""Pages: a query or one service call each."""

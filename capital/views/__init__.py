"""Pages of money called in. A view reads a form, calls one service or some queries, and renders."""

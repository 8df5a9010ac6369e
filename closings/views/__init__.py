"""Pages of later closings. A view reads a form, calls one service or some queries, and renders."""

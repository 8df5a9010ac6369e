"""Everything the pages read, a module per page. Each function takes the user first and starts from what it may see."""

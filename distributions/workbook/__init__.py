"""A distribution as a spreadsheet that works itself out: facts, live formulas, and the application's figures beside."""

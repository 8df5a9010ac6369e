"""A closing as a spreadsheet that works itself out: what is given, live formulas, the application's figures beside."""

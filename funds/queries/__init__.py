"""Everything the pages read, a module per subject. Each function takes the user first and starts from what it sees.

Rows of the apps above are reached by name (`fund.capital`, `fund.allocations`) and never imported.
"""

"""How money moves, as forms offer it and pages say it."""

METHODS = [
    ("wire", "Wire transfer"),
    ("ach", "ACH"),
    ("check", "Check"),
    ("internal", "Internal transfer"),
    ("other", "Other"),
]

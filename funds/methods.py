"""How money moves, as forms offer it and pages say it."""

METHODS = [
    ("wire", "Wire transfer"),
    ("ach", "ACH"),
    ("check", "Check"),
    ("internal", "Internal transfer"),
    ("other", "Other"),
]


def method_word(value: str) -> str:
    """How money came, in words; a method that came through the API is shown as it was given."""
    return dict(METHODS).get(value) or value.capitalize()

"""Whole numbers in English words, as on a cheque."""

from num2words import num2words


def whole_number_in_words(number: int) -> str:
    """1250000 is "one million two hundred fifty thousand": American usage, without commas and without "and"."""
    return num2words(number, lang="en").replace(",", "").replace(" and ", " ")

"""What a person reads on a page."""

from html import unescape
from re import sub


def text_of(response):
    """What a person reads: no markup, single spaces."""
    return sub(r"\s+", " ", unescape(sub(r"<[^>]*>", "", sub(r"</t[dh]>", " ", response.content.decode()))))

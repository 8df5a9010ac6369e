"""What a person reads on a page."""

import re


def text_of(response):
    """The words of a page without its markup, with single spaces."""
    inside = re.sub(r"</?(span|strong|time|small|a)\b[^>]*>", "", response.content.decode())
    return " ".join(re.sub(r"<[^>]+>", " ", inside).split())

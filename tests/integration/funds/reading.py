"""What a person reads on a page."""

from html import unescape
from re import sub


def text_of(response):
    """What a person reads at a desk: no markup, single spaces, no labels that a phone shows instead of heads."""
    shown = sub(r'<span class="phone-label">(<(?!/span)[^>]*>|[^<])*</span>', "", response.content.decode())
    return sub(r"\s+", " ", unescape(sub(r"<[^>]*>", "", sub(r"</t[dh]>", " ", shown))))

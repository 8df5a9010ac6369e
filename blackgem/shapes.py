"""Shapes that stand beside a status word, and the few icons: strokes on a 16 × 16 grid in the text’s colour.

A status is told by its word; the shape is for the eye that scans a column, and hidden from screen readers.
"""

from typing import NamedTuple

from django.utils.safestring import SafeString

from blackgem.lib.registry import declare

_RING = '<circle cx="8" cy="8" r="6"/>'
_SOLID = 'fill="currentColor" stroke="none"'

_DRAWINGS = {
    # shapes of a status
    "ring": _RING,
    "ring-dashed": '<circle cx="8" cy="8" r="6" stroke-dasharray="2.2 2.5"/>',
    "ring-quarter": f'{_RING}<path {_SOLID} d="M8 8V2a6 6 0 0 1 6 6z"/>',
    "ring-half": f'{_RING}<path {_SOLID} d="M8 2a6 6 0 0 0 0 12z"/>',
    "ring-dot": f'{_RING}<circle cx="8" cy="8" r="3" {_SOLID}/>',
    "ring-check": f'{_RING}<path d="m5.2 8.2 2 2 3.6-4.2"/>',
    "ring-cross": f'{_RING}<path d="m5.9 5.9 4.2 4.2m0-4.2-4.2 4.2"/>',
    "ring-minus": f'{_RING}<path d="M5.2 8h5.6"/>',
    "ring-clock": f'{_RING}<path d="M8 4.6V8l2.3 1.6"/>',
    "ring-arrow": f'{_RING}<path d="M5 8h5.8M8.6 5.8 10.8 8l-2.2 2.2"/>',
    "ring-question": (
        f'{_RING}<path d="M6.3 6.5a1.7 1.7 0 1 1 2.5 1.5c-.6.3-.8.6-.8 1.1"/>'
        f'<circle cx="8" cy="11" r=".85" {_SOLID}/>'
    ),
    "ring-info": f'{_RING}<path d="M8 7.4v3.4"/><circle cx="8" cy="5.1" r=".85" {_SOLID}/>',
    "triangle": (
        f'<path d="M8 2.3 14.4 13.4H1.6z"/><path d="M8 6.6v3"/><circle cx="8" cy="11.5" r=".8" {_SOLID}/>'
    ),
    "check": '<path d="m3 8.6 3.3 3.3L13 4.6"/>',
    # icons
    "arrow-left": '<path d="M13 8H3.4M7.2 4 3.2 8l4 4"/>',
    "arrow-right": '<path d="M3 8h9.6M8.8 4l4 4-4 4"/>',
    "chevron-down": '<path d="m4 6.2 4 4 4-4"/>',
    "chevron-up": '<path d="m4 9.8 4-4 4 4"/>',
    "chevrons": '<path d="m5 6.4 3-3 3 3M5 9.6l3 3 3-3"/>',
    "close": '<path d="m4 4 8 8m0-8-8 8"/>',
    "document": '<path d="M4 1.8h5.4L12.4 5v9.2H4z"/><path d="M9.2 1.8V5h3.2M6 8.2h4.4M6 10.9h4.4"/>',
    "download": '<path d="M8 2.4v7.8M4.8 7.2 8 10.4l3.2-3.2M2.8 13.4h10.4"/>',
    "menu": '<path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11"/>',
    "search": '<circle cx="7" cy="7" r="4.4"/><path d="m10.3 10.3 3.4 3.4"/>',
    "plus": '<path d="M8 3v10M3 8h10"/>',
    "theme": f'{_RING}<path {_SOLID} d="M8 2a6 6 0 0 1 0 12z"/>',
}


def _drawn(name: str, drawing: str) -> SafeString:
    # The drawings above are the only input: nothing that a user wrote passes here.
    bold = " icon-bold" if name == "check" else ""
    return SafeString(f'<svg class="icon{bold}" viewBox="0 0 16 16" aria-hidden="true">{drawing}</svg>')


SHAPES: dict[str, SafeString] = {name: _drawn(name, drawing) for name, drawing in _DRAWINGS.items()}


class Status(NamedTuple):
    """How one status looks: its word, its tone (a colour of `components.css`) and its shape."""

    word: str
    tone: str
    shape: str


#: By kind, then by stored value, as the apps register them. The words are those of the models' choices.
STATUSES: dict[str, dict[str, Status]] = {}


def register(statuses: dict[str, dict[str, Status]]) -> None:
    """Add the kinds of status of an app."""
    declare(STATUSES, statuses)


def status_of(kind: str, value: str) -> Status:
    """The look of a status. A value that no one has drawn yet is shown by its own words, neutrally."""
    known = STATUSES[kind].get(value)
    return known or Status(value.replace("_", " ").capitalize(), "neutral", "ring")

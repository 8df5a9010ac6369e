"""What the rails of this app say to a person, should one ever have to speak instead of a service."""

from functools import partial

from blackgem.lib.errors import Conflict, Forbidden
from blackgem.lib.sql import RAILS

PORTAL_RAILS = {
    "letter_is_read_by_its_contact": partial(
        Forbidden, "notice.reader", "A letter is read by a contact of its investor.", field=None
    ),
    "letter_is_acknowledged_by_who_may": partial(
        Forbidden, "notice.not_to_acknowledge", "You may read this letter, not acknowledge it.", field=None
    ),
    "reading_is_of_who_writes": partial(
        Forbidden,
        "not_opened",
        "A deed is that of the person who writes, at the moment of writing.",
        field=None,
    ),
    "cancelled_is_not_acknowledged": partial(
        Conflict,
        "notice.cancelled",
        "This was cancelled: there is nothing to acknowledge.",
        field=None,
    ),
}

RAILS.update(PORTAL_RAILS)

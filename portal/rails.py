"""What the rails of this app say to a person, should one ever have to speak instead of a service."""

from functools import partial

from blackgem.lib.errors import Conflict
from blackgem.lib.sql import RAILS

PORTAL_RAILS = {
    "cancelled_is_not_acknowledged": partial(
        Conflict,
        "notice.cancelled",
        "This was cancelled: there is nothing to acknowledge.",
        field=None,
    ),
}

RAILS.update(PORTAL_RAILS)

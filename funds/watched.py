"""What the health of the site says about letters."""

from django.utils import timezone

from blackgem.health import WATCHED
from funds.services.delivering import letters_leave

WATCHED["letters"] = lambda: letters_leave(at=timezone.now())

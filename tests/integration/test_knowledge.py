"""What is asked as known at a time says the same ever after: it ends before the oldest write that is still open."""

from datetime import UTC, datetime, timedelta

import pytest

from blackgem.lib.knowledge import settled
from tests.support import app_connection
from tests.support.opened import open_raw

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = MOMENT + timedelta(minutes=1)


def test_what_is_known_ends_before_the_oldest_open_write():
    earlier = MOMENT - timedelta(seconds=1)
    with app_connection() as one, app_connection() as another:
        for raw, moment in ((one, MOMENT), (another, LATER)):
            raw.execute("BEGIN")
            open_raw(raw, "", moment.isoformat())
        assert settled(LATER) == MOMENT - timedelta(microseconds=1)
        assert settled(earlier) == earlier
        one.execute("ROLLBACK")
        assert settled(LATER) == LATER - timedelta(microseconds=1)
        another.execute("ROLLBACK")
    assert settled(LATER) == LATER

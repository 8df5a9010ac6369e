"""The fund of the API's tests; after every attack the books still add up."""

import pytest

from tests.integration.api.conftest import api, exit, ids, joining, trail, world
from tests.support.invariants import violations

__all__ = ["api", "exit", "ids", "joining", "trail", "world"]


@pytest.fixture(autouse=True)
def books_add_up(db):
    yield
    assert violations() == []

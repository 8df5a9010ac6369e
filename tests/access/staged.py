"""The fund of two investors with a row of every kind, which many tests look at: written once for all of them."""

from tests.access.world import World
from tests.support.staging import staged


@staged
def two_investors() -> World:
    world = World.make()
    assert world.ids
    return world

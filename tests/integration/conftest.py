"""What most stories of the integration tests start from; one that needs another start has a fixture of that name."""

from tests.integration.capital.story import Story
from tests.support.staging import staged


@staged
def story():
    """A fund of three partners, its manager and a second person."""
    return Story()

"""How a service says no."""

import pytest


def refusal(kind, function, /, **arguments):
    """The code and field with which a service refuses."""
    with pytest.raises(kind) as caught:
        function(**arguments)
    return caught.value.code, caught.value.field

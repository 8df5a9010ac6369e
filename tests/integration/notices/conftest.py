"""A call whose notices are about to be mailed."""

import pytest

from .letters import (
    render_all,
    send,
    story,
)


@pytest.fixture
def sent_call(mail_server, quick):
    """A call to three partners, its notices queued, their (small) PDFs made."""
    told = story()
    call = told.issued("100000.00")
    send(told, call)
    render_all()
    call.told = told
    return call

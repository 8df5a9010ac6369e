"""A call whose notices are about to be mailed."""

import pytest

from funds.services import rendering

from .letters import (
    render_all,
    send,
    small_pdf,
    story,
)


@pytest.fixture
def quick(monkeypatch):
    """PDFs without a letter in them."""
    monkeypatch.setattr(rendering, "make_pdf", small_pdf)


@pytest.fixture
def sent_call(mail_server, quick):
    """A call to three partners, its notices queued, their (small) PDFs made."""
    told = story()
    call = told.issued("100000.00")
    send(told, call)
    render_all()
    call.told = told
    return call

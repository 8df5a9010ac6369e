"""A call whose notices are about to be mailed."""

import pytest

from funds.services import rendering
from tests.support.quick_letters import small_pdf
from tests.support.staging import staged

from .letters import (
    render_all,
    send,
    story,
)


@staged
def call_with_letters():
    """A call to three partners, its notices queued, their (small) PDFs made."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rendering, "make_pdf", small_pdf)
        told = story()
        call = told.issued("100000.00")
        send(told, call)
        render_all()
    call.told = told
    return call


@pytest.fixture
def sent_call(mail_server, quick, call_with_letters):
    """With a mail server that takes them."""
    return call_with_letters

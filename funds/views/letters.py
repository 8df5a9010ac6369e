"""What the pages of calls and distributions say of their letters."""

from typing import NoReturn

from django.contrib import messages
from django.http import HttpRequest

from blackgem.lib.errors import Conflict
from funds.models import Notice
from funds.services.letters import file_name


def say_queued(request: HttpRequest, count: int, nothing: str) -> None:
    """That so many are queued, or why none is."""
    if count:
        queued = "notice is" if count == 1 else "notices are"
        messages.success(request, f"{count} {queued} queued for mailing.")
    else:
        messages.info(request, nothing)


def no_letter() -> NoReturn:
    """Raise Conflict("notice.none"): nothing is asked of this investor, or paid to it."""
    raise Conflict("notice.none", "This investor gets no letter: its amount is zero.")


def draft_name(letter: Notice) -> str:
    """The file name of a letter that is not issued: "LSFI-CC3-0001-draft.pdf"."""
    return f"{file_name(letter).removesuffix('-v1.pdf')}-draft.pdf"

"""What the pages of calls and distributions say of their letters."""

from django.contrib import messages
from django.http import HttpRequest


def say_queued(request: HttpRequest, count: int, nothing: str) -> None:
    """That so many are queued, or why none is."""
    if count:
        queued = "notice is" if count == 1 else "notices are"
        messages.success(request, f"{count} {queued} queued for mailing.")
    else:
        messages.info(request, nothing)

"""The form of a draft: of a call, of a distribution."""

from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from blackgem.lib.errors import DomainError
from blackgem.lib.pages import REFUSED, add_problems


def draft_page(
    request: HttpRequest,
    forms,
    *,
    asks: bool,
    save: Callable,
    said: Callable[..., str],
    render: Callable[..., HttpResponse],
    page: str,
) -> HttpResponse:
    """The form as it opens, or as it is worked out anew where a POST only `asks` for that; else what `save(issue=)`
    answers, said in words, on its `page`: the draft, and where asked its issue, both or neither. `render(status=)`
    shows the form with what is wrong with it."""
    if request.method != "POST" or asks:
        return render()
    if not forms.is_valid():
        return render(status=REFUSED)
    try:
        with transaction.atomic():
            saved = save(issue=request.POST.get("do") == "issue")
    except DomainError as error:
        if not error.is_refusal:
            raise
        add_problems(forms.details, error)
        return render(status=error.status)
    messages.success(request, said(saved))
    return redirect(page, saved.pk)

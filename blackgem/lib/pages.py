"""What every HTML page does with input that is refused: the form again, the reason beside its field, 422 or 409."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django_htmx.http import trigger_client_event

from blackgem.lib.errors import DomainError, InvalidInput
from blackgem.lib.navigation import address

REFUSED = 422


def add_problems(form: forms.BaseForm, error: DomainError) -> None:
    """Put each problem beside the field it names, or on top of the form where the form has no such field."""
    for problem in error.problems:
        field = problem.field if problem.field in form.fields else None
        form.add_error(field, forms.ValidationError(problem.message, code=problem.code))


def save_form(form: forms.BaseForm, write, *, fields: dict[str, str] | None = None):
    """Run `write(cleaned_data)` if the form is valid; a refusal lands on the form.

    Returns (result, status): the status is 200 when it was written, else 422 or 409, and the form says why. `fields`
    maps a field of the service to the form's field of another name. NotFound, Forbidden and Busy pass through.
    """
    if not form.is_valid():
        return None, REFUSED
    try:
        return write(form.cleaned_data), 200
    except DomainError as error:
        if not error.is_refusal:
            raise
        add_problems(form, _renamed(error, fields or {}))
        return None, error.status


def _renamed(error: DomainError, fields: dict[str, str]) -> DomainError:
    problems = [
        replace(problem, field=fields.get(problem.field, problem.field)) for problem in error.problems
    ]
    return type(error).from_problems(problems)


def says_refusals(page: Callable[..., HttpResponse]) -> Callable:
    """Decorate a view that does something to a row of its address: what is refused is said on `page(request, error,
    **ids)`, with the error's status. NotFound, Forbidden and Busy pass through."""

    def decorate(view):
        @wraps(view)
        def inner(request, **ids):
            try:
                return view(request, **ids)
            except DomainError as error:
                if not error.is_refusal:
                    raise
                messages.error(request, error.message)
                return page(request, error, **ids)

        return inner

    return decorate


def go_back(request: HttpRequest, said: str, *page) -> HttpResponse:
    """Say what was done, and go to where the button stood: the queue of approvals, or this page."""
    messages.success(request, said)
    return redirect(address("approvals")) if request.POST.get("back") == "approvals" else redirect(*page)


def render_partial(
    request: HttpRequest, template: str, partial: str, context: dict, *, status: int = 200
) -> HttpResponse:
    """The page, or for HTMX only its partial of that name."""
    name = f"{template}#{partial}" if getattr(request, "htmx", False) else template
    return render(request, name, context, status=status)


def render_live(request: HttpRequest, template: str, partial: str, context: dict) -> HttpResponse:
    """The page; for HTMX its partial of that name with the messages, which ends the dialog that changed it."""
    if not request.htmx:
        return render(request, template, context)
    response = render(request, f"{template}#{partial}", context | {"in_place": True})
    return trigger_client_event(response, "dialogClose")


def query_of_page(request: HttpRequest) -> QueryDict:
    """How the page that HTMX asks from is narrowed and paged."""
    return QueryDict(urlsplit(request.htmx.current_url or "").query)


def seen_revision(request: HttpRequest) -> int | None:
    """The revision of a draft that the page showed on which this was decided: from its form, or from the address of
    the form. None where neither says; 0, which no draft has, for what is no number."""
    said = request.POST.get("revision") or request.GET.get("revision") or ""
    return (int(said) if said.isdecimal() and len(said) < 20 else 0) if said else None


def found(queryset, **lookup):
    """The one row, or 404. Numbers that no column can hold are not found either."""
    try:
        return queryset.get(**lookup)
    except (queryset.model.DoesNotExist, ValueError, OverflowError) as error:
        raise Http404 from error


def narrowed(form) -> dict:
    """The cleaned filter of a list. Raises InvalidInput for one that no page offers."""
    if not form.is_valid():
        raise InvalidInput("filter.invalid", "The list cannot be narrowed to that.")
    return form.cleaned_data

"""What every HTML page does with input that is refused: the form again, the reason beside its field, 422 or 409."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial, wraps
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import MAX_URL_LENGTH
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from blackgem.lib.errors import REFUSALS, DomainError, InvalidInput
from blackgem.lib.navigation import address

REFUSED = 422


def add_problems(form: forms.BaseForm, error: DomainError) -> None:
    """Put each problem beside the field it names, or on top of the form where the form has no such field.

    A form with fields that the service calls otherwise has `service_names`: the service's name, and its own.
    """
    names = getattr(form, "service_names", {})
    for problem in error.problems:
        name = names.get(problem.field, problem.field)
        problem_of = forms.ValidationError(problem.message, code=problem.code)
        form.add_error(name if name in form.fields else None, problem_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """A page with a form: its template, the form, and what else the template shows, or how that is read. With
    `partial`, HTMX is given only that part of the template. Where `form` is several forms, what a service refuses is
    said on its `details`. With `asks`, what was posted only asks for the page again, as one more row of it does."""

    template: str
    form: Any
    context: dict | Callable[[], dict] = field(default_factory=dict)
    partial: str = ""
    asks: bool = False

    def shown(self, request: HttpRequest, *, status: int = 200) -> HttpResponse:
        context = {"form": self.form} | (self.context() if callable(self.context) else self.context)
        if self.partial:
            return render_partial(request, self.template, self.partial, context, status=status)
        return render(request, self.template, context, status=status)


def form_page(page: Callable[..., FormPage | HttpResponse]) -> Callable:
    """Decorate what a form does: `write(request, shown, **ids)` runs once the form of `shown` is valid, and answers
    where it leads. `page(request, **ids)` reads the `FormPage` of these ids, with the form bound to what was posted; or
    it answers a response where there is no such page now.

    What is refused, by the form or by a service, is said beside its field, with 422 or 409, on the page read anew.
    NotFound, Forbidden and Busy pass through.
    """

    def decorate(write):
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(write)
        def view(request, **ids):
            shown = page(request, **ids)
            if isinstance(shown, HttpResponse):
                return shown
            if request.method != "POST":
                return shown.shown(request)
            if shown.asks:
                return lambda: page(request, **ids).shown(request)
            if not shown.form.is_valid():
                return partial(_refused, request, page, ids)
            try:
                return write(request, shown, **ids)
            except REFUSALS as error:
                return partial(_refused, request, page, ids, error)

        return view

    return decorate


def _refused(
    request, page: Callable[..., FormPage], ids: dict, error: DomainError | None = None
) -> HttpResponse:
    shown = page(request, **ids)
    if shown.form.is_valid() and error:
        add_problems(getattr(shown.form, "details", shown.form), error)
    return shown.shown(request, status=error.status if error else REFUSED)


def says_refusals(page: Callable[..., HttpResponse]) -> Callable:
    """Decorate a view that does something to a row of its address: what is refused is said on `page(request, error,
    **ids)`, read anew, with the error's status. NotFound, Forbidden and Busy pass through."""

    def decorate(view):
        @wraps(view)
        def inner(request, **ids):
            try:
                return view(request, **ids)
            except REFUSALS as error:
                messages.error(request, error.message)
                return partial(page, request, error, **ids)

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
    return QueryDict(urlsplit((request.htmx.current_url or "")[:MAX_URL_LENGTH]).query)


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

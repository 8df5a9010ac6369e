"""The buttons of a request that waits for a second person: one pair of pages for every kind."""

from collections.abc import Callable
from dataclasses import replace

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.errors import REFUSALS
from blackgem.lib.navigation import address
from blackgem.lib.pages import REFUSED, seen_revision
from funds.forms.controls import RefusalForm


def say_asked(request: HttpRequest, asked, noun: str, said: str) -> None:
    """That what was asked for took effect (`said`), or waits for a second person."""
    waits = asked.approved_at is None
    messages.success(request, f"A second person has to approve the {noun}." if waits else said)


def approval(service: Callable, said: str, *, back: Callable | None = None, sees: bool = False) -> Callable:
    """The page by which one is approved, with a fresh second factor. `service` takes its id by the name that it has in
    the address, and where it `sees`, the revision that the page showed. `said` is what is said once it is done;
    `back(request, done)` leads to where it was decided, or is None for the queue.
    """

    @require_POST
    @manager_page
    @with_fresh_factor
    def approve(request: HttpRequest, **row) -> HttpResponse:
        seen = {"revision": seen_revision(request)} if sees else {}
        return _decide(request, service, row | seen, said, back)

    return approve


def refusal(service: Callable, said: str, *, back: Callable | None = None) -> Callable:
    """The page by which one is turned down, or taken back by who asked for it. Whoever turns down what another person
    asked for says why: without a reason it is asked for one, and nothing is done yet."""

    @require_POST
    @manager_page
    def reject(request: HttpRequest, **row) -> HttpResponse | Callable[[], HttpResponse]:
        form = RefusalForm(request.POST if "reason" in request.POST else None)
        reason = form.cleaned_data["reason"] if form.is_valid() else ""

        @transaction.atomic
        def decline(**fields):
            done = service(**fields)
            if not reason and _asked_by(done) != request.user.pk:
                raise _NoReasonError
            return done

        try:
            return _decide(request, decline, row, said, back, why=reason)
        except _NoReasonError:
            context = {"form": form, "back": request.POST.get("back", "")}
            return lambda: render(request, "components/refusal.html", context, status=REFUSED)

    return reject


class _NoReasonError(Exception):
    """What was asked for by another person was to be turned down without a word."""


def _asked_by(row) -> int | None:
    names = (f"{one}_id" for one in ("requested_by", "recorded_by", "created_by"))
    return next((getattr(row, name) for name in names if hasattr(row, name)), None)


def _decide(request, service, fields, said, back, *, why: str = "") -> HttpResponse:
    """Do what a person decided, and say so, or why not."""
    try:
        done = service(**fields, ctx=replace(context_of(request), why=why))
    except REFUSALS as error:
        messages.error(request, error.message)
        return redirect(address("approvals"))
    messages.success(request, said)
    return (back and back(request, done)) or redirect(address("approvals"))

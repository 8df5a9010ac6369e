"""Actions of the admin that bind: each asks on a page of its own first, which says what would be refused and why, and
asks for a reason where the action withdraws."""

from collections.abc import Callable
from functools import partial, wraps

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest
from django.template.response import TemplateResponse

from blackgem.admin_site import each
from blackgem.identity.step_up import demand_fresh_factor
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.fields import PlainTextFormField
from blackgem.lib.snapshots import read_at_one_moment

CONFIRMED = "confirmed"
REVISION = "revision"
#: How many of the selected rows the page names.
NAMED = 100


class _Confirmation(forms.Form):
    """Nothing but the reason, where one is asked for."""

    def __init__(self, *args, with_reason: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if with_reason:
            self.fields["reason"] = PlainTextFormField(
                max_length=500, widget=forms.Textarea(attrs={"rows": 3, "cols": 60, "required": True})
            )


def asking(
    description: str, *, check: Callable, reason: bool = False, step_up: bool = False, allowed: str = ""
) -> Callable:
    """An action that does nothing until its page was confirmed. The page asks `check(row, by)`, as the service does, of
    each row that `rows_to_act_on` fetches, and says the reason where it would be refused. With `reason` the action is
    called with the words typed there; with `step_up` it asks for the second factor before anything else. `allowed`
    names the permission that shows it: "help" asks `has_help_permission` of the admin."""

    def decorate(action):
        @admin.action(description=description, permissions=[allowed] if allowed else None)
        @wraps(action)
        def asked(self, request: HttpRequest, queryset):
            if step_up:
                demand_fresh_factor(request)
            form = _Confirmation(request.POST if CONFIRMED in request.POST else None, with_reason=reason)
            if form.is_valid():
                return action(self, request, queryset, **form.cleaned_data)
            return read_at_one_moment(partial(_ask, self, request, queryset, description, check, form))

        return asked

    return decorate


def revision_named(request: HttpRequest, row) -> int | None:
    """Which revision of a draft the page named that was confirmed; 0, which no draft has, where it did not name this
    one. None where no page was."""
    named = dict(one.split(":", 1) for one in request.POST.getlist(REVISION) if ":" in one)
    if not named:
        return None
    revision = named.get(str(row.pk), "")
    return int(revision) if revision.isdecimal() and len(revision) < 20 else 0


def run_on_each(
    modeladmin,
    request: HttpRequest,
    rows,
    service: Callable,
    done: str,
    *,
    row: str,
    as_named: bool = False,
    **how,
) -> None:
    """Run a service on every selected row, which it takes as `row`; `as_named`: on the revision that the page named
    which was confirmed. Says what was `done`, and what was refused."""

    def write(one) -> None:
        seen = {REVISION: revision_named(request, one)} if as_named else {}
        service(**{row: one.pk}, ctx=context_of(request), **how, **seen)

    each(modeladmin, request, rows.select_related(None).order_by("pk"), write, done)


def _ask(modeladmin, request, queryset, description, check, form) -> TemplateResponse:
    """The page. It names up to `NAMED` rows, and what is confirmed are those; only more than that are selected anew."""
    count, named = queryset.count(), list(modeladmin.rows_to_act_on(queryset, request.user)[:NAMED])
    offered = [(str(row), offer(check, row, request.user)) for row in named]
    across = request.POST.get("select_across", "0") if count > NAMED else "0"
    selected = request.POST.getlist(ACTION_CHECKBOX_NAME) if count > NAMED else [row.pk for row in named]
    context = {
        **modeladmin.admin_site.each_context(request),
        "title": description,
        "opts": modeladmin.model._meta,
        "form": form,
        "carried": [
            ("action", request.POST.get("action", "")),
            ("select_across", across),
            (CONFIRMED, "yes"),
            *((ACTION_CHECKBOX_NAME, one) for one in selected),
            *((REVISION, f"{row.pk}:{row.revision}") for row in named if hasattr(row, "revision")),
        ],
        "rows": offered,
        "count": count,
        "can_confirm": count > NAMED or any(may for _, may in offered),
    }
    return TemplateResponse(request, "admin/confirm_action.html", context)

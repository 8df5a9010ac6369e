"""Filters of lists that people keep by a name: each its own, for nobody else to see."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from blackgem.lib import audit
from blackgem.lib.access import manager_page
from blackgem.lib.context import WriteContext, context_of
from blackgem.lib.errors import Conflict, NotFound
from blackgem.lib.fields import PlainTextFormField
from blackgem.lib.lists import ListKind, address_of, kind_of, query_to_keep
from blackgem.lib.sql import service
from blackgem.models import SavedView, User

#: How many one person keeps of one list.
MOST = 30


class SaveViewForm(forms.Form):
    page = forms.CharField(max_length=60)
    name = PlainTextFormField(max_length=60)
    query = forms.CharField(max_length=2000, required=False)


@service
def save_view(*, kind: ListKind, name: str, query: str, ctx: WriteContext) -> SavedView:
    """Keep a filter by this name; the same name means this one from now on.

    Raises Conflict("view.too_many") for one more than MOST.
    """
    User.objects.select_for_update(no_key=True).get(pk=ctx.by.pk)
    own = SavedView.objects.filter(user=ctx.by, page=kind.page)
    if own.exclude(name=name).count() >= MOST:
        raise Conflict("view.too_many", f"You keep {MOST} views of this list already. Remove one first.")
    row, _ = own.update_or_create(name=name, defaults={"query": query, "user": ctx.by, "page": kind.page})
    audit.record(verb="save_view", ctx=ctx, subject=row)
    return row


@service
def remove_view(*, view_id: int, ctx: WriteContext) -> SavedView:
    """Keep one's own view no longer. Raises NotFound."""
    row = SavedView.objects.filter(user=ctx.by, pk=view_id).first()
    if row is None:
        raise NotFound("not_found", "There is no such view.")
    audit.record(verb="remove_view", ctx=ctx, subject=row)
    SavedView.objects.filter(pk=row.pk).delete()
    return row


@require_POST
@manager_page
def save(request: HttpRequest) -> HttpResponse:
    """Keep what a list is narrowed to, and go back there."""
    form = SaveViewForm(request.POST)
    kind = kind_of(request.POST.get("page", ""))
    if kind is None:
        raise Http404
    if not form.is_valid():
        messages.error(request, "A view needs a name of at most 60 characters.")
        return redirect(address_of(kind, query_to_keep(request.POST.get("query", "")[:2000], kind)))
    query = query_to_keep(form.cleaned_data["query"], kind)
    try:
        row = save_view(kind=kind, name=form.cleaned_data["name"], query=query, ctx=context_of(request))
    except Conflict as refused:
        messages.error(request, refused.message)
        return redirect(address_of(kind, query))
    messages.success(request, f"“{row.name}” is kept among your views.")
    return redirect(address_of(kind, row.query))


@require_POST
@manager_page
def remove(request: HttpRequest, view_id: int) -> HttpResponse:
    row = remove_view(view_id=view_id, ctx=context_of(request))
    messages.success(request, f"“{row.name}” is no longer among your views.")
    kind = kind_of(row.page)
    return redirect(address_of(kind, "") if kind else "/")

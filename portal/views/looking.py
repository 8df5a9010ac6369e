"""Looking at the portal as an investor: begun from the investor's page, ended from any page of the portal."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from portal.reader import VIEW_AS
from portal.services.looking import start_looking, stop_looking


@manager_page
@require_POST
def view_as(request: HttpRequest, commitment_id: int) -> HttpResponse:
    """See what one investor of a fund sees."""
    commitment = start_looking(commitment_id=commitment_id, ctx=context_of(request))
    request.session[VIEW_AS] = commitment.pk
    return redirect("portal:home")


@manager_page
@require_POST
def stop_viewing(request: HttpRequest) -> HttpResponse:
    """Back to one's own pages."""
    chosen = request.session.pop(VIEW_AS, None)
    if chosen is not None:
        stop_looking(commitment_id=chosen, ctx=context_of(request))
        messages.info(request, "You are back as yourself.")
    return redirect("/")

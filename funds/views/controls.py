"""The decisions about changes of a fund's controls."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from blackgem.lib.access import manager_page
from funds.models import Adviser, Fund
from funds.services.controls import approve_change, reject_change

from .deciding import approval, refusal

approve_control_change = approval(approve_change, "The change is approved.")
_reject = refusal(reject_change, "The change is turned down.")


@require_POST
@manager_page
def reject_control_change(request: HttpRequest, change_id: int) -> HttpResponse:
    """Turned down; where an investor asked for it, on the page that asks why."""
    seen = Adviser.objects.filter(commitment__fund__in=Fund.objects.visible_to(request.user))
    if asked := seen.filter(change=change_id).first():
        return redirect("funds:adviser_decline", asked.pk)
    return _reject(request, change_id=change_id)

"""The number at Approvals in the navigation."""

from django import template
from django.template.context import Context

from blackgem.lib.approvals import waiting

register = template.Library()


@register.simple_tag(takes_context=True)
def waiting_approvals(context: Context) -> int:
    """How much waits for the user; counted once per request."""
    request = context["request"]
    if not hasattr(request, "waiting_approvals"):
        request.waiting_approvals = waiting(request.user)
    return request.waiting_approvals.total

"""Menus, and links to pages of other apps."""

from django import template
from django.template.context import Context

from blackgem.lib import navigation
from blackgem.lib.approvals import Waiting, waiting
from blackgem.manual import chapter_for, help_for, link_to

register = template.Library()


@register.simple_tag
def page(key: str, *args) -> str:
    """The address of a page, whichever app it belongs to."""
    return navigation.address(key, *args)


@register.simple_tag(takes_context=True)
def help_link(context: Context) -> str:
    """The address of what the manual says of the page that is open."""
    return help_for(context["request"])


@register.simple_tag(takes_context=True)
def manual_link(context: Context) -> str:
    """The address of the reader's own chapter of the manual."""
    return link_to(chapter_for(context["request"].user))


@register.inclusion_tag("components/menu.html", takes_context=True)
def menu(context: Context, name: str) -> dict:
    """The entries of a menu. The one of the page that is open, or of a page above it, is marked."""
    request = context["request"]
    entries = [_entry(one, request) for one in navigation.menu(name, request.user)]
    return {"entries": entries}


def _entry(one: navigation.Page, request) -> dict:
    link = navigation.address(one.key)
    is_above = one.place > 0 and request.path.startswith(link)
    current = "page" if request.path == link else "true" if is_above else ""
    return {
        "link": link,
        "label": one.label,
        "current": current,
        "count": _waiting_for(request).total if one.key == "approvals" else 0,
    }


@register.simple_tag(takes_context=True)
def may_be_under_way(context: Context) -> bool:
    """Whether a page has to ask how far work is: not where nothing was under way when it was drawn."""
    return _waiting_for(context["request"]).under_way is not False


def _waiting_for(request) -> Waiting:
    """What waits for the user; counted once per request."""
    if not hasattr(request, "waiting_approvals"):
        request.waiting_approvals = waiting(request.user)
    return request.waiting_approvals

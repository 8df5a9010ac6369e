"""Every page says whom it is for. The project does not start with a page that does not."""

from functools import partial, wraps

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.checks import Error, register
from django.http import Http404
from django.urls import URLPattern, get_resolver

from blackgem.lib import kept_forms
from blackgem.lib.idempotency import form_once
from blackgem.lib.snapshots import read_at_one_moment, reads_one_moment

#: Set on a view: "manager", "investor", "admin", "person" (whoever is signed in, about itself), "public" or "api"
#: (which asks for itself).
AUDIENCES = {"manager", "investor", "admin", "person", "public", "api"}
_OUTSIDE = ("django.contrib.admin", "django.contrib.staticfiles", "django.views.static", "ninja")


def audience(name):
    """Declare a view's audience without any check of its own."""

    def declare(view):
        view.audience = name
        return view

    return declare


public_page = audience("public")


def _signed_in(name, *, closed_to_investors=False, keeps_form=False, shows_figures=True, writes=True):
    """Pages with figures are read at one moment; what is posted and `writes` does so once, whatever is sent twice.

    A view answers a response, or a function without arguments that draws it: what it draws is read at one moment too,
    after the transaction that wrote, or refused to.
    """

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not request.user.is_authenticated:
                back = kept_forms.keep(request) if keeps_form else request.get_full_path()
                return redirect_to_login(back, settings.LOGIN_URL)
            if closed_to_investors and getattr(request.user, "only_invests", False):
                raise Http404
            answer = partial(view, request, *args, **kwargs)
            if request.method == "POST" and writes:
                written = form_once(request, answer)
                return read_at_one_moment(written) if callable(written) else written
            if keeps_form:
                kept_forms.give_back(request)
            is_read = shows_figures and (reads_one_moment(request) or not writes)
            if is_read:
                return read_at_one_moment(answer)
            shown = answer()
            return read_at_one_moment(shown) if callable(shown) else shown

        guarded.audience = name
        return guarded

    return decorate


#: For people who work for a fund; contacts of investors find no such page. What staff may see and do in which fund,
#: queries and services decide.
manager_page = _signed_in("manager", closed_to_investors=True, keeps_form=True)
#: What works a form out while one types: it is posted, and only read.
manager_preview = _signed_in("manager", closed_to_investors=True, keeps_form=True, writes=False)
#: What tries a decision and undoes it, to show what it would write: no snapshot, in which nothing can be tried.
manager_rehearsal = _signed_in("manager", closed_to_investors=True, keeps_form=True, shows_figures=False)
#: Where everybody arrives after signing in.
arrival_page = _signed_in("manager")
#: For contacts of investors.
investor_page = _signed_in("investor", keeps_form=True)
#: A person's own account: for everybody who is signed in. It lists sessions and tokens, and clears away ended ones.
person_page = _signed_in("person", shows_figures=False)
#: For administrators of the site.
admin_page = _signed_in("admin")


def patterns(resolver=None, prefix=""):
    """Every URL of the project with its view: (route, view)."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route, entry.callback
        else:
            yield from patterns(entry, route)


def undeclared():
    """Routes whose view names no audience."""
    return [
        route
        for route, view in patterns()
        if getattr(view, "audience", None) not in AUDIENCES
        and not getattr(view, "__module__", "").startswith(_OUTSIDE)
        and not getattr(getattr(view, "__wrapped__", None), "__module__", "").startswith(_OUTSIDE)
    ]


@register("access")
def every_page_declares_its_audience(app_configs, **kwargs):
    return [
        Error(
            f"The page {route!r} declares no audience.",
            hint="Use a decorator of blackgem.lib.access.",
            id="access.E1",
        )
        for route in undeclared()
    ]

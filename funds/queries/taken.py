"""Of which funds a file is whose view did not say so: the one that its address names, or all that its person sees."""

from django.http import HttpRequest

from blackgem.lib import audit
from blackgem.lib.downloads import Taken, register_scope
from funds.models import Fund

#: How many funds an event names; whoever works for more is an administrator, or reads the trail of all.
MOST = 200


def scope_of(request: HttpRequest) -> Taken:
    """A file of one fund is on the trail of that fund; one over several on those of all that the person works for."""
    works_for = set(Fund.objects.visible_to(request.user).order_by("pk").values_list("pk", flat=True)[:MOST])
    path = request.resolver_match.kwargs if request.resolver_match else {}
    named = str(path.get("fund_id") or request.GET.get("fund") or request.GET.get("fundId") or "")
    if named.isdecimal() and int(named) in works_for:
        return Taken(fund_id=int(named))
    if len(works_for) == 1:
        return Taken(fund_id=works_for.pop())
    of_all = () if request.user.is_superuser else sorted(works_for)
    return Taken(subjects=tuple(audit.name(Fund, pk) for pk in of_all))


register_scope(scope_of)

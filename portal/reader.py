"""Who reads in the portal, and for whom: an investor's own people, or a manager who looks at it as one of them."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import wraps
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from blackgem.lib.access import investor_page
from blackgem.lib.downloads import takes
from blackgem.lib.errors import Forbidden
from blackgem.models import User
from funds.access import MANAGE, can_may
from funds.models import Commitment, Investor
from portal.queries.home import granted_to
from portal.row_security import own_rows

#: In the session of a manager who looks: the commitment as whose investor.
VIEW_AS = "view_as"


@dataclass(frozen=True, slots=True)
class Reader:
    """The investors read for, the commitments among theirs that may be seen, the funds of these by public id, the
    manager who looks, if one does; whose letters may be acknowledged, and for whom contacts are managed."""

    investors: tuple[Investor, ...]
    commitments: tuple[int, ...]
    funds: Mapping[UUID, str]
    viewed_by: User | None = None
    acknowledges: frozenset[int] = frozenset()
    manages_contacts: frozenset[int] = frozenset()

    def own_rows(self) -> AbstractContextManager[None]:
        return own_rows([one.pk for one in self.investors], self.commitments)

    @property
    def name(self) -> str:
        """Whose portal it is, for the mark on every page."""
        return ", ".join(one.name for one in self.investors)


def portal_page(view: Callable) -> Callable:
    """A page for contacts of investors, read under row-level security. `request.reader` says for whom.

    What is posted acts outside it, through services, and never while a manager only looks.
    """

    @investor_page
    @wraps(view)
    def read(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        request.reader = reader_of(request)
        say_whose(request, request.reader)
        if request.method not in ("GET", "HEAD"):
            check_may_act(request.reader)
            return view(request, *args, **kwargs)
        with request.reader.own_rows():
            return view(request, *args, **kwargs)

    return read


def say_whose(request: HttpRequest, reader: Reader) -> None:
    """A file that is taken here is the investors', and the trail says so, and if a manager took it in their place."""
    takes(request, *reader.investors)
    if reader.viewed_by:
        request.read_as = reader.name


def check_may_act(reader: Reader) -> None:
    """Raise Forbidden for a manager who looks as an investor: looking changes nothing."""
    if reader.viewed_by:
        raise Forbidden(
            "view_as.read_only", "You are looking as an investor: nothing can be changed from here."
        )


def reader_of(request: HttpRequest) -> Reader:
    """For whom this request reads."""
    return _looking(request) or own_reader(request.user)


def own_reader(user) -> Reader:
    """What the person was let see: the commitments that each fund's managers granted, and their investors."""
    granted = granted_to(user).select_related("commitment__investor", "commitment__fund")
    granted = list(granted.order_by("commitment__fund__name", "pk"))
    seen = [one.commitment for one in granted]
    return Reader(
        tuple({one.investor_id: one.investor for one in seen}.values()),
        tuple(one.pk for one in seen),
        {one.fund.public_id: one.fund.name for one in seen},
        acknowledges=frozenset(one.commitment_id for one in granted if one.acknowledges),
        manages_contacts=frozenset(one.commitment_id for one in granted if one.manages_contacts),
    )


def _looking(request: HttpRequest) -> Reader | None:
    """The reader that a manager looks as, while it still manages that fund."""
    chosen = request.session.get(VIEW_AS)
    if chosen is None:
        return None
    commitment = Commitment.objects.select_related("investor", "fund").filter(pk=chosen).first()
    if commitment is None or not can_may(request.user, commitment.fund_id, MANAGE):
        del request.session[VIEW_AS]
        return None
    fund = commitment.fund
    return Reader((commitment.investor,), (commitment.pk,), {fund.public_id: fund.name}, request.user)

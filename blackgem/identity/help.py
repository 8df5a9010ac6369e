"""What is done for people who cannot get in, or whose session should be over."""

from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from blackgem.identity.forms import LinkForm
from blackgem.lib import audit
from blackgem.lib.checks import out_of_reach, out_of_state
from blackgem.lib.context import WriteContext
from blackgem.lib.sql import service
from blackgem.models import User


def check_send_reset_link(user: User, by: User) -> None:
    """Whether a link would open anything: not for whoever may not sign in. Administrators help one another."""
    _check_is_not_above(user, by)
    if not user.is_active:
        raise out_of_state("account.closed", "The account is closed.")


@service
def send_reset_link(*, user: User, request: HttpRequest, ctx: WriteContext) -> None:
    """Mail somebody a link to a new password, as the person would ask for it. Raises Conflict("account.closed"),
    Forbidden("account.administrator")."""
    check_send_reset_link(user, ctx.by)
    form = LinkForm({"email": user.email})
    form.full_clean()
    audit.record(verb="send_reset_link", ctx=ctx, subject=user)
    form.save(request)


def check_end_session(session: UserSession, by: User) -> None:
    _check_is_not_above(session.user, by)


def _check_is_not_above(user: User, by: User) -> None:
    if user.is_superuser and not by.is_superuser:
        raise out_of_reach("account.administrator", "Only another administrator helps an administrator.")


@service
def end_session(*, session: UserSession, ctx: WriteContext) -> None:
    """Sign somebody out on one device. Raises Forbidden("account.administrator")."""
    check_end_session(session, ctx.by)
    session.end()
    audit.record(verb="end_session", ctx=ctx, subject=session.user)

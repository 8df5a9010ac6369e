"""What an auditor takes a sample of, and what is looked through once a year, as files: everything that was asked for
and who decided it; who may do what, since when, and when it was last used."""

from collections.abc import Iterator
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from blackgem.lib import audit
from blackgem.lib.export import Column, Kind
from blackgem.models import AuditEvent
from funds.models import Fund, FundMembership, PortalGrant
from funds.queries.asked import asked_in

from .trail import UTC, TrailFilter, audited_funds, bounds_of

DECISION_COLUMNS = (
    Column("Fund", width=32),
    Column("Currency", Kind.CURRENCY, 10),
    Column("Kind", width=34),
    Column("Number", Kind.INTEGER, 10),
    Column("About", width=44),
    Column("What", width=60),
    Column("Amount", Kind.MONEY, 20),
    Column("Asked by", width=24),
    Column("E-mail of who asked", width=28),
    Column("Asked (UTC)", width=22),
    Column("Another person demanded", width=12),
    Column("Decision", width=14),
    Column("Decided by", width=24),
    Column("E-mail of who decided", width=28),
    Column("Decided (UTC)", width=22),
)
ACCESS_COLUMNS = (
    Column("Fund", width=32),
    Column("Person", width=28),
    Column("E-mail", width=32),
    Column("May", width=44),
    Column("Since (UTC)", width=22),
    Column("Given by", width=28),
    Column("Account", width=12),
    Column("Second factors", Kind.INTEGER, 12),
    Column("Last sign-in (UTC)", width=22),
)


def funds_reviewed(user, narrowed: TrailFilter) -> QuerySet[Fund]:
    """The funds whose trail a person reads, or the one of them that was chosen."""
    funds = audited_funds(user).order_by("name", "pk")
    return funds.filter(pk=narrowed.fund_id) if narrowed.fund_id else funds


def decision_rows(user, narrowed: TrailFilter) -> Iterator[tuple]:
    """What was asked for within the days, as `DECISION_COLUMNS`."""
    funds = {fund.pk: fund for fund in funds_reviewed(user, narrowed)}
    since, until = bounds_of(narrowed)
    for one in asked_in(funds, since=since, until=until):
        fund = funds[one.fund_id]
        yield (
            fund.name,
            fund.currency,
            one.noun,
            one.pk,
            one.subject,
            one.says,
            one.amount,
            str(one.asked_by),
            one.asked_by.email,
            _moment(one.asked_at),
            "yes" if one.four_eyes else "no",
            one.decision,
            str(one.decided_by or ""),
            one.decided_by.email if one.decided_by else "",
            _moment(one.decided_at),
        )


def access_rows(user, narrowed: TrailFilter) -> Iterator[tuple]:
    """Who may do what now, as `ACCESS_COLUMNS`: members, contacts in the portal, and administrators."""
    funds = list(funds_reviewed(user, narrowed))
    for fund in funds:
        members = FundMembership.objects.filter(fund=fund).select_related("user").order_by("role", "pk")
        for member, given in zip(members, _given(members), strict=True):
            yield (
                fund.name,
                *_person(member.user),
                member.get_role_display(),
                *given,
                *_account(member.user),
            )
        grants = PortalGrant.objects.in_force().filter(commitment__fund=fund)
        for grant in grants.select_related("contact__user", "commitment__investor", "granted_by").order_by(
            "pk"
        ):
            rights = ["reads", *(name.replace("_", " ") for name, has in grant.rights.items() if has)]
            may = f"Portal of {grant.commitment.investor.name}: {', '.join(rights)}"
            since = (_moment(grant.granted_at), str(grant.granted_by))
            yield (fund.name, *_person(grant.contact.user), may, *since, *_account(grant.contact.user))
    for admin in get_user_model().objects.filter(is_superuser=True).order_by("pk") if funds else ():
        yield ("", *_person(admin), "Administrator", _moment(admin.date_joined), "", *_account(admin))


def _given(members) -> Iterator[tuple[str, str]]:
    """Since when each has its role, and from whom: by the trail, which says it of every role that was given."""
    for member in members:
        said = AuditEvent.objects.filter(
            fund_id=member.fund_id, verb="set_member", subjects__contains=[audit.key(member.user)]
        )
        last = said.select_related("actor").order_by("-pk").first()
        yield (_moment(last.happened_at), str(last.actor or "")) if last else ("", "")


def _person(user) -> tuple[str, str]:
    return str(user), user.email


def _account(user) -> tuple[str, int, str]:
    factors = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).count()
    return "open" if user.is_active else "closed", factors, _moment(user.last_login)


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if at else ""

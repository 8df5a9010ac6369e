"""What would let one person come to act as two takes two people: another address of an account, more rights of it, its
opening again, the loss of its second factors. Nobody sets the password of another: a link goes to the address on file.

An administrator asks, another one approves. A house with a single administrator has nobody who could: there a change
rests, managers and auditors of all funds are told by mail and may refuse it, and then who asked lets it take effect.
The database holds the same (`blackgem/sql/rights.sql`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db.models import Exists, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from blackgem.lib import audit
from blackgem.lib.checks import out_of_reach, out_of_state
from blackgem.lib.context import WriteContext
from blackgem.lib.days import day_in_words
from blackgem.lib.decisions import check_alive, reason_for_sending_back
from blackgem.lib.errors import Conflict, Forbidden, NotFound
from blackgem.lib.shell import who_runs_this
from blackgem.lib.sql import service
from blackgem.models import AccountChange, User

#: Rights of the whole site, which one either has or has not.
RIGHTS = ("is_active", "opens_funds", "is_staff", "is_superuser")
#: Those that one has many of, each by the number of its row.
LISTS = {"groups": Group, "user_permissions": Permission}
FACTORS = "second_factors"
_LABELS = {
    "email": "E-mail address",
    "is_active": "May sign in",
    "opens_funds": "May open funds",
    "is_staff": "May use the admin",
    "is_superuser": "Administrator",
    "groups": "Groups",
    "user_permissions": "Permissions",
    FACTORS: "Second factors",
}


@dataclass(frozen=True, kw_only=True)
class House:
    """Who works here beside the administrators. `watchers` is a condition over people: who is told of what rests, and
    may refuse it. `tell(address, subject, body, at=)` writes a mail in the transaction under way."""

    watchers: Q | Exists
    tell: Callable[..., object]


_HOUSE: list[House] = []


def register_house(house: House) -> None:
    """Say who works here; at most one app does."""
    _HOUSE[:] = [house]


def more_than_before(account: User, wanted: dict) -> dict:
    """What of these values another person has to agree to: another address, and rights that the account has not."""
    asked = {name: True for name in RIGHTS if wanted.get(name) and not getattr(account, name)}
    if "email" in wanted and wanted["email"] != account.email:
        asked["email"] = wanted["email"]
    for name in LISTS:
        if added := sorted({one.pk for one in wanted.get(name, ())} - set(_held(account, name))):
            asked[name] = added
    return asked


@service
def ask(*, account: User, becomes: dict, reason: str, ctx: WriteContext) -> AccountChange:
    """Ask for a change of an account, as an administrator.

    Raises Forbidden("role.insufficient"), InvalidInput("reason.invalid"), Conflict("account_change.pending").
    """
    if not _administers(ctx.by):
        raise out_of_reach("role.insufficient", "Only an administrator changes what an account may.")
    return _ask(account, becomes, reason, ctx)


def ask_on_the_command_line(account: User, becomes: dict, *, reason: str) -> AccountChange:
    """The same for a command, which nobody has signed in for."""
    return _ask_unsigned(
        account=account, becomes=becomes, reason=reason, ctx=WriteContext(None, timezone.now())
    )


@service
def _ask_unsigned(*, account, becomes, reason, ctx: WriteContext) -> AccountChange:
    return _ask(account, becomes, reason, ctx, asked_as=f"the command line, by {who_runs_this()}")


def _ask(account, becomes, reason, ctx, *, asked_as="") -> AccountChange:
    reason = reason_for_sending_back(reason)
    account = User.objects.select_for_update(no_key=True).get(pk=account.pk)
    if AccountChange.objects.pending().filter(account=account).exists():
        raise Conflict(
            "account_change.pending", "A change of this account waits already: let it be decided first."
        )
    others = administrators().exclude(pk=ctx.by and ctx.by.pk).count()
    four_eyes = others >= (1 if ctx.by else 2)
    row = AccountChange.objects.create(
        account=account,
        was=_now(account, becomes),
        becomes=becomes,
        reason=reason,
        four_eyes=four_eyes,
        effective_from=None if four_eyes else ctx.at + timedelta(hours=max(settings.ACCOUNT_REST_HOURS, 24)),
        asked_as=asked_as,
        requested_at=ctx.at,
        requested_by=ctx.by,
    )
    _record("ask_account_change", row, ctx, reason=reason)
    _tell_asked(row, ctx)
    return row


@service
def approve(*, account_change_id, ctx: WriteContext) -> AccountChange:
    """Let a change take effect: as another administrator, or as who asked once it has rested.

    Raises NotFound, Forbidden("four_eyes"), Conflict("account_change.decided",
    "account_change.rests", "request.expired", "request.role_ended", "stale_version").
    """
    if ctx.by and not _administers(ctx.by):
        raise NotFound("not_found", "There is no such change.")
    row = _locked(account_change_id, ctx)
    check_approve(row, ctx.by, ctx.at)
    if _now(row.account, row.becomes) != row.was:
        raise Conflict(
            "stale_version", "The account changed since this was asked for. Turn it down, and ask again."
        )
    _decide(row, "approved", ctx)
    _take_effect(row)
    _record("approve_account_change", row, ctx)
    _tell_decided(row, "took effect", ctx)
    return row


@service
def refuse(*, account_change_id, reason: str, ctx: WriteContext) -> AccountChange:
    """Turn a change down, or take it back as who asked: an administrator, the person whose account it is, or, of what
    rests, whoever manages or audits a fund. Raises NotFound, InvalidInput("reason.invalid"),
    Conflict("account_change.decided")."""
    row = _locked(account_change_id, ctx)
    check_undecided(row)
    reason = reason_for_sending_back(reason)
    _decide(row, "rejected", ctx)
    _record("reject_account_change", row, ctx, reason=reason)
    _tell_decided(row, "was turned down", ctx, why=reason)
    return row


def check_approve(row: AccountChange, by: User | None, at: datetime) -> None:
    """Whether this person (None: the command line) may let it take effect now."""
    check_undecided(row)
    if by is not None and not _administers(by):
        raise out_of_reach("role.insufficient", "Only an administrator decides what an account may.")
    check_alive(row.requested_at, at)
    if row.requested_by and not _administers(row.requested_by):
        raise Conflict(
            "request.role_ended",
            f"{row.requested_by} is no administrator any more. Turn it down, and ask again.",
        )
    if row.requested_by_id == (by and by.pk):
        if row.four_eyes:
            raise Forbidden("four_eyes", "You asked for this: another administrator has to decide it.")
        if at < row.effective_from:
            raise Conflict(
                "account_change.rests",
                f"There is no other administrator, so it rests until {in_words(row.effective_from)}.",
            )


def check_undecided(row: AccountChange) -> None:
    if row.approved_at or row.rejected_at:
        raise out_of_state("account_change.decided", "This change was already decided.")


def administrators() -> QuerySet[User]:
    return User.objects.filter(is_superuser=True, is_active=True)


def seen_by(user: User) -> QuerySet[AccountChange]:
    """The changes that this person may look at and refuse: an administrator all, the person whose account it is its
    own, and who works in a fund those that no second administrator can decide."""
    if user.is_superuser:
        return AccountChange.objects.all()
    works = [Exists(User.objects.filter(one.watchers, pk=user.pk)) for one in _HOUSE]
    resting = Q(four_eyes=False) & works[0] if works else Q(pk__in=())
    return AccountChange.objects.filter(Q(account=user.pk) | Q(requested_by=user.pk) | resting)


def steps(row: AccountChange) -> list[tuple[str, str, str]]:
    """Each part of a change in words: its label, what it was, what it becomes."""
    return [
        (_LABELS[name], _said(name, row.was[name]), _said(name, value)) for name, value in row.becomes.items()
    ]


def waiting_for(account: User) -> AccountChange | None:
    """The change of an account that waits to be decided."""
    rows = AccountChange.objects.pending().filter(account=account)
    return rows.select_related("account", "requested_by").first()


def who_decides(row: AccountChange, at: datetime) -> str:
    """For whom, or until when, a change waits, in a sentence."""
    try:
        check_alive(row.requested_at, at)
    except Conflict as error:
        return error.message
    if not row.four_eyes:
        return (
            f"There is no other administrator: it rests until {in_words(row.effective_from)}, while anybody concerned "
            "may refuse it. Then whoever asked lets it take effect under Approvals."
        )
    others = administrators().exclude(pk=row.requested_by_id).order_by("full_name", "pk")
    names = ", ".join(f"{one} ({one.email})" for one in others)
    return f"Another administrator has to approve it under Approvals: {names or 'there is none by now'}."


def in_words(at: datetime) -> str:
    return f"{day_in_words(at.date())}, {at:%H:%M} UTC"


def who_asked(row: AccountChange) -> str:
    return str(row.requested_by or row.asked_as)


def _administers(person: User) -> bool:
    return administrators().filter(pk=person.pk).exists()


def _locked(account_change_id, ctx: WriteContext) -> AccountChange:
    """The change, with its account locked, for who may see it."""
    rows = seen_by(ctx.by) if ctx.by else AccountChange.objects.filter(requested_by=None)
    row = rows.filter(pk=account_change_id).first()
    if row is None:
        raise NotFound("not_found", "There is no such change.")
    account = User.objects.select_for_update(no_key=True).get(pk=row.account_id)
    row = (
        AccountChange.objects.select_for_update(no_key=True, of=("self",))
        .select_related("requested_by")
        .get(pk=row.pk)
    )
    row.account = account
    return row


def _decide(row: AccountChange, decision: str, ctx: WriteContext) -> None:
    setattr(row, f"{decision}_at", ctx.at)
    setattr(row, f"{decision}_by", ctx.by)
    row.save(update_fields=[f"{decision}_at", f"{decision}_by"])


def _take_effect(row: AccountChange) -> None:
    fields = [name for name in row.becomes if name in (*RIGHTS, "email")]
    for name in fields:
        setattr(row.account, name, row.becomes[name])
    if fields:
        row.account.save(update_fields=fields)
    for name in LISTS:
        getattr(row.account, name).add(*row.becomes.get(name, ()))
    if FACTORS in row.becomes:
        Authenticator.objects.filter(user=row.account).delete()


def _held(account: User, name: str) -> list[int]:
    return sorted(getattr(account, name).values_list("pk", flat=True))


def _now(account: User, becomes: dict) -> dict:
    """What these parts of an account are."""
    now = {name: getattr(account, name) for name in becomes if name in (*RIGHTS, "email")}
    now |= {name: _held(account, name) for name in becomes if name in LISTS}
    if FACTORS in becomes:
        now[FACTORS] = sorted(Authenticator.objects.filter(user=account).values_list("type", flat=True))
    return now


def _said(name: str, value) -> str:
    if name in LISTS:
        said = ", ".join(str(one) for one in LISTS[name].objects.filter(pk__in=value).order_by("pk"))
        return said or "none"
    if name == FACTORS:
        return ", ".join(one.replace("_", " ") for one in value) or "none"
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _record(verb: str, row: AccountChange, ctx: WriteContext, *, reason: str = "") -> None:
    changes = {name: [row.was[name], value] for name, value in row.becomes.items()}
    asked = {"asked_as": [None, row.asked_as]} if row.asked_as else {}
    audit.record(
        verb=verb,
        ctx=ctx,
        subject=row,
        also=[row.account],
        changes=changes | asked,
        reason=reason or row.reason,
    )


def _tell_asked(row: AccountChange, ctx: WriteContext) -> None:
    decided = (
        "Another administrator has to approve it."
        if row.four_eyes
        else f"Nobody else has to: it may take effect from {in_words(row.effective_from)}, unless it is refused."
    )
    body = (
        f"{who_asked(row)} asks to change the account of {row.account} ({row.account.email}):\n\n{_lines(row)}\n\n"
        f"The reason given: {row.reason}\n\n{decided}\n\n"
        "If you did not expect it, ask who asked on a number that you already hold, and refuse it here: "
        f"{settings.SITE_URL}{reverse('account_change_refuse', args=[row.pk])}"
    )
    _write(_concerned(row), "A change of an account was asked for", body, ctx)


def _tell_decided(row: AccountChange, what: str, ctx: WriteContext, *, why: str = "") -> None:
    by = ctx.by or who_asked(row)
    body = (
        f"What {who_asked(row)} asked for of the account of {row.account} {what}, by {by}:\n\n{_lines(row)}"
        + (f"\n\nThe reason: {why}" if why else "")
        + "\n\nIf this is not right, tell an administrator on a number that you already hold."
    )
    addresses = _concerned(row) | {row.was.get("email", row.account.email)}
    _write(addresses, f"A change of an account {what}", body, ctx)


def _concerned(row: AccountChange) -> set[str]:
    """Addresses of who is told: all administrators and the person; of what rests, whoever manages or audits a fund."""
    people = Q(is_superuser=True) | Q(pk=row.account_id)
    for one in [] if row.four_eyes else _HOUSE:
        people |= Q(one.watchers)
    told = User.objects.filter(people).filter(Q(is_active=True) | Q(pk=row.account_id))
    return set(told.values_list("email", flat=True))


def _lines(row: AccountChange) -> str:
    return "\n".join(f"- {label}: {old} → {new}" for label, old, new in steps(row))


def _write(addresses: set[str], subject: str, body: str, ctx: WriteContext) -> None:
    for one in _HOUSE:
        for address in sorted(addresses):
            one.tell(address, subject, body, at=ctx.at)

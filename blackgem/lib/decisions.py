"""Who decided what, and when: the columns and rails of whatever one person asks for and another may have to approve."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, InvalidInput
from blackgem.lib.fields import SafeCharField


def person(**options) -> models.ForeignKey:
    """Somebody who did something; people are never deleted."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **options)


class Submission(models.Model):
    """What is drafted, submitted, approved (by another person, where four eyes are asked for) and may be cancelled."""

    created_by = person(editable=False)
    four_eyes = models.BooleanField(default=False)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = person(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = person(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = person(null=True)
    cancel_reason = SafeCharField(max_length=500, blank=True)

    class Meta:
        abstract = True

    def check_seen(self, revision: int | None) -> None:
        """Whether a revision that somebody saw is the newest."""
        check_seen(revision, self.revision)


def check_alive(asked_at: datetime, at: datetime) -> None:
    """Whether what was asked for or submitted then may still be approved. Raises Conflict("request.expired")."""
    if at > asked_at + timedelta(days=settings.REQUEST_DAYS):
        raise Conflict(
            "request.expired",
            f"Nobody decided this for {settings.REQUEST_DAYS} days. Turn it down or send it back: it can be asked for "
            "again as things are now.",
        )


def check_seen(seen: int | None, revision: int) -> None:
    """Refuse what was decided about another revision than the newest; None where nobody says which was seen."""
    if seen not in (None, revision):
        raise Conflict("stale_version", "Somebody changed this since you opened it. Please look again.")


class ReversalQuerySet(models.QuerySet):
    def pending(self):
        """Asked for and not decided."""
        return self.filter(approved_at__isnull=True, rejected_at__isnull=True)


class Reversal(models.Model):
    """A request to take money back, and its decision. Approved, a `compensation` exists: a row of the same money."""

    reason = SafeCharField(max_length=500)
    four_eyes = models.BooleanField()
    requested_at = models.DateTimeField()
    requested_by = person()
    approved_at = models.DateTimeField(null=True)
    approved_by = person(null=True)
    rejected_at = models.DateTimeField(null=True)
    rejected_by = person(null=True)

    objects = ReversalQuerySet.as_manager()

    class Meta:
        abstract = True


def cash_day(day: date | None, *, bounced: bool, since: date, today: date) -> date | None:
    """The day on which a bounced wire moved cash: since it was paid, and not in the future. None for a misposting.

    Raises InvalidInput.
    """
    if not bounced:
        if day is not None:
            raise InvalidInput("cash_on.misposting", "Only a wire that bounced moves cash.", field="cash_on")
        return None
    if not since <= (day or today) <= today:
        raise InvalidInput(
            "cash_on.invalid", "A wire bounces after it was paid, and not in the future.", field="cash_on"
        )
    return day or today


def compensating(paid: models.Model, *, ctx: WriteContext) -> models.Model:
    """The row that takes `paid` back, not saved yet: its amounts below zero, on its day; recorded as `ctx` says."""
    own = {"id", "reverses", "recorded_at", "recorded_by", "tx_ref", "settlement"}
    same = {
        one.attname: getattr(paid, one.attname) for one in paid._meta.concrete_fields if one.name not in own
    }
    same |= {name: -same[name] for name in ("amount", "set_off") if name in same}
    return type(paid)(**same, reverses=paid, recorded_at=ctx.at, recorded_by=ctx.by)


def at_with_by(prefix: str, *verbs: str) -> list[models.CheckConstraint]:
    """For each verb, when it was done and by whom are known together or not at all."""
    return [
        models.CheckConstraint(
            condition=Q(**{f"{verb}_at__isnull": True, f"{verb}_by__isnull": True})
            | Q(**{f"{verb}_at__isnull": False, f"{verb}_by__isnull": False}),
            name=f"{prefix}_{verb}_at_with_by",
        )
        for verb in verbs
    ]


def decided_by_another(name: str, *, first: str, second: str) -> models.CheckConstraint:
    """Under four eyes the second person is another than the first."""
    return models.CheckConstraint(
        condition=Q(four_eyes=False) | Q(**{f"{second}__isnull": True}) | ~Q(**{second: F(first)}),
        name=name,
    )


def cancelled_with_status(name: str) -> models.CheckConstraint:
    """What is cancelled says so in its status, and nothing else does."""
    return models.CheckConstraint(
        condition=Q(status="cancelled", cancelled_at__isnull=False)
        | (~Q(status="cancelled") & Q(cancelled_at__isnull=True)),
        name=name,
    )


def reversal_rails(prefix: str, *, of: str) -> list:
    """The rails of a `Reversal` of the row that its field `of` names: one at a time, with a reason, decided once."""
    return [
        models.UniqueConstraint(
            fields=[of], condition=Q(rejected_at__isnull=True), name=f"one_reversal_per_{of}"
        ),
        models.CheckConstraint(condition=~Q(reason=""), name=f"{prefix}_has_reason"),
        models.CheckConstraint(
            condition=Q(approved_at__isnull=True, approved_by__isnull=True, compensation__isnull=True)
            | Q(
                approved_at__isnull=False,
                approved_by__isnull=False,
                compensation__isnull=False,
                rejected_at__isnull=True,
            ),
            name=f"{prefix}_approved_at_with_by",
        ),
        *at_with_by(prefix, "rejected"),
        decided_by_another(f"{prefix}_approver_is_another", first="requested_by", second="approved_by"),
    ]


def reason_for_sending_back(reason: str | None) -> str:
    """The reason as it is recorded; InvalidInput where there is none, or it cannot be kept as plain text."""
    reason = (reason or "").strip()
    try:
        return SafeCharField(max_length=500).clean(reason, None)
    except ValidationError as error:
        said = "Say why it is sent back." if not reason else " ".join(error.messages)
        raise InvalidInput("reason.invalid", said, field="reason") from error

"""What weakens a control of a fund in use, or changes what it issued: asked for by one person, decided by another."""

from uuid import uuid4

from django.db import models
from django.db.models import Q

from blackgem.lib.decisions import ReversalQuerySet, at_with_by, decided_by_another, person
from blackgem.lib.fields import SafeCharField

from .fund import Fund


class ControlChange(models.Model):
    """A change of what a fund's safety rests on, or of what it told its investors by an issue: what it `was` when it
    was asked for, and what it `becomes`, each as the fields of the row that it touches. It takes effect when another
    person approves it.

    What belongs to several funds, such as an investor's mailbox, is one `batch` with a row for each of them, and takes
    effect when the last is approved.
    """

    class Kind(models.TextChoices):
        FOUR_EYES = "four_eyes", "Second approver"
        SENDER = "sender", "Reply address of letters"
        LIMIT = "limit", "Limits, notice and LPA date"
        TOTALS = "totals", "Totals of all partners on letters"
        TERMS = "terms", "Terms"
        SIDE_LETTER = "side_letter", "Side letter"
        ROLE = "role", "Role in the fund"
        CONTACT = "contact", "Notice contact"
        WITHHOLDING = "withholding", "Withholding tax"
        CAPITAL_CALL = "capital_call", "Wording, due date or cancellation"
        DISTRIBUTION = "distribution", "Cancellation"
        PORTAL = "portal", "Access to the portal"
        NO_ACCOUNT = "no_account", "Letters without bank details"
        NAV = "nav", "Net asset value"
        WORDING = "wording", "Letterhead and words of letters"
        NAME = "name", "Legal name and address of the fund"
        PARTNER = "partner", "Name of a partner"

    #: Another person decides these whatever the fund's own rule is; funds/sql/controls.sql says the same.
    ALWAYS = frozenset({Kind.FOUR_EYES, Kind.SENDER, Kind.ROLE, Kind.CONTACT, Kind.NO_ACCOUNT})

    #: These are of an investor, and so of all its funds: who works for any of them may ask.
    SHARED = frozenset({Kind.CONTACT, Kind.WITHHOLDING, Kind.PARTNER})

    #: These are about a row that was issued; its page is registered by the same name.
    ISSUED = frozenset({Kind.CAPITAL_CALL, Kind.DISTRIBUTION})

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="control_changes")
    kind = models.CharField(max_length=12, choices=Kind)
    # The person, commitment, investor, call or distribution that it touches; nothing for the fund itself, or for who
    # has no account yet.
    subject_id = models.BigIntegerField(null=True)
    about = SafeCharField(max_length=300, blank=True)
    was = models.JSONField()
    becomes = models.JSONField()
    batch = models.UUIDField(default=uuid4)
    four_eyes = models.BooleanField(default=True)
    recorded_at = models.DateTimeField()
    recorded_by = person()
    approved_at = models.DateTimeField(null=True)
    approved_by = person(null=True)
    rejected_at = models.DateTimeField(null=True)
    rejected_by = person(null=True)

    objects = ReversalQuerySet.as_manager()

    class Meta:
        db_table = "control_changes"
        constraints = [
            models.UniqueConstraint(
                fields=["fund", "kind", "about"],
                condition=Q(approved_at__isnull=True, rejected_at__isnull=True),
                name="one_control_change_waits",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "four_eyes",
                        "sender",
                        "limit",
                        "totals",
                        "terms",
                        "side_letter",
                        "role",
                        "contact",
                        "withholding",
                        "capital_call",
                        "distribution",
                        "portal",
                        "no_account",
                        "nav",
                        "wording",
                        "name",
                        "partner",
                    ]
                ),
                name="control_change_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True) | Q(rejected_at__isnull=True),
                name="control_change_is_decided_once",
            ),
            *at_with_by("control_change", "approved", "rejected"),
            decided_by_another(
                "control_change_approver_is_another", first="recorded_by", second="approved_by"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} of {self.about or self.fund}"

    @property
    def steps(self) -> list[tuple[str, object, object]]:
        """Each field that changes, with what it was and what it becomes; of the words of letters, each paragraph."""
        pairs = [
            step for name, value in self.becomes.items() for step in _parts(name, self.was.get(name), value)
        ]
        return [step for step in pairs if step[1] != step[2]]


def _parts(name: str, old, new) -> list[tuple[str, object, object]]:
    if name != "words":
        return [(name, old, new)]
    return [(part, old.get(part), new.get(part)) for part in sorted({*old, *new})]

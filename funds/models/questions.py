"""What an investor asks about its part of a call or distribution, and what the fund answers."""

from django.db import models
from django.db.models import Q

from blackgem.lib.decisions import person
from blackgem.lib.fields import PlainTextField
from blackgem.lib.known import known_choices

from .fund import Fund
from .notices import Notice
from .partners import Commitment


@known_choices
class PartMessage(models.Model):
    """One message about an investor's part: a question of somebody who sees the commitment, or, `from_fund`, the answer
    of a manager. All about one part are one thread. Append-only.

    As with a letter, `subject_id` is the call or distribution, `item_id` the investor's part of it.
    """

    MOST_CHARACTERS = 2000
    #: What parts are asked about.
    KINDS = (Notice.Kind.CAPITAL_CALL, Notice.Kind.DISTRIBUTION)

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="part_messages")
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="part_messages")
    kind = models.CharField(max_length=12, choices=[(one.value, one.label) for one in KINDS])
    subject_id = models.BigIntegerField()
    item_id = models.BigIntegerField()
    from_fund = models.BooleanField(default=False)
    text = PlainTextField(max_length=MOST_CHARACTERS)
    written_at = models.DateTimeField()
    written_by = person()

    class Meta:
        db_table = "part_messages"
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="part_message_says_something"),
        ]
        indexes = [
            models.Index(fields=["kind", "item_id"], name="part_messages_by_part"),
            models.Index(fields=["written_by", "written_at"], name="part_messages_by_writer"),
        ]

    def __str__(self):
        return (
            f"{'answer' if self.from_fund else 'question'} {self.pk} about {self.get_kind_display().lower()}"
        )

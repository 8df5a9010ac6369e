"""Seals over what was written, the salts of personal data under them, and the inputs that decisions froze."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from blackgem.lib.fields import SafeCharField

_HEX = r"^[0-9a-f]{64}$"


class ChainSeal(models.Model):
    """A seal: the root of a Merkle tree over the rows that it covers and the seal before does not, chained to that.

    `covered` maps each table to the `columns` that enter a leaf, those of them that are `salted`, and the ranges of
    `keys` that this seal and all before it cover. Seals are numbered from 1 without a gap. `horizon` is the first
    transaction that had not begun; it is no part of what is sealed.
    """

    number = models.BigIntegerField(primary_key=True)
    sealed_at = models.DateTimeField()
    leaves = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    covered = models.JSONField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)
    horizon = models.PositiveBigIntegerField()

    class Meta:
        db_table = "chain_seals"
        constraints = [
            models.CheckConstraint(
                condition=Q(root__regex=_HEX) & Q(previous__regex=_HEX) & Q(hash__regex=_HEX),
                name="chain_seal_hashes_are_hashes",
            )
        ]

    def __str__(self):
        return f"Seal {self.number}"

    def body(self) -> dict:
        """What its hash is of, beside the hash of the seal before."""
        return {
            "at": self.sealed_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "covered": self.covered,
            "leaves": self.leaves,
            "n": self.number,
            "root": self.root,
        }


class LeafSalt(models.Model):
    """The salt of a row whose personal data enters its leaf as a digest."""

    table_name = models.CharField(max_length=63)
    row_key = models.BigIntegerField()
    salt = models.BinaryField()

    class Meta:
        db_table = "leaf_salts"
        constraints = [
            models.UniqueConstraint(fields=["table_name", "row_key"], name="one_salt_per_sealed_row")
        ]

    def __str__(self):
        return f"{self.table_name} {self.row_key}"


class FrozenInput(models.Model):
    """That inputs with this SHA-256 were frozen for a decision: of a distribution, a closing, a run of fees. Written by
    the database as it happens."""

    subject_table = SafeCharField(max_length=63)
    subject_id = models.BigIntegerField()
    fund_id = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "frozen_inputs"

    def __str__(self):
        return f"{self.subject_table} {self.subject_id}"


class AnchorTold(models.Model):
    """That a seal was told outside on a day, by mail to the auditors and on statements: from then on whoever changes
    what is under it, or under any before it, is found out even if all seals are made anew. `hash` is what was told,
    whatever the seal says by now. Days are of UTC."""

    told_on = models.DateField(unique=True)
    seal = models.ForeignKey(ChainSeal, on_delete=models.PROTECT, related_name="+")
    hash = models.CharField(max_length=64)
    told_at = models.DateTimeField()
    recipients = models.PositiveIntegerField()

    class Meta:
        db_table = "anchors_told"
        constraints = [
            models.CheckConstraint(condition=Q(hash__regex=_HEX), name="anchor_told_has_a_hash"),
        ]

    def __str__(self):
        return f"{self.seal_id}:{self.hash}"


class Reconciliation(models.Model):
    """That every sentence of `reconcile` was asked on a day of UTC, as of one moment: how many there are, and by name
    those that do not hold, with how many rows contradict each. What the bank left behind for people to resolve is
    counted apart: it contradicts nothing."""

    done_on = models.DateField(unique=True)
    done_at = models.DateTimeField()
    sentences = models.PositiveIntegerField()
    broken = models.JSONField(default=dict)
    to_resolve = models.PositiveIntegerField()
    milliseconds = models.PositiveIntegerField()

    class Meta:
        db_table = "reconciliations"
        constraints = [
            models.CheckConstraint(condition=Q(sentences__gt=0), name="reconciliation_asks_something"),
        ]

    def __str__(self):
        return f"{self.done_on}: {'holds' if self.holds else ', '.join(sorted(self.broken))}"

    @property
    def holds(self) -> bool:
        return not self.broken

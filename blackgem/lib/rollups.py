"""What every roll-up is: a row of a view, read only, keyed by its parent."""

from django.db import models


class RollUp(models.Model):
    """The base of the unmanaged models that are mapped onto views."""

    class Meta:
        abstract = True
        managed = False

    def __str__(self):
        return f"{type(self).__name__} of {self.pk}"


def parent(model, related_name="capital"):
    """The row that a roll-up is about: its key."""
    return models.OneToOneField(
        model, on_delete=models.DO_NOTHING, primary_key=True, related_name=related_name
    )

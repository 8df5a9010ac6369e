"""What every roll-up is: a row of a view, read only, keyed by its parent."""

from collections.abc import Collection
from datetime import date
from typing import Self

from django.db import models

from blackgem.lib.knowledge import NOW, Knowledge


class RollUp(models.Model):
    """The base of the unmanaged models that are mapped onto views."""

    class Meta:
        abstract = True
        managed = False

    def __str__(self):
        return f"{type(self).__name__} of {self.pk}"

    @classmethod
    def on(cls, day: date, known: Knowledge = NOW, **narrowed) -> list[Self]:
        """Its rows as of the end of a day, as known at a time: those of the function that is named as the view, with
        `_at`. `narrowed` are fields with the value that they have, or with a list of those, such as `fund`."""
        wanted = "".join(f" AND {cls._meta.get_field(name).column} = ANY (%s)" for name in narrowed)
        function = f"{cls._meta.db_table}_at"
        # Table and columns are the model's own names; every value is a parameter.
        query = f"SELECT * FROM {function}(%s, %s::timestamptz) WHERE true{wanted}"  # noqa: S608 - see above
        values = [list(one) if isinstance(one, Collection) else [one] for one in narrowed.values()]
        return list(cls.objects.raw(query, [day, known.at or "infinity", *values]))


def parent(model, related_name="capital"):
    """The row that a roll-up is about: its key."""
    return models.OneToOneField(
        model, on_delete=models.DO_NOTHING, primary_key=True, related_name=related_name
    )

"""Keys between tables that have several at once."""

from django.db import models


def key(model):
    """A key whose agreement with the others is a foreign key over all of them, written in SQL."""
    return models.ForeignKey(
        model, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

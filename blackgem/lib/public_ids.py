"""Ids that investors see, drawn at random by the database: a number would tell how many rows lie between."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models


def public_id() -> models.UUIDField:
    """The field `public_id` of a model whose rows investors are led to. The database draws it as the row is written,
    whatever is given, and it never changes."""
    return models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)

"""What a field may hold, known to the database too."""

from functools import partial

from django.db import models
from django.db.models import Q

from blackgem.lib.errors import InvalidInput
from blackgem.lib.sql import RAILS

#: What is said where one of these constraints refuses.
KNOWN_RAILS: dict[str, partial] = {}


def known_choices(model: type[models.Model]) -> type[models.Model]:
    """Decorate a model: the database refuses whatever is not among the choices of its fields, under the name
    `<table>_<column>_known`. What a constraint of the model's own says already is left to that."""
    said = [getattr(one, "condition", None) for one in model._meta.constraints]
    added = []
    for field in model._meta.local_concrete_fields:
        known = Q(**{f"{field.name}__in": [value for value, _ in field.flatchoices]})
        if field.choices and known not in said:
            name = f"{model._meta.db_table}_{field.column}_known"
            added.append(models.CheckConstraint(condition=known, name=name))
            said_of_it = ("field.invalid_choice", "There is no such choice.")
            KNOWN_RAILS[name] = RAILS[name] = partial(InvalidInput, *said_of_it, field=field.name)
    model._meta.constraints = [*model._meta.constraints, *added]
    # What migrations are made from.
    model._meta.original_attrs["constraints"] = model._meta.constraints
    return model

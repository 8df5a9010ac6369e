"""Questions about one person that nearly every request asks: Django takes longer to write their SQL than PostgreSQL to
answer it, so each is written once per process."""

from collections.abc import Callable
from functools import cache

from django.db.models import QuerySet

#: Stands for the person's id while the SQL is written; nobody has it.
_SOMEBODY = -2_000_000_011


def written_once(question: Callable[[int], QuerySet]) -> Callable[[int], tuple[str, list]]:
    """From a person's id to the SQL and the parameters of `question(id)`, which may depend on nothing else."""

    @cache
    def written() -> tuple[str, tuple]:
        return question(_SOMEBODY).query.sql_with_params()

    def asked_of(person_id: int) -> tuple[str, list]:
        sql, params = written()
        return sql, [person_id if one == _SOMEBODY else one for one in params]

    return asked_of

"""Questions that nearly every request asks: Django takes longer to write their SQL than PostgreSQL to answer it, so
each is written once per process."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache

from django.db.models import QuerySet

#: What stands for an argument, by its kind and place, while the SQL is written; nobody has it.
_STAND_INS: dict[type, Callable[[int], object]] = {
    int: lambda place: -2_000_000_011 - place,
    str: lambda place: f"\x01 argument {place} \x01",
    datetime: lambda place: datetime(1, 1, 1, tzinfo=UTC) + timedelta(microseconds=place + 1),
}


def written_once(question: Callable[..., QuerySet]) -> Callable[..., tuple[str, list]]:
    """From numbers, texts or moments to the SQL and the parameters of `question(…)`, which may depend on nothing
    else, and compares each of them with a column."""

    @cache
    def written(*kinds: type) -> tuple[str, tuple, dict]:
        stand_ins = [_STAND_INS[kind](place) for place, kind in enumerate(kinds)]
        sql, params = question(*stand_ins).query.sql_with_params()
        places = {one: place for place, one in enumerate(stand_ins)}
        return sql, params, places

    def asked_of(*arguments) -> tuple[str, list]:
        sql, params, places = written(*map(type, arguments))
        return sql, [arguments[places[one]] if _may_stand(one) and one in places else one for one in params]

    return asked_of


def _may_stand(parameter) -> bool:
    return type(parameter) in _STAND_INS

"""Several reads in one statement, so that a page asks the database once for what does not depend on each other.

calls, payments = read_together(CapitalCall.objects.filter(…), Payment.objects.filter(…))
"""

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

#: One statement answers no more columns (PostgreSQL allows 1664): what has more is read in several.
MOST_COLUMNS = 1600

#: OFFSET 0 keeps each a query of its own: its number is looked at before anything of it is read.
_JOIN = (
    "LEFT JOIN LATERAL (SELECT true AS of_{number}, one.* FROM ({sql}) one WHERE part.number = {number} OFFSET 0)"
    " q{number} ON true"
)


def read_together(*queries: QuerySet) -> list[list]:
    """The rows of each query, in its own order, as it would have read them by itself: instances (what is to be
    prefetched is fetched as always), dictionaries or tuples.

    Each is a part of one statement, beside its number, in columns of its own: so values keep their types, and each
    query runs once. The longest goes last: a row of an earlier one is compared with the number of each later one. Where
    all of them have more columns than `MOST_COLUMNS`, they are parts of several statements.
    """
    database = queries[0].db
    compilers = [one.query.get_compiler(using=database) for one in queries]
    parts = {number: sql for number, one in enumerate(compilers) if (sql := _sql_of(one))}
    rows: dict[int, list[tuple]] = {}
    for some in _groups({number: compilers[number].col_count + 1 for number in parts}):
        rows |= _read(database, {number: parts[number] for number in some})
    return [
        _as_read(*one, rows.get(number, []))
        for number, one in enumerate(zip(queries, compilers, strict=True))
    ]


def _sql_of(compiler: SQLCompiler) -> tuple[str, tuple] | None:
    """None for a query that finds nothing, whatever stands in the database."""
    try:
        return compiler.as_sql()
    except EmptyResultSet:
        return None


def _groups(widths: dict[int, int]) -> list[list[int]]:
    """The parts in their order, as many together as one statement may have columns."""
    groups: list[list[int]] = []
    taken = 0
    for number, width in widths.items():
        if not groups or taken + width > MOST_COLUMNS:
            groups.append([])
            taken = 0
        groups[-1].append(number)
        taken += width
    return groups


def _read(database: str, parts: dict[int, tuple[str, tuple]]) -> dict[int, list[tuple]]:
    """The rows of each part by its number."""
    joins = " ".join(_JOIN.format(number=number, sql=sql) for number, (sql, _) in parts.items())
    columns, numbers = (", ".join(form.format(one) for one in parts) for form in ("q{}.*", "({})"))
    values = [value for _, own in parts.values() for value in own]
    with connections[database].cursor() as cursor:
        # The statements are the querysets' own, the names are numbers; every value is a parameter.
        cursor.execute(f"SELECT part.number, {columns} FROM (VALUES {numbers}) part (number) {joins}", values)  # noqa: S608
        starts = [place for place, column in enumerate(cursor.description) if column.name.startswith("of_")]
        places = dict(zip(parts, zip(starts, [*starts[1:], None], strict=True), strict=True))
        found: dict[int, list[tuple]] = {number: [] for number in parts}
        for row in cursor.fetchall():
            start, end = places[row[0]]
            if row[start]:
                found[row[0]].append(row[start + 1 : end])
    return found


def _as_read(query: QuerySet, compiler: SQLCompiler, rows: list[tuple]) -> list:
    """Django makes of the rows what it would have made of those that it had read itself."""
    read = query.all()
    compiler.execute_sql = lambda *args, **options: [[row[: compiler.col_count] for row in rows]]
    read.query.get_compiler = lambda *args, **options: compiler
    return list(read)

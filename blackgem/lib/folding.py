"""Names as they are searched: a column that the database works out, and indexes of its pieces.

Folded text has no case, accents, apostrophes or points; whatever else is no letter or digit is a space, and one stands
before the first word. Letters outside ASCII are written as their bytes (`~320~256`): the trigrams of a database whose
text sorts by code point know no others, and a name of two Chinese characters has six of them to be found by.
"""

from django.db.migrations import RunSQL

_FOLDED = r"""' ' || replace(encode(btrim(regexp_replace(translate(replace(replace(replace(lower(
    regexp_replace(normalize({text}, NFKD), '[\u0300-\u036f''’‘ʼ`´.]', '', 'g')),
    'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'øłđħıŧðς', 'oldhitdσ'),
    '[\u0001-\u002f\u003a-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u303f]+', ' ', 'g'))::bytea, 'escape'), '\', '~')"""


def folded_column(table: str, text: str, *, index: bool = True) -> list[RunSQL]:
    """Migration: the column `folded` of what an SQL expression over the table's columns says, with an index of its
    trigrams. `search_text` of `dashboard/sql/search.sql` says the same of what somebody looks for: a migration that
    changes one makes the columns anew."""
    column = f"ALTER TABLE {table} ADD folded text NOT NULL GENERATED ALWAYS AS ({_FOLDED.format(text=text)}) STORED"
    made = [RunSQL(column, f"ALTER TABLE {table} DROP folded")]
    return [*made, trigram_index(table, "folded", f"{table}_by_folded")] if index else made


def trigram_index(table: str, text: str, name: str) -> RunSQL:
    """Migration: an index of the trigrams of an expression."""
    return RunSQL(
        f"CREATE INDEX {name} ON {table} USING gin (({text}) gin_trgm_ops)", f"DROP INDEX IF EXISTS {name}"
    )

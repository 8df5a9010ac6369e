"""Comparing what is in the tables with what was sealed of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connection
from psycopg import sql

from blackgem.lib.encrypted_files import files_with_another_hash
from blackgem.lib.evidence import COVERED
from blackgem.lib.frozen import fingerprint
from evidence.models import ChainSeal, FrozenInput
from evidence.queries.rows import form_in, form_of, leaves_in
from evidence.ranges import Ranges, missing, without
from evidence.tree import NOTHING, chained, root_of


@dataclass(frozen=True, slots=True)
class Anchor:
    """A seal as it is known outside of the database."""

    number: int
    hash: str

    @classmethod
    def read(cls, text: str) -> "Anchor":
        """From "12:3fa9…"."""
        number, _, found = text.strip().partition(":")
        return cls(int(number), found)

    def __str__(self):
        return f"{self.number}:{self.hash}"


def seals_in_order() -> Iterator[tuple[ChainSeal, dict[str, Ranges]]]:
    """Each seal with what it covers and the one before does not, by table."""
    known: dict = {}
    for seal in ChainSeal.objects.order_by("number").iterator(chunk_size=100):
        own = {
            table: without(said["keys"], known.get(table, {}).get("keys", []))
            for table, said in seal.covered.items()
        }
        yield seal, {table: ranges for table, ranges in own.items() if ranges}
        known = seal.covered


def lines_of(seal: ChainSeal, own: dict[str, Ranges]) -> Iterator[bytes]:
    """The leaves of a seal as they are in the tables now."""
    for table in sorted(own):
        form = form_in(table, seal.covered[table])
        for _, line in leaves_in(form, own[table]):
            yield line


def broken_seals(
    anchors: tuple[Anchor, ...] = (), *, reads: Callable[[int], bool] = lambda number: True
) -> Iterator[str]:
    """What does not hold, first things first: each in a sentence. Nothing where all holds. Rows are read under the
    seals that `reads` names by their number; the chain is followed from its beginning."""
    number, previous, covered = 0, NOTHING, {}
    known = {anchor.number: anchor.hash for anchor in anchors}
    for seal, own in seals_in_order():
        number += 1
        if seal.number != number:
            yield f"Seal {number} is not there."
            return
        if seal.previous != previous or seal.hash != chained(seal.previous, seal.body()):
            yield f"Seal {number} is not chained to the one before it, or is not what was sealed."
            return
        if known.get(number, seal.hash) != seal.hash:
            yield f"Seal {number} is not the one that is known outside."
            return
        root, leaves = root_of(lines_of(seal, own)) if reads(number) else (seal.root, seal.leaves)
        if leaves != seal.leaves:
            yield f"Under seal {number} are {leaves} rows, of {seal.leaves} that were sealed: {_said(own)}."
        elif root != seal.root:
            yield f"Under seal {number} a row is not what was sealed: {_said(own)}."
        if any(
            without(said["keys"], seal.covered.get(table, {}).get("keys", []))
            for table, said in covered.items()
        ):
            yield f"Seal {number} covers less than the one before it."
        covered = seal.covered
        previous = seal.hash
    for anchor in anchors:
        if anchor.number > number:
            yield f"Seal {anchor.number} is known outside and not there: the last one is {number}."


def _said(own: dict[str, Ranges]) -> str:
    parts = (
        f"{table} {', '.join(f'{first} to {last}' if last > first else str(first) for first, last in ranges[:5])}"
        for table, ranges in own.items()
    )
    return "; ".join(parts)


def broken_content() -> Iterator[str]:
    """Bytes that are bound by a hash which is sealed, and are others: documents, and frozen inputs."""
    for table, key in files_with_another_hash(connection):
        of = "The PDF of letter" if table == "notice_documents" else f"The file in {table}"
        yield f"{of} {key} is not the one whose hash was sealed."
    newest = FrozenInput.objects.order_by("subject_table", "subject_id", "-id").distinct(
        "subject_table", "subject_id"
    )
    models = {model._meta.db_table: model for model in apps.get_models()}
    for frozen in newest:
        row = (
            models[frozen.subject_table]
            .objects.filter(pk=frozen.subject_id)
            .values("inputs", "inputs_sha256")
        )
        found = row.first()
        if (
            found
            and found["inputs_sha256"]
            and (found["inputs_sha256"] != frozen.sha256 or fingerprint(found["inputs"]) != frozen.sha256)
        ):
            yield f"The inputs of {frozen.subject_table} {frozen.subject_id} are not those that were frozen."


def unsealed() -> dict[str, int]:
    """How many rows of each table no seal covers yet."""
    last = ChainSeal.objects.order_by("-number").first()
    known = last.covered if last else {}
    found = {}
    for table in sorted(COVERED):
        form = form_of(table)
        gaps = missing(known.get(table, {}).get("keys", []))
        with connection.cursor() as cursor:
            cursor.execute(
                sql.SQL(
                    "SELECT count(*) FROM unnest(%s::bigint[], %s::bigint[]) r (first, last)"
                    " JOIN {} t ON {} BETWEEN r.first AND r.last"
                ).format(sql.Identifier(table), sql.Identifier("t", form.key)),
                [[one[0] for one in gaps], [one[1] for one in gaps]],
            )
            found[table] = cursor.fetchone()[0]
    return found

"""A fund's letterhead and words: a new version each time, and decided by two where the fund says so."""

from dataclasses import dataclass

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import InvalidInput, Problem
from blackgem.lib.letter_fonts import Unprintable, check_printable
from blackgem.lib.sql import service
from blackgem.lib.text import forbidden_character
from funds.access import MANAGE, check_may
from funds.calc.wording import PARAGRAPHS, problem_of, problem_of_head, written
from funds.models import ControlChange, Fund, LetterImage, LetterWording
from funds.queries.controls import needs_another
from funds.queries.wording import as_fields, facts_of, pictures_in, wording_of

from .controls import Control, Kind, propose, register_control
from .letter_images import Picture, keep_picture, read_picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What somebody entered and nothing refused: lines of the head, paragraphs by key, and pictures, where None keeps
    the one that stands and "" takes it away."""

    head_lines: str
    words: dict[str, str]
    logo: Picture | str | None = None
    signature: Picture | str | None = None


def checked(*, head_lines: str, words: dict[str, str], logo=None, signature=None) -> Entered:
    """What was entered, each picture as bytes, "" or None. Raises InvalidInput with every problem at its field."""
    problems, pictures = [], {}
    lines = "\n".join(line.strip() for line in head_lines.strip().splitlines())
    for field, text, problem in (
        ("head_lines", lines, problem_of_head(lines)),
        *((key, words.get(key) or "", problem_of(key, words.get(key) or "")) for key in PARAGRAPHS),
    ):
        if message := problem or _unprintable(text):
            problems.append(Problem("letter_wording.invalid", message, field))
    for field, content in (("logo", logo), ("signature", signature)):
        try:
            pictures[field] = read_picture(content, field=field) if content else content
        except InvalidInput as error:
            problems.extend(error.problems)
    if problems:
        raise InvalidInput.from_problems(problems)
    tidy = {key: text.replace("\r\n", "\n") for key, text in written(words).items()}
    return Entered(head_lines=lines, words=tidy, **pictures)


def _unprintable(text: str) -> str | None:
    if found := forbidden_character(text, multi_line=True):
        return f"Leave out {found}." if len(found) > 1 else "Leave out what cannot be seen."
    try:
        check_printable([text])
    except Unprintable as error:
        return error.message
    return None


@service
def set_wording(*, fund_id, entered: Entered, ctx: WriteContext) -> LetterWording | ControlChange | None:
    """A new version; what is as it was makes none. Letters that are written from then on have it, and no earlier one.

    Where the fund is in use and demands a second person, the change that waits for one is answered.
    Raises NotFound, Forbidden, Conflict("control.pending").
    """
    check_may(ctx.by, fund_id, MANAGE)
    fund = Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    stands = wording_of(fund)
    was = as_fields(stands)
    becomes = {
        "head_lines": entered.head_lines,
        "logo_id": _kept(fund, entered.logo, was["logo_id"], ctx),
        "signature_id": _kept(fund, entered.signature, was["signature_id"], ctx),
        "words": entered.words,
    }
    if becomes == was:
        return stands
    if needs_another(fund.pk, Kind.WORDING):
        return propose(funds=[fund.pk], kind=Kind.WORDING, was=was, becomes=becomes, ctx=ctx)
    return _write(fund, was, becomes, ctx)


def _kept(fund: Fund, picture, stands: int | None, ctx: WriteContext) -> int | None:
    if picture is None:
        return stands
    return keep_picture(fund, picture, ctx).pk if picture else None


def _write(fund: Fund, was: dict, becomes: dict, ctx: WriteContext) -> LetterWording:
    newest = LetterWording.objects.filter(fund=fund).order_by("-version").first()
    wording = LetterWording.objects.create(
        fund=fund,
        version=newest.version + 1 if newest else 1,
        recorded_at=ctx.at,
        recorded_by=ctx.by,
        **becomes,
    )
    changes = ControlChange(was=was, becomes=becomes).steps
    audit.record(
        verb="set_letter_wording",
        ctx=ctx,
        subject=wording,
        also=[fund],
        fund_id=fund.pk,
        changes={name: [old, new] for name, old, new in changes},
    )
    return wording


register_control(
    Kind.WORDING,
    Control(
        now=lambda change: as_fields(wording_of(change.fund)),
        apply=lambda change, ctx: _write(change.fund, change.was, change.becomes, ctx),
    ),
)


# ---------------------------------------------------------------- as it would be


def preview_facts(fund: Fund, entered: Entered) -> tuple[dict, dict[str, bytes]]:
    """What letters would hold of what was entered, and the bytes of its pictures. Writes nothing."""
    stands = wording_of(fund)
    facts = facts_of(stands) or {"version": 0, "logo": None, "signature": None}
    pictures: dict[str, bytes] = {}
    for name in ("logo", "signature"):
        picture = getattr(entered, name)
        if picture is None and facts[name]:
            pictures |= _bytes_of(fund, facts[name]["sha256"])
        elif picture is not None:
            facts[name] = _as_facts(picture) if picture else None
            pictures |= {picture.sha256: picture.content} if picture else {}
    return facts | {"head_lines": entered.head_lines, "words": entered.words}, pictures


def stored_facts(fund: Fund, stands: LetterWording | None) -> tuple[dict | None, dict[str, bytes]]:
    """The same of the version that stands."""
    facts = facts_of(stands)
    return facts, pictures_in(fund.pk, {"wording": facts})


def proposed_facts(change: ControlChange) -> tuple[dict, dict[str, bytes]]:
    """The same of a version that waits for another person."""
    images = {one: change.becomes[f"{one}_id"] for one in ("logo", "signature")}
    rows = LetterImage.objects.in_bulk([pk for pk in images.values() if pk])
    wording = LetterWording(version=0, head_lines=change.becomes["head_lines"], words=change.becomes["words"])
    for name, pk in images.items():
        setattr(wording, name, rows.get(pk))
    return facts_of(wording), {row.sha256: bytes(row.content) for row in rows.values()}


def _as_facts(picture: Picture) -> dict:
    return {"sha256": picture.sha256, "width": picture.width, "height": picture.height}


def _bytes_of(fund: Fund, digest: str) -> dict[str, bytes]:
    row = LetterImage.objects.get(fund=fund, sha256=digest)
    return {digest: bytes(row.content)}

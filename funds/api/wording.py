"""A fund's letterhead, and what its letters say in its own words."""

from datetime import datetime

from django.db import transaction
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status
from pydantic import Field

from blackgem.http.files import FileContent
from blackgem.http.rights import makes_file, needs
from blackgem.http.schemas import Answer, Body, Filters, choice, text
from blackgem.http.validation import naming
from blackgem.identity.step_up import demand_fresh_factor
from blackgem.lib.context import context_of
from blackgem.lib.downloads import show_pdf, takes
from blackgem.lib.errors import InvalidInput
from funds.access import MANAGE
from funds.calc.wording import LETTERS, LONGEST_PARAGRAPH, PARAGRAPHS, PLACES
from funds.models import ControlChange, Fund, LetterWording
from funds.queries.wording import waiting_for, wording_of, written_by
from funds.services.letter_previews import preview_pdf
from funds.services.wording import checked, proposed_facts, set_wording, stored_facts

from .controls import control_change_answer
from .letters import A_PDF
from .schemas import ControlChangeAnswer
from .verbs import one

router = Router(by_alias=True, tags=["Funds"])

Letter = TextChoices("Letter", {key.upper(): (key, title) for key, title in LETTERS.items()})
Place = TextChoices("Place", {key.upper(): (key, title) for key, title in PLACES.items()})
#: A body has at most a megabyte, of which base64 takes a third.
_PICTURE = "A PNG or JPEG of at most some 700 KB; left out, it stays as it is."


class ParagraphBody(Body):
    """What one sort of letter says above the figures (OPENING) or before the signature (CLOSING). `{partner}`,
    `{fund}`, `{number}`, `{amount}` and `{due_date}` stand for what the letter says; a statement has the first three
    alone."""

    letter: choice(Letter, upper=True)
    place: choice(Place, upper=True)
    text: text(LONGEST_PARAGRAPH, multi_line=True)


class LetterWordingBody(Body):
    """The whole of a version: a paragraph that is left out is none. Pictures stay unless they are given, or not
    wanted any more."""

    head_lines: text(600, multi_line=True) = Field(description="Lines below the address; at most six.")
    paragraphs: list[ParagraphBody] = Field(max_length=len(PARAGRAPHS))
    logo: FileContent | None = Field(default=None, description=_PICTURE)
    signature: FileContent | None = Field(default=None, description=_PICTURE)
    without_logo: bool = False
    without_signature: bool = False


class ParagraphAnswer(Answer):
    letter: str
    place: str
    text: str


class PictureAnswer(Answer):
    """A picture as it is printed, in points."""

    width: int
    height: int
    sha256: str


class LetterWordingAnswer(Answer):
    """What letters are written with from now on: `version` 0 while nothing of the fund's own was ever written.
    `pendingChanges` is a version that waits for another person."""

    fund_id: int
    version: int
    head_lines: str
    paragraphs: list[ParagraphAnswer]
    logo: PictureAnswer | None
    signature: PictureAnswer | None
    recorded_at: datetime | None
    pending_changes: list[ControlChangeAnswer]


class PreviewFilter(Filters):
    """Which sort of letter. The newest that the fund wrote is shown, or a sample where there is none."""

    letter: choice(Letter, upper=True) = Field(default="CAPITAL_CALL", validate_default=True)


@router.get("/funds/{id:fund_id}/letter-wording", response=LetterWordingAnswer)
def get_letter_wording(request: HttpRequest, fund_id: int):
    """Letterhead and words that stand. Letters keep those that they were written with."""
    return _answer(one(Fund.objects.visible_to(request.user), fund_id))


@router.put(
    "/funds/{id:fund_id}/letter-wording", response={200: LetterWordingAnswer, 202: LetterWordingAnswer}
)
@needs(MANAGE)
def put_letter_wording(request: HttpRequest, fund_id: int, body: LetterWordingBody):
    """A new version. In a fund in use under four eyes it waits for another person, and this answers 202."""
    with naming(**dict.fromkeys(PARAGRAPHS, "paragraphs"), head_lines="headLines"):
        entered = checked(
            head_lines=body.head_lines,
            words=_words(body.paragraphs),
            logo="" if body.without_logo else body.logo,
            signature="" if body.without_signature else body.signature,
        )
    with transaction.atomic():
        written = set_wording(fund_id=fund_id, entered=entered, ctx=context_of(request))
        waits = isinstance(written, ControlChange)
        if waits:
            demand_fresh_factor(request)
    return Status(202 if waits else 200, _answer(one(Fund.objects.visible_to(request.user), fund_id)))


@router.get("/funds/{id:fund_id}/letter-wording/preview-pdf", openapi_extra={"responses": A_PDF})
@makes_file
@needs(MANAGE)
def get_letter_wording_preview(
    request: HttpRequest, fund_id: int, asked: Query[PreviewFilter]
) -> HttpResponse:
    """A letter, marked as a draft, under the version that waits for another person, else under the one that stands.
    Nothing is written."""
    fund = one(Fund.objects.visible_to(request.user), fund_id)
    waiting = waiting_for(fund)
    facts, pictures = proposed_facts(waiting) if waiting else stored_facts(fund, wording_of(fund))
    takes(request, fund, fund_id=fund.pk)
    content = preview_pdf(fund, asked.letter, facts, pictures, ctx=context_of(request))
    return show_pdf(content, name=f"{fund.code}-{asked.letter.replace('_', '-')}-preview.pdf", inline=False)


def _words(paragraphs: list[ParagraphBody]) -> dict[str, str]:
    words = {f"{one.letter}_{one.place}": one.text for one in paragraphs}
    if len(words) < len(paragraphs):
        raise InvalidInput(
            "letter_wording.twice", "Each letter has one opening and one closing.", field="paragraphs"
        )
    return words


def _answer(fund: Fund) -> LetterWordingAnswer:
    stands, waiting = wording_of(fund), waiting_for(fund)
    stands = stands and written_by(stands)
    return LetterWordingAnswer(
        fund_id=fund.pk,
        version=stands.version if stands else 0,
        head_lines=stands.head_lines if stands else "",
        paragraphs=_paragraphs(stands),
        logo=_picture(stands and stands.logo),
        signature=_picture(stands and stands.signature),
        recorded_at=stands and stands.recorded_at,
        pending_changes=[control_change_answer(waiting)] if waiting else [],
    )


def _paragraphs(stands: LetterWording | None) -> list[ParagraphAnswer]:
    words = stands.words if stands else {}
    return [
        ParagraphAnswer(letter=letter.upper(), place=place.upper(), text=words[f"{letter}_{place}"])
        for letter in LETTERS
        for place in PLACES
        if f"{letter}_{place}" in words
    ]


def _picture(image) -> PictureAnswer | None:
    return image and PictureAnswer.of(image)

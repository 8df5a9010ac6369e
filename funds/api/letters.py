"""The letters of a call or distribution as a PDF: what its routes share."""

from datetime import date, datetime

from django.db.models import TextChoices
from django.http import HttpResponse

from blackgem.http.openapi import CONFLICT
from blackgem.http.schemas import Answer, Filters, Id, choice
from blackgem.lib.downloads import show_pdf
from funds.calc.checks import Check
from funds.models import Notice
from funds.queries.documents import merged_notices, newest_letter
from funds.queries.letter_states import copy_of
from funds.queries.notices import all_versions
from funds.services.letters import file_name
from funds.views.letters import show_draft

#: How the OpenAPI document describes a PDF, and one that may still be in the making.
A_PDF = {
    200: {
        "description": "OK",
        "content": {"application/pdf": {"schema": {"type": "string", "contentMediaType": "application/pdf"}}},
    }
}
PDF = {"responses": {**A_PDF, **CONFLICT}}


class Stage(TextChoices):
    """Whether a notice is asked for as it was issued, or as it would be."""

    ISSUED = "issued", "Issued"
    DRAFT = "draft", "Draft"


class StageFilter(Filters):
    """Before they are issued, `stage=draft` asks how the letters would read now, all in one file and marked as drafts;
    nothing stays written."""

    stage: choice(Stage) = Stage.ISSUED


class NoticeFilter(Filters):
    """Whose notice; without it, all of them in one file. Before issue, `stage=draft` asks how they would read now,
    marked as drafts; nothing is written."""

    item_id: Id = None
    stage: choice(Stage) = Stage.ISSUED


class LetterAnswer(Answer):
    """One version of an item's letter. `state` is what has become of it: LIVE, REPLACED by a later version, CANCELLED
    with what it is about, PAID, or NOTHING (is due of it any more). `mail` is that of its last mailing; null while
    nobody asked for one."""

    id: int
    number: str
    version: int
    date: date
    state: str
    mail: str | None
    sent_at: datetime | None


class CheckedRow(Answer):
    """A partner: its part (`itemId`) and itself."""

    name: str
    item_id: int | None
    investor_id: int | None


class CheckAnswer(Answer):
    """What should be looked at before letters go out. A `blocking` one is refused; a `warning` is acknowledged by its
    `key`, which changes with what it says. `rows` are the first few whom it is about."""

    code: str
    level: str
    message: str
    key: str
    rows: list[CheckedRow]


#: By item, newest first.
Letters = dict[int, list[LetterAnswer]]


def letter_answers(kind: str, subject_id: int) -> Letters:
    """Every version of every letter of a call or distribution."""
    return {
        item: [_show(one) for one in versions] for item, versions in all_versions(kind, subject_id).items()
    }


def are_unsent(letters: Letters) -> bool:
    """Whether one of the newest letters was never sent."""
    return any(versions[0].mail is None for versions in letters.values())


def _show(letter: Notice) -> LetterAnswer:
    return LetterAnswer.of(
        letter,
        date=letter.dated_on,
        state=letter.letter_state.upper(),
        mail=letter.mail.upper() if letter.mail else None,
    )


def check_answers(checks: list[Check]) -> list[CheckAnswer]:
    return [
        CheckAnswer(
            code=one.code,
            level=one.severity,
            message=one.message,
            key=one.key,
            rows=[CheckedRow.of(row) for row in one.rows],
        )
        for one in checks
    ]


def all_letters(kind: str, subject_id: int, name: str) -> HttpResponse:
    """Every newest letter in one file of this name. Raises Conflict while one is being made."""
    return show_pdf(merged_notices(kind, subject_id), name=f"{name}.pdf", inline=False)


def one_letter(kind: str, subject_id: int, item_id: int) -> HttpResponse:
    """One investor's newest letter. Raises Conflict while it is being made."""
    letter = newest_letter(kind, subject_id, item_id)
    return show_pdf(copy_of(letter), name=file_name(letter), inline=False)


def draft_letter(letter: Notice | None) -> HttpResponse:
    """A letter that is not issued, marked as a draft. Raises Conflict where there would be none."""
    return show_draft(letter, inline=False)

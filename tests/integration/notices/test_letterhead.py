"""A fund's letterhead and words: entered, shown before they hold, decided by two, kept by every letter as it was."""

import re
from io import BytesIO
from random import Random
from zlib import crc32

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader

from blackgem.lib.context import WriteContext
from blackgem.models import AuditEvent
from funds.calc.wording import filled, problem_of
from funds.models import ControlChange, LetterImage, LetterWording
from funds.services.controls import approve_change
from funds.services.letter_images import MOST_POINTS, read_picture
from tests.factories import set_by_two
from tests.integration.capital.story import NOW
from tests.support.pages import text_of

from .letters import notices, render_all, story

pytestmark = pytest.mark.django_db
WORDS = "Dear {partner}, we call {amount} by {due_date} (notice {number}), for {fund}."


def picture(kind="PNG", size=(400, 120)) -> bytes:
    drawn = BytesIO()
    Image.new("RGB", size, (20, 60, 120)).save(drawn, format=kind)
    return drawn.getvalue()


def noise() -> list[bytes]:
    """Two JPEGs whose points are all over their bytes."""
    dice, found = Random(7), []
    image = Image.frombytes("L", (300, 200), dice.randbytes(60_000))
    for progressive in (False, True):
        drawn = BytesIO()
        image.save(drawn, format="JPEG", progressive=progressive)
        found.append(drawn.getvalue())
    return found


def upload(content: bytes, name="logo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/png")


def words_of(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def test_a_letter_keeps_the_head_and_words_that_it_was_written_with(client):
    told = story()
    client.force_login(told.manager)
    page, preview = (reverse(f"funds:{name}", args=[told.fund.pk]) for name in ("wording", "wording_preview"))
    entered = {
        "head_lines": "Regulated by the \u0e01\u0e25\u0e15. & FCA <123>",
        "capital_call_opening": WORDS,
    }

    # A name that is none, and a picture that is none: both are said at their fields, and nothing typed is lost.
    wrong = {"capital_call_closing": "Tax {investor.tax_reference}", "logo": upload(b"<svg/>", "logo.svg")}
    refused = client.post(page, entered | wrong)
    form = refused.context["form"]
    assert refused.status_code == 422
    assert set(form.errors) == {"capital_call_closing", "logo"}
    assert "{investor.tax_reference} stands for nothing here" in text_of(refused)
    assert form["capital_call_opening"].value() == WORDS
    assert not LetterWording.objects.exists()

    # Shown before it holds: a sample while there is no letter. Nothing is written but that a document was opened.
    shown = client.post(preview, entered | {"logo": upload(picture()), "letter": "capital_call"})
    assert shown["Content-Type"] == "application/pdf", text_of(shown)
    assert "Dear Example Partner Limited Partnership, we call $250,000.00" in words_of(shown.content)
    assert "FCA <123>" in words_of(shown.content)
    assert not LetterImage.objects.exists()

    assert client.post(page, entered | {"logo": upload(picture())}).status_code == 302
    [first] = LetterWording.objects.all()
    event = AuditEvent.objects.get(verb="set_letter_wording")
    assert (event.actor, event.changes["capital_call_opening"]) == (told.manager, [None, WORDS])
    assert client.post(page, entered).status_code == 302
    assert LetterWording.objects.count() == 1, "as they were"

    call = told.issued()
    letter = notices(call)[0]
    assert letter.facts["fund"]["wording"]["logo"]["sha256"] == first.logo.sha256
    render_all()
    printed = bytes(letter.document.content)
    due = f"{letter.facts['call']['due_on']}"
    assert f"Dear {letter.facts['partner']['name']}, we call $60,000.00 by" in words_of(printed), due
    assert len(PdfReader(BytesIO(printed)).pages[0].images) == 1

    # In use and with four eyes, the next version waits, is shown as it would be, and takes another person.
    set_by_two(told.fund, four_eyes=True)
    assert client.post(page, {"head_lines": "Another", "without_logo": "on"}).status_code == 302
    [waits] = ControlChange.objects.pending().filter(kind="wording")
    assert waits.was["words"] == {"capital_call_opening": WORDS}
    assert LetterWording.objects.count() == 1
    shown = client.get(f"{preview}?letter=capital_call")
    assert "Another" in words_of(shown.content)
    assert "Dear" not in words_of(shown.content)
    assert "This waits for another person" in text_of(client.get(page))
    queue = client.get("/approvals/").content.decode()
    assert preview in queue
    assert "Logo id" not in queue
    pictures = r'<img class="picture-shown" src="data:image/png;base64,\S+" alt="(.*?)"> → nothing'
    assert re.findall(pictures, queue) == ["Logo before"]
    sample = words_of(client.get(f"{preview}?letter=statement").content)
    assert "Another" in sample
    assert "Statement" in sample
    approve_change(change_id=waits.pk, ctx=WriteContext(told.second, NOW))
    letter.refresh_from_db()
    assert letter.facts["fund"]["wording"]["version"] == 1
    assert bytes(letter.document.content) == printed
    later = told.draft()
    told.issue(later)
    told.approve(later)
    assert notices(later)[0].facts["fund"]["wording"] == {
        "version": 2,
        "head_lines": "Another",
        "logo": None,
        "signature": None,
        "words": {},
    }


def test_what_a_paragraph_and_a_picture_may_be(monkeypatch):
    assert filled("{amount} {nothing}", {"amount": "{partner}", "partner": "X"}) == "{partner} –"
    assert problem_of("statement_closing", "{fund}, {partner}") is None
    assert problem_of("refund_opening", WORDS) is None
    for text in ("{due_date}", "{", "}", "{{fund}}", "{fund", "{}", "{fund.pk}", "{0}"):
        assert problem_of("statement_opening", text), text
    assert read_picture(picture("JPEG", (3000, 900)), field="logo").width == 1600
    bomb = picture(size=(MOST_POINTS // 1000 + 1, 1000))
    assert len(bomb) < 100_000
    head = bytearray(picture())
    head[16:24] = (60_000).to_bytes(4, "big") * 2  # the size that it says, which Pillow itself would not read
    head[29:33] = crc32(head[12:29]).to_bytes(4, "big")
    photo = picture("JPEG", (300, 200))
    cut = [photo[: len(photo) // 2], picture()[:60], picture()[:-20]]
    cut += [whole[: len(whole) * 2 // 3] + b"\xff\xd9" * 2 for whole in noise()]
    cut.append(noise()[1].rpartition(b"\xff\xda")[0] + b"\xff\xd9")  # between two passes
    assert {read_picture(whole, field="logo").width for whole in noise()} == {300}
    monkeypatch.setattr(
        "PIL.ImageFile.LOAD_TRUNCATED_IMAGES", True
    )  # as the library that draws letters has it
    for content in (bomb, bytes(head), picture("GIF"), *cut, b"%PDF-1.7", bytes(3_000_000)):
        with pytest.raises(Exception, match="picture") as refused:
            read_picture(content, field="logo")
        assert refused.value.problems[0].field == "logo"

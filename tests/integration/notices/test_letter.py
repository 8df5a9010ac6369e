"""The letter itself: its words, its length, and that nothing an investor is called can change it."""

from datetime import date
from decimal import Decimal

import pytest

from blackgem.lib.context import WriteContext
from blackgem.lib.pdf import identifier_of
from capital.services import calls
from capital.services.plans import LinePlan
from funds.services.letters import file_name
from funds.services.rendering import letter_html, make_pdf
from tests.integration.capital.story import NOW

from .letters import notices, story, text_of

pytestmark = pytest.mark.django_db

HOSTILE = (
    "<img src=http://169.254.169.254/x> \"&' <script>alert(1)</script> {{ settings.SECRET_KEY }} {% debug %}"
)


def letter(told, call=None):
    return notices(call or told.issued("100000.00"))[0]


def test_the_letter_says_all_that_is_needed_to_pay():
    told = story()
    investor = told.partners[0].investor
    investor.name, investor.attention = "Anderson Trust", "John Anderson, Trustee"
    investor.address = "1 Main Street\nGreenwich, CT 06830"
    investor.save()
    text = text_of(make_pdf(letter(told)).content)
    for expected in (
        "Granite Search Fund I, L.P.",
        "200 Clarendon Street",
        "CC1-0001",
        "March 1, 2026",
        "Anderson Trust",
        "Attention: John Anderson, Trustee",
        "Greenwich, CT 06830",
        "Limited Partnership Agreement of September 1, 2025",
        "$60,000.00",
        "Sixty thousand US dollars and 00/100",
        "March 15, 2026",
        "Acquisition",
        "First Republic Trust",
        "000123456789",
        "021000021",
        "never change by e-mail",
        "number you already hold",
        "version 1, last verified on September 2, 2025",
        "Maya Fields",
        "+1 617 555 0142",
        "Daniel Reyes",
        "Managing Member",
        "Page 1 of 2",
        "All amounts are in US dollars (USD)",
    ):
        assert expected in text, expected


@pytest.mark.parametrize(("characters", "pages"), [(0, 2), (900, 2), (1990, 3)])
def test_a_letter_about_one_line_has_two_pages_unless_very_much_is_said(characters, pages):
    told = story()
    investor = told.partners[0].investor
    investor.name = investor.attention = "The Extraordinarily Long-Named Family Foundation of " + "x" * 40
    investor.address = "\n".join(["Floor 21, Building C, 200 Clarendon Street"] * 5)
    investor.save()
    detail = ("Fees of counsel, accountants and the escrow agent at the closing. " * 40)[:characters].strip()
    call = told.issued("100000.00", purpose="P" * 200, purpose_detail=detail)
    assert make_pdf(letter(told, call)).page_count == pages


def test_many_lines_flow_on_and_repeat_the_head_of_their_table():
    told = story(("60000000.00",))
    lines = [LinePlan("partnership_expenses", Decimal("100.00")) for _ in range(45)]
    made = make_pdf(letter(told, told.issued("4500.00", lines=lines)))
    assert made.page_count == 4
    assert text_of(made.content).count("Use of the money") == 3


def test_what_people_typed_is_text_in_the_letter_and_nothing_else():
    told = story(
        name=HOSTILE, legal_name=HOSTILE, address=HOSTILE, contact_name=HOSTILE, signatory_name=HOSTILE
    )
    investor = told.partners[0].investor
    investor.name = investor.attention = investor.address = HOSTILE
    investor.save()
    notice = letter(told, told.issued("100000.00", purpose=HOSTILE, purpose_detail=HOSTILE))
    html = letter_html(notice)
    assert "<img" not in html
    assert "<script" not in html
    assert "{{ settings.SECRET_KEY }}" in html
    text = text_of(make_pdf(notice).content)
    assert "<script>alert(1)</script>" in text
    assert text.count("{% debug %}") >= 5


@pytest.mark.parametrize(
    "name", ["Ελένη Παπαδοπούλου", "Софія Ковальчук", "Nguyễn Thị Ánh", "Ægir Ørsted Łukasz"]
)
def test_names_in_other_scripts_are_printed(name):
    told = story()
    told.partners[0].investor.name = name
    told.partners[0].investor.save()
    assert name in text_of(make_pdf(letter(told)).content)


def test_without_verified_bank_details_the_letter_asks_not_to_pay_yet():
    told = story()
    notice = letter(told)
    notice.facts["bank"] = None
    text = text_of(make_pdf(notice).content)
    assert "Do not pay yet" in text
    assert "Account number" not in text


def test_a_currency_without_cents_has_none():
    notice = letter(story())
    notice.facts["currency"] = "JPY"
    text = text_of(make_pdf(notice).content)
    assert "Sixty thousand Japanese yen" in text
    assert "60,000.00" not in text


def test_a_new_version_says_so_and_what_changed():
    told = story()
    call = told.issued("100000.00")
    calls.reword_call(
        call_id=call.pk,
        purpose="Acquisition",
        purpose_detail="",
        due_date=date(2026, 4, 2),
        ctx=WriteContext(told.manager, NOW),
    )
    text = text_of(make_pdf(notices(call)[1]).content)
    assert "takes the place of every earlier version" in text
    assert "due date" in text
    assert "April 2, 2026" in text


def test_an_excused_line_says_why():
    told = story()
    lines = (LinePlan("investment", Decimal("50000.00")), LinePlan("management_fee", Decimal("10000.00")))
    call = told.issued("60000.00", lines=lines, items=[told.excuse(told.partners[0], line=0)])
    assert "You are excused from this part: Excused from tobacco" in text_of(
        make_pdf(letter(told, call)).content
    )


def test_the_pdf_names_its_notice_and_commitment():
    told = story()
    notice = letter(told)
    ids = f"notice={notice.public_id} version=1 commitment={notice.commitment.public_id}"
    assert identifier_of(make_pdf(notice).content) == ids


def test_a_file_name_is_safe_whatever_the_reference_holds():
    told = story()
    notice = letter(told)
    notice.number = 'CC1-../../x"\r\n é'
    assert file_name(notice) == "CC1-..-..-x--v1.pdf"

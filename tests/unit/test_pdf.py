"""The renderer: what a PDF carries, and what it never opens."""

import http.server
import threading
from io import BytesIO

import pytest
from django.conf import settings
from pypdf import PdfReader, PdfWriter

from blackgem.lib import pdf
from blackgem.lib.letter_fonts import Unprintable, check_printable, texts_in

STYLES = settings.BASE_DIR / "templates" / "notices" / "notices.css"
PAGE = (
    '<!doctype html><html lang="en" class="letter"><head><title>A letter</title>{head}</head>'
    "<body>{body}</body></html>"
)


def rendered(body="<h1>First</h1><p>Text</p><h2>Second</h2>", head=""):
    return pdf.render_pdf(PAGE.format(head=head, body=body), stylesheet=STYLES, identifier="x=1")


def read(document):
    return PdfReader(BytesIO(document.content))


def test_a_document_is_tagged_and_has_title_language_and_bookmarks():
    reader = read(rendered())
    catalog = reader.trailer["/Root"]
    assert reader.metadata.title == "A letter"
    assert catalog["/Lang"] == "en"
    assert catalog["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalog
    assert b"pdfuaid:part" in catalog["/Metadata"].get_data()
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    titles = [entry.title for entry in reader.outline if not isinstance(entry, list)]
    assert titles == ["First"]


def test_an_identifier_is_kept():
    assert pdf.identifier_of(rendered().content) == "x=1"


def test_what_has_no_identifier_has_none():
    blank = BytesIO()
    writer = PdfWriter()
    writer.add_blank_page(72, 72)
    writer.write(blank)
    assert pdf.identifier_of(blank.getvalue()) is None
    assert pdf.identifier_of(b"no PDF at all") is None


def test_fonts_are_the_projects_own_and_embedded():
    reader = read(rendered())
    assert len(font_names(reader)) == 2
    assert all("+Letter-S" in name for name in font_names(reader))
    for font in reader.pages[0]["/Resources"]["/Font"].values():
        [descendant] = font.get_object()["/DescendantFonts"]
        assert "/FontFile2" in descendant.get_object()["/FontDescriptor"]


def test_each_script_has_its_own_glyphs_in_regular_and_semi_bold():
    names = "Łukasz Nguyễn Ελένη Софія Қазақ"
    reader = read(rendered(f"<p>{names}</p><p><b style='font-weight: 600'>{names}</b></p>"))
    text = " ".join(reader.pages[0].extract_text().split())
    assert text.count(names) == 2
    for name in ("Latin-Ext", "Vietnamese", "Greek", "Cyrillic", "Cyrillic-Ext"):
        for weight in ("", "-Semi-Bold"):
            assert any(font.endswith(f"Letter-Sans-{name}{weight}") for font in font_names(reader)), (
                name,
                weight,
            )


def font_names(reader):
    fonts = reader.pages[0]["/Resources"]["/Font"].values()
    return {str(font.get_object()["/BaseFont"]) for font in fonts}


def test_a_page_is_a_letter_or_a4_as_its_class_says():
    letter = read(rendered()).pages[0].mediabox
    html = PAGE.format(head="", body="<p>x</p>").replace('class="letter"', 'class="a4"')
    a4 = pdf.render_pdf(html, stylesheet=STYLES, identifier="x=1")
    assert (round(letter.width), round(letter.height)) == (612, 792)
    assert (round(read(a4).pages[0].mediabox.width), round(read(a4).pages[0].mediabox.height)) == (595, 842)


@pytest.fixture
def tempting_server():
    """Notes every request that reaches it."""
    asked = []

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def test_nothing_foreign_is_loaded(tempting_server, tmp_path):
    url, asked = tempting_server
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    body = f"""
        <img src="{url}/image.png"><object data="{url}/object"></object><embed src="{url}/embed">
        <a rel="attachment" href="{secret.as_uri()}">file</a>
        <svg width="9" height="9"><image href="{url}/svg.png"/><use href="{url}/use.svg#x"/></svg>
        <p style="background: url({url}/background.png); list-style-image: url('{url}/list.png')">x</p>
    """
    head = f"""
        <link rel="stylesheet" href="{url}/style.css"><link rel="attachment" href="{secret.as_uri()}">
        <style>@import url("{url}/import.css");
               @font-face {{ font-family: Own; src: url("{url}/font.woff") }} p {{ font-family: Own }}</style>
    """
    reader = read(rendered(body, head))
    assert asked == []
    assert not reader.attachments
    assert b"the secret" not in rendered(body, head).content


@pytest.mark.parametrize(
    "url",
    [
        "http://fonts.example/inter.woff",
        "https://127.0.0.1/inter.woff",
        "file:///etc/passwd",
        "file:///etc/passwd.woff",
        "file://host/inter-latin-400-normal.woff",
        "data:font/woff;base64,AAAA",
        "ftp://fonts.example/inter.woff",
        "/etc/passwd",
        f"file://{settings.BASE_DIR}/static/fonts/pdf/../../../manage.py",
        f"file://{settings.BASE_DIR}/static/fonts/pdf/../../../x.woff",
    ],
)
def test_the_fetcher_opens_its_own_fonts_and_nothing_else(url):
    with pytest.raises(pdf.ForeignResource):
        pdf.OwnFilesOnly().fetch(url)


def test_its_own_fonts_are_opened():
    own = settings.BASE_DIR / "static" / "fonts" / "pdf" / "inter-latin-400-normal.woff"
    assert pdf.OwnFilesOnly().fetch(own.as_uri()).read(4) == b"wOFF"


def test_a_runaway_document_is_refused_before_and_after_layout(monkeypatch):
    with pytest.raises(pdf.DocumentRefused):
        rendered("x" * (pdf.LONGEST_HTML + 1))
    monkeypatch.setattr(pdf, "MOST_PAGES", 2)
    with pytest.raises(pdf.DocumentRefused):
        rendered('<p style="break-after: page">x</p>' * 4)


def test_a_hash_belongs_to_the_bytes():
    document = rendered()
    assert len(document.sha256) == 64
    assert document.sha256 == pdf.Pdf(document.content, 1).sha256 != pdf.Pdf(b"other", 1).sha256


# ---------------------------------------------------------------- every script that is offered

SCRIPTS = {
    "Łukasz Żółć": "Letter-Sans-Latin-Ext",
    "Ελληνικά": "Letter-Sans-Greek",
    "Єврокапітал": "Letter-Sans-Cyrillic",
    "Nguyễn": "Letter-Sans-Vietnamese",
    "شركة الاستثمار": "Letter-Arabic",
    "קרן השקעות": "Letter-Hebrew",
    "भारतीय निवेश": "Letter-Devanagari",
    "กองทุนไทย": "Letter-Thai",
    "한국투자증권": "Letter-CJK",
    "日本投資ファンド": "Letter-CJK",
    "中国投资": "Letter-CJK",
    "臺灣投資": "Letter-CJK",
}


def test_every_script_is_printed_in_a_font_of_the_projects_own():
    """None of these fonts is one that the machine happens to have, and none of the characters is the empty box."""
    shown = (f"<p>{name}</p><p><b style='font-weight: 600'>{name}</b></p>" for name in SCRIPTS)
    names = font_names(read(rendered("".join(shown))))
    bold = {f"{font}-Semi-Bold" for font in SCRIPTS.values() if font != "Letter-CJK"}
    wanted = {*SCRIPTS.values(), *bold}
    assert {font for font in wanted if not any(name.endswith(font) for name in names)} == set()
    assert [name for name in names if "+Letter-" not in name] == []


def test_what_no_font_prints_is_refused_by_its_name_and_character():
    with pytest.raises(Unprintable) as refused:
        rendered("<p>Acme 𓀀 Ventures</p>")
    assert "U+13000, egyptian hieroglyph a001" in refused.value.message
    check_printable(["Acme", "한국\u200d", "one\ntwo"])
    with pytest.raises(Unprintable, match="“🙂 Ventures” cannot be printed"):
        check_printable(texts_in({"partner": {"name": "🙂 Ventures"}, "lines": [{"label": "Fee"}]}))

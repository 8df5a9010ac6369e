"""The demo's mail page shows what was sent, and runs nothing that a message brings along."""

import smtplib
import urllib.error
import urllib.request
from email.message import EmailMessage

import pytest

from devtools.embedded.mail import MailCatcher


@pytest.fixture
def catcher(tmp_path):
    made = MailCatcher(tmp_path)
    made.start()
    yield made
    made.stop()


def send(catcher, message):
    with smtplib.SMTP("127.0.0.1", catcher.smtp.port, timeout=5) as client:
        client.send_message(message, "capital@demo.example", ["lp@demo.example"])


def notice():
    message = EmailMessage()
    message["From"], message["To"] = "capital@demo.example", "lp@demo.example"
    message["Subject"] = "Capital call <script>alert(1)</script>"
    message.set_content("Please pay 8,000.00 <b>today</b>")
    message.add_alternative("<p>Please pay</p><script>alert(2)</script>", subtype="html")
    message.add_attachment(b"%PDF-1.7 test", maintype="application", subtype="pdf", filename="Notice é.pdf")
    message.add_attachment(b"<script>", maintype="text", subtype="html", filename="page.html")
    return message


def get(catcher, path=""):
    with urllib.request.urlopen(catcher.page_url + path, timeout=5) as answer:
        return answer, answer.read().decode(errors="replace")


def test_an_empty_page_says_so(catcher):
    assert "No mail yet" in get(catcher)[1]


def test_a_message_is_listed_and_shown(catcher):
    send(catcher, notice())
    (name,) = catcher.store.names()
    assert "lp@demo.example" in get(catcher)[1]
    shown = get(catcher, name)[1]
    assert "Please pay 8,000.00 &lt;b&gt;today&lt;/b&gt;" in shown
    assert "Notice é.pdf" in shown
    assert "<script>" not in get(catcher)[1] + shown


def test_its_html_is_sandboxed_and_without_scripts(catcher):
    send(catcher, notice())
    answer, body = get(catcher, f"{catcher.store.names()[0]}/html")
    assert "<p>Please pay</p>" in body
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_a_pdf_opens_and_anything_else_is_downloaded(catcher):
    send(catcher, notice())
    name = catcher.store.names()[0]
    pdf, page = get(catcher, f"{name}/0")[0], get(catcher, f"{name}/1")[0]
    assert (pdf.headers["Content-Type"], pdf.headers["Content-Disposition"][:6]) == (
        "application/pdf",
        "inline",
    )
    assert page.headers["Content-Type"] == "application/octet-stream"
    assert page.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("path", ["../runtime.json", "20260101T000000-1.eml", "%2e%2e/runtime.json"])
def test_nothing_but_messages_is_served(catcher, path):
    with pytest.raises(urllib.error.HTTPError) as refused:
        get(catcher, path)
    assert refused.value.code == 404
    refused.value.close()


def test_another_site_s_name_for_this_address_is_refused(catcher):
    request = urllib.request.Request(catcher.page_url, headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=5)
    assert refused.value.code == 421
    refused.value.close()

"""What an investor finds in the mail."""

from email import policy
from email.parser import BytesParser
from html.parser import HTMLParser

import pytest

from blackgem.lib import mail as relay_module
from blackgem.lib.mail_texts import text_mail
from funds.models import NoticeDelivery
from funds.services import letters

from .letters import (
    after,
    deliver_all,
    deliveries,
    notices,
    render_all,
    send,
    states,
    story,
    text_of,
)

pytestmark = pytest.mark.django_db


def test_each_partner_gets_its_own_notice_once(mail_server):
    told = story()
    call = told.issued("100000.00")
    send(told, call)
    render_all()
    assert deliver_all() == 3
    assert states(call) == ["sent"] * 3
    for number, amount in ((1, "$60,000.00"), (2, "$30,000.00"), (3, "$10,000.00")):
        [mail] = mail_server.to(f"lp{number}@example.com")
        [attachment] = mail.iter_attachments()
        assert attachment.get_filename() == f"{call.fund.code}-CC1-000{number}-v1.pdf"
        assert amount in text_of(attachment.get_content())
    assert deliver_all(at=after(days=1)) == 0
    assert len(mail_server.messages) == 3


def test_the_mail_is_text_and_html_without_amounts_and_names_the_fund(sent_call, mail_server):
    deliver_all()
    mail = mail_server.messages[0]
    delivery = deliveries(sent_call)[0]
    assert (
        mail["Subject"]
        == f"Capital call notice {sent_call.fund.code}-CC1-0001 of Granite Search Fund I, L.P."
    )
    assert mail["From"] == '"Granite Search Fund I, L.P." <capital@demo.example>'
    assert mail["Reply-To"] == "ir@granite.example"
    assert mail["Message-ID"] == delivery.message_id
    assert "List-Unsubscribe" not in mail
    text = mail.get_body(["plain"]).get_content()
    html = mail.get_body(["html"]).get_content()
    for body in (text, html):
        assert "http://testserver/" in body
        assert "March 15, 2026" in body
        assert "never change by e-mail" in body
        assert "60,000" not in body


def test_what_was_sent_is_the_stored_document(sent_call, mail_server):
    deliver_all()
    [attachment] = mail_server.messages[0].iter_attachments()
    assert attachment.get_content() == bytes(notices(sent_call)[0].document.content)


def test_a_fund_may_keep_its_pdfs_off_the_mail(sent_call, mail_server):
    fund = sent_call.told.fund
    fund.attach_notices = False
    fund.save()
    deliver_all()
    assert not list(mail_server.messages[0].iter_attachments())
    assert "You can read it here" in mail_server.messages[0].get_body(["plain"]).get_content()


def test_names_cannot_add_headers_or_markup(mail_server, quick):
    hostile = 'A\u00a0"B" <c@d.example>, Bcc: x@y.example <script>alert(1)</script>'
    told = story(("100000.00",), legal_name=hostile)
    told.partners[0].investor.name = hostile
    told.partners[0].investor.save()
    call = told.issued()
    send(told, call)
    render_all()
    deliver_all()
    [mail] = mail_server.messages
    assert mail["X-Envelope-To"] == "lp1@example.com"
    assert mail["X-Envelope-From"] == "capital@demo.example"
    assert mail["Bcc"] is None
    assert "<script>" not in mail.get_body(["html"]).get_content()


def test_a_line_end_in_a_fact_does_not_reach_a_header(sent_call):
    delivery = NoticeDelivery.objects.select_related("notice__fund", "notice__document").get(
        pk=deliveries(sent_call)[0].pk
    )
    delivery.notice.number = "CC1\r\nBcc: x@y.example"
    delivery.notice.fund.legal_name = "Fund\r\nBcc: x@y.example"
    message = letters.compose(delivery)
    raw = BytesParser(policy=policy.default).parsebytes(relay_module.seal(message).content)
    assert raw["Bcc"] is None
    delivery.recipients = ["a@b.example\nBcc: x@y.example"]
    with pytest.raises(ValueError, match=r"newline|invalid|parsed"):
        relay_module.seal(letters.compose(delivery))


def test_lines_that_begin_with_a_dot_arrive_as_they_were(sent_call, mail_server):
    delivery = NoticeDelivery.objects.select_related("notice__fund", "notice__document").first()
    message = letters.compose(delivery)
    message.body = ".\n..\n.hidden\nend"
    with relay_module.Relay() as relay:
        relay.open()
        assert relay.send(relay_module.seal(message)) == relay_module.Taken()
    assert mail_server.messages[0].get_body(["plain"]).get_content() == ".\r\n..\r\n.hidden\r\nend"


class Page(HTMLParser):
    """What a mail loads, and where its links lead."""

    def __init__(self, html):
        super().__init__()
        self.loads, self.links = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.loads += [values[name] for name in ("src", "srcset", "background", "poster") if name in values]
        self.loads += [tag] if tag in ("img", "link", "script", "iframe", "object", "form") else []
        self.links += [values["href"]] if "href" in values else []


def test_a_mail_loads_nothing_and_has_colours_for_dark(sent_call, mail_server):
    deliver_all()
    html = mail_server.messages[0].get_body(["html"]).get_content()
    page = Page(html)
    assert not page.loads
    assert "url(" not in html
    assert "@import" not in html
    assert all(link.startswith(("http://testserver/portal/", "mailto:ir@granite")) for link in page.links)
    assert "prefers-color-scheme: dark" in html


def test_a_mail_of_text_says_the_same_in_html_and_links_to_this_site_alone(settings):
    said = (
        "Dear <b>Ann</b>,\n\nhttp://testserver/portal/\n\nSee http://evil.example/ or\nhttp://testserver/x\n\n"
        "http://testserver.evil.example/"
    )
    settings.SITE_URL = "http://testserver"
    mail = text_mail("About\n", said, to=["a@b.example"], sender="Fund & Co")
    [(html, kind)] = mail.alternatives
    page = Page(html)
    assert (mail.body, kind, page.loads) == (said, "text/html", [])
    assert page.links == ["http://testserver/portal/"]
    assert "Dear &lt;b&gt;Ann&lt;/b&gt;," in html
    assert "Fund &amp; Co" in html

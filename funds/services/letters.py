"""The mail around a notice, and the last look before it leaves."""

import hashlib
import re
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from blackgem.lib.pdf import identifier_of
from funds.models import InvestorContact, MailDomain, Notice, NoticeDelivery
from funds.queries.letter_states import CANCELLATION
from funds.queries.seals import BROKEN, seal_holds

from .rendering import identity, is_cancellation

_NOT_FOR_FILE_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


#: What the mail of a letter is headed by, before the number.
HEADINGS = {**dict(Notice.Kind.choices), "cancellation": CANCELLATION}


class Mismatch(Exception):
    """Recipient, notice and document do not belong together; the message is fit for the manager."""


def compose(delivery: NoticeDelivery) -> EmailMultiAlternatives:
    """The mail of a delivery whose parts `check_belongs_together` has compared."""
    notice = delivery.notice
    template = "cancellation" if is_cancellation(notice) else notice.kind
    context = {
        "heading": HEADINGS[template],
        "notice": notice,
        "facts": notice.facts,
        "site_url": settings.SITE_URL,
        "attached": _attaches(notice),
    }
    message = EmailMultiAlternatives(
        subject=_one_line(render_to_string(f"email/{template}_subject.txt", context)),
        body=render_to_string(f"email/{template}.txt", context),
        from_email=_sender(notice),
        to=delivery.recipients,
        reply_to=_reply_to(notice),
        headers={"Message-ID": delivery.message_id},
    )
    message.attach_alternative(render_to_string(f"email/{template}.html", context), "text/html")
    if _attaches(notice):
        message.attach(file_name(notice), bytes(notice.document.content), "application/pdf")
    return message


def file_name(notice: Notice) -> str:
    """ "LSFI-CC3-0001-v1.pdf": letters, digits, points and dashes alone, whatever the reference holds."""
    return _NOT_FOR_FILE_NAMES.sub("-", f"{notice.number}-v{notice.version}") + ".pdf"


def check_belongs_together(delivery: NoticeDelivery) -> None:
    """Compare recipients, notice and PDF with each other and with the books as they are now. Raises Mismatch."""
    notice = delivery.notice
    newest = Notice.objects.filter(kind=notice.kind, item_id=notice.item_id).order_by("-version").first()
    if newest.pk != notice.pk:
        raise Mismatch(f"Version {newest.version} of this notice replaced it before it was sent.")
    facts = notice.facts
    if notice.fund.sender_admitted_at is None:
        raise Mismatch(
            "Nobody admitted this fund as a sender of letters. Send it again once an administrator did."
        )
    if (facts["commitment_id"], facts["item_id"]) != (notice.commitment_id, notice.item_id):
        raise Mismatch("The notice names another partner's commitment or item.")
    if notice.commitment.fund_id != notice.fund_id:
        raise Mismatch("The notice belongs to another fund than its commitment.")
    _check_recipients(delivery)
    _check_document(notice)


def _check_recipients(delivery: NoticeDelivery) -> None:
    contacts = InvestorContact.objects.filter(
        investor=delivery.notice.commitment.investor_id, takes_notices=True
    )
    known = {email.casefold() for email in contacts.values_list("email", flat=True)}
    strangers = [address for address in delivery.recipients if address.casefold() not in known]
    if strangers or not delivery.recipients:
        gone = ", ".join(strangers) or "Nobody"
        raise Mismatch(f"{gone} is no longer a contact of this investor who takes notices. Send it again.")


def _check_document(notice: Notice) -> None:
    content = bytes(notice.document.content)
    if hashlib.sha256(content).hexdigest() != notice.document.sha256:
        raise Mismatch("The stored PDF is not the one that was made: its hash differs.")
    if identifier_of(content) != identity(notice):
        raise Mismatch("The PDF was made for another notice, commitment or item.")
    if not seal_holds(notice):
        raise Mismatch(f"{BROKEN} Send it again: it is then made anew.")


def _attaches(notice: Notice) -> bool:
    return notice.fund.attach_notices


def _sender(notice: Notice) -> str:
    """The site's own address under the fund's name."""
    return formataddr((_one_line(notice.fund.legal_name), parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))


def _reply_to(notice: Notice) -> list[str] | None:
    """The fund's address, while an administrator admits its domain."""
    email = notice.fund.contact_email
    return [email] if email and MailDomain.objects.admits(email) else None


def _one_line(text: str) -> str:
    return " ".join(text.split())

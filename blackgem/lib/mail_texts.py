"""Mails of a few paragraphs: the text is written once, and said in HTML by the same words."""

from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Its lines; where it is nothing but an address of this site, the `link`."""

    lines: tuple[str, ...]

    @property
    def link(self) -> str:
        first = self.lines[0]
        return first if len(self.lines) == 1 and first.startswith(f"{settings.SITE_URL}/") else ""


def paragraphs_of(text: str) -> list[Paragraph]:
    """What empty lines divide."""
    blocks = "\n".join(line.strip() for line in text.splitlines()).split("\n\n")
    return [Paragraph(tuple(block.strip().splitlines())) for block in blocks if block.strip()]


def text_mail(
    subject: str, text: str, *, to: list[str], sender: str = "", **options
) -> EmailMultiAlternatives:
    """The mail in text and HTML. Above it stands who writes: `sender`, or else the site. Nothing but a whole paragraph
    that is an address of this site becomes a link: names and what people wrote do not."""
    shown = {"subject": subject, "sender": sender or settings.SITE_NAME, "paragraphs": paragraphs_of(text)}
    mail = EmailMultiAlternatives(subject, text, to=to, **options)
    mail.attach_alternative(render_to_string("email/text.html", shown), "text/html")
    return mail

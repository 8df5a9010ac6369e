"""Questions of investors, and answers of the fund. Mails say that there is one, and lead to it: what it says stands on
this site alone, so that nobody gets used to believing what a mail says of a fund."""

from django.conf import settings

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import InvalidInput, NotFound
from blackgem.lib.sql import service
from funds.access import MANAGE, Role, check_may, check_role, role_in
from funds.models import Fund, Notice, PartMessage, PortalGrant

from .warnings import warn


def write_question(message: PartMessage, *, part, ctx: WriteContext) -> PartMessage:
    """Keep a question about a part that this person sees, in the caller's transaction; the fund hears of it."""
    _write(message, ctx, also=[part])
    fund, investor = message.fund, message.commitment.investor
    body = (
        f"{ctx.by} asks about {_about(message)} for {investor}, a partner of {fund.legal_name}.\n\nRead and "
        f"answer it here:\n\n{settings.SITE_URL}/questions/{message.pk}/\n\nThe question itself is not in this mail. "
        "Do not answer by mail: the answer is kept beside the question.\n"
    )
    for email in _mailboxes(fund):
        warn(email, f"A question of {investor} to {fund.name}", body, at=ctx.at)
    return message


@service
def answer_question(*, question_id, text: str, ctx: WriteContext) -> PartMessage:
    """Answer the thread that a message belongs to; whoever asked since the last answer hears of it.

    Raises NotFound, Forbidden("role.insufficient"), InvalidInput.
    """
    asked = PartMessage.objects.select_related("fund", "commitment__investor").filter(pk=question_id).first()
    if asked is None or role_in(ctx.by, asked.fund_id) is None:
        raise NotFound("not_found", "There is no such question.")
    check_may(ctx.by, asked.fund_id, MANAGE)
    waiting = _since_last_answer(asked)
    same = ("fund", "commitment", "kind", "subject_id", "item_id")
    answer = PartMessage(from_fund=True, text=text, **{name: getattr(asked, name) for name in same})
    _write(answer, ctx)
    fund = asked.fund
    body = (
        f"{_name(fund)} answered your question about {_about(asked)}.\n\nRead it here:\n\n{_where(asked)}\n\n"
        "The answer itself is not in this mail. Bank details never change by mail.\n"
    )
    for email in sorted(waiting):
        warn(email, f"{_name(fund)} answered your question", body, at=ctx.at)
    return answer


def check_answer(question: PartMessage) -> None:
    """Whether a person with this `role` in its fund answers a question."""
    check_role(question.role, MANAGE)


def _write(message: PartMessage, ctx: WriteContext, also=()) -> None:
    message.text = message.text.strip()
    if not message.text or len(message.text) > PartMessage.MOST_CHARACTERS:
        most = f"{PartMessage.MOST_CHARACTERS:,}"
        raise InvalidInput(
            "message.length", f"Write something, in no more than {most} characters.", field="text"
        )
    message.written_by, message.written_at = ctx.by, ctx.at
    message.save(force_insert=True)
    audit.record(
        verb="answer_question" if message.from_fund else "ask_question",
        ctx=ctx,
        subject=message,
        also=[message.commitment, message.commitment.investor, *also],
        fund_id=message.fund_id,
    )


def _since_last_answer(asked: PartMessage) -> set[str]:
    """The accounts that asked since the fund spoke last, as far as they still see the commitment."""
    thread = PartMessage.objects.filter(kind=asked.kind, item_id=asked.item_id)
    last = thread.filter(from_fund=True).order_by("-pk").values_list("pk", flat=True).first() or 0
    askers = thread.filter(pk__gt=last).values("written_by")
    seeing = PortalGrant.objects.in_force().filter(commitment=asked.commitment_id, contact__user__in=askers)
    return set(seeing.values_list("contact__user__email", flat=True))


def _mailboxes(fund: Fund) -> list[str]:
    """The fund's contact, or where it has none, its managers."""
    if fund.contact_email:
        return [fund.contact_email]
    managers = fund.memberships.filter(role=Role.MANAGER, user__is_active=True)
    return sorted(managers.values_list("user__email", flat=True))


def _name(fund: Fund) -> str:
    """Its name, while somebody stands for it."""
    return fund.legal_name if fund.sender_admitted_at else "The fund"


def _letter(message: PartMessage) -> Notice | None:
    letters = Notice.objects.filter(kind=message.kind, item_id=message.item_id)
    return letters.filter(deliveries__isnull=False).order_by("-version").first()


def _about(message: PartMessage) -> str:
    letter = _letter(message)
    kind = message.get_kind_display().lower()
    return f"{kind} {letter.number}" if letter else kind.removesuffix(" notice")


def _where(message: PartMessage) -> str:
    letter = _letter(message)
    return f"{settings.SITE_URL}/portal/" + (f"documents/{letter.public_id}/" if letter else "")

"""Letters to investors: written with what they are about, queued for mailing by a person's decision.

Everything here happens in the caller's transaction. Workers then make the PDFs (`rendering`) and mail them
(`delivering`); the rows written here are their queue.
"""

import logging
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parseaddr

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import Max
from kombu.exceptions import OperationalError

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.letter_fonts import check_printable, texts_in
from funds.models import (
    Commitment,
    Fund,
    InvestorContact,
    Notice,
    NoticeDelivery,
    NoticeReading,
    NoticeRendering,
)
from funds.queries.seals import seal_holds

log = logging.getLogger(__name__)

State = NoticeDelivery.State
UNDER_WAY = (State.QUEUED, State.SENDING)
#: It did not leave, and a person may send it again.
STOPPED = (State.FAILED, State.HELD)
#: A mail that left, or may have.
REACHED = (State.SENDING, State.SENT, State.UNKNOWN)
NO_CONTACT = "No contact of this investor takes notices. Add one on its page, then send this again."
WAKE_TASK = "funds.tasks.work_on_notices"
WAKE_EXPIRES_SECONDS = 60
#: What a letter is about, by its kind.
SUBJECTS = {
    Notice.Kind.CAPITAL_CALL: "call",
    Notice.Kind.DISTRIBUTION: "distribution",
    Notice.Kind.REFUND: "closing",
    Notice.Kind.CASH_RETURN: "return",
}
#: After so many tries the PDF of a notice is given up, until a person asks for it again.
MOST_RENDERINGS = 6


@dataclass(frozen=True, slots=True)
class NoticeDraft:
    """One letter to be written. `facts` is JSON: amounts, rates and dates as text, exactly as decided."""

    commitment: Commitment
    item_id: int
    number: str
    facts: dict


# ---------------------------------------------------------------- writing


def write_notices(
    *,
    fund: Fund,
    kind: str,
    subject_id: int,
    dated_on: date,
    drafts: Sequence[NoticeDraft],
    change_note: str = "",
    ctx: WriteContext,
) -> list[Notice]:
    """Freeze these letters as the next version of each, and queue their PDFs to be made. Raises Unprintable."""
    for draft in drafts:
        check_printable(texts_in(draft.facts))
    versions = _versions(kind, subject_id)
    notices = Notice.objects.bulk_create(
        Notice(
            fund=fund,
            commitment=draft.commitment,
            kind=kind,
            subject_id=subject_id,
            item_id=draft.item_id,
            number=draft.number,
            version=versions.get(draft.item_id, 0) + 1,
            dated_on=dated_on,
            facts=draft.facts,
            change_note=change_note,
            created_by=ctx.by,
        )
        for draft in drafts
    )
    NoticeRendering.objects.bulk_create(NoticeRendering(notice=notice, due_at=ctx.at) for notice in notices)
    return notices


def draft_notice(*, fund: Fund, kind: str, dated_on: date, draft: NoticeDraft) -> Notice:
    """The first version of a letter as it would be written, in memory alone: it has no id and is not to be saved."""
    return Notice(
        fund=fund,
        commitment=draft.commitment,
        kind=kind,
        item_id=draft.item_id,
        number=draft.number,
        version=1,
        dated_on=dated_on,
        facts=draft.facts,
    )


def rewrite_unsent(
    *, subject, kind: str, facts_of: Callable[[dict, Fund], dict], change_note: str, ctx: WriteContext
) -> list[Notice]:
    """The next version of those newest letters that nobody was sent yet and whose facts `facts_of` changes."""
    newest = list(Notice.objects.newest(kind, subject.pk).select_related("commitment"))
    sent = sent_among(newest)
    pairs = [(one, facts_of(one.facts, subject.fund)) for one in newest if one.pk not in sent]
    return write_notices(
        fund=subject.fund,
        kind=kind,
        subject_id=subject.pk,
        dated_on=ctx.today(subject.fund),
        drafts=[
            NoticeDraft(one.commitment, one.item_id, one.number, facts)
            for one, facts in pairs
            if facts != one.facts
        ],
        change_note=change_note,
        ctx=ctx,
    )


def _versions(kind: str, subject_id: int) -> dict[int, int]:
    """The highest version there is of each item's letter."""
    written = Notice.objects.filter(kind=kind, subject_id=subject_id)
    return dict(written.values_list("item_id").annotate(Max("version")))


# ---------------------------------------------------------------- queueing


def queue_deliveries(*, notices: Sequence[Notice], ctx: WriteContext, resend: bool = False) -> int:
    """Queue these notices for mailing and return how many were queued.

    A notice that was queued before is left alone unless that failed or `resend` is set, and always while it is under
    way. An investor without a contact who takes notices gets a delivery that has failed and says so.
    """
    latest = _latest_deliveries(notices)
    chosen = [notice for notice in notices if _may_queue(latest.get(notice.pk), resend)]
    recipients = _recipients(chosen)
    deliveries = NoticeDelivery.objects.bulk_create(
        _new_delivery(notice, latest.get(notice.pk), recipients.get(notice.commitment_id, []), ctx)
        for notice in chosen
    )
    _try_again_to_render(chosen, ctx.at)
    return sum(delivery.state == State.QUEUED for delivery in deliveries)


def queue_newest(
    *,
    subject,
    kind: str,
    item_id=None,
    resend: bool,
    said: Mapping[str, list] | None = None,
    ctx: WriteContext,
) -> int:
    """Queue the newest letters of a call or distribution, or of one item of it; on record with what was `said` of it,
    and the workers woken."""
    letters = Notice.objects.newest(kind, subject.pk)
    chosen = letters.filter(item_id=item_id) if item_id else letters
    if subject.cancelled_at:
        chosen = chosen.filter(facts__has_key="cancelled")
    queued = queue_deliveries(notices=_sound(chosen, subject, kind, ctx), ctx=ctx, resend=resend)
    if queued:
        audit.record(
            verb="resend_notice" if item_id else "send_notices",
            ctx=ctx,
            subject=subject,
            fund_id=subject.fund_id,
            changes={"notices_queued": [None, queued], **(said or {})},
        )
        nudge()
    return queued


def _sound(letters, subject, kind: str, ctx: WriteContext) -> list[Notice]:
    """These letters; instead of one whose PDF is not what was made of it its next version, which says the same and is
    compared with the books again."""
    letters = list(letters.select_related("document", "commitment"))
    broken = {one.pk for one in letters if hasattr(one, "document") and not seal_holds(one)}
    if not broken:
        return letters
    anew = write_notices(
        fund=subject.fund,
        kind=kind,
        subject_id=subject.pk,
        dated_on=ctx.today(subject.fund),
        drafts=[
            NoticeDraft(one.commitment, one.item_id, one.number, one.facts)
            for one in letters
            if one.pk in broken
        ],
        change_note="Made anew; it says the same.",
        ctx=ctx,
    )
    for notice in anew:
        audit.record(
            verb="make_letter_anew",
            ctx=ctx,
            subject=notice,
            also=[notice.commitment, subject],
            fund_id=notice.fund_id,
        )
    return [*(one for one in letters if one.pk not in broken), *anew]


def withdraw_deliveries(*, kind: str, subject_id: int, reason: str, items=None) -> int:
    """Take out of the queue what was not handed to the mail relay yet, of these items where they are given, and return
    how many. The reason is kept."""
    waiting = _of(kind, subject_id).filter(state=State.QUEUED)
    if items is not None:
        waiting = waiting.filter(notice__item_id__in=items)
    return waiting.update(state=State.FAILED, failure=reason[:500])


def queue_next_versions(*, notices: Sequence[Notice], ctx: WriteContext) -> int:
    """Queue new versions for exactly those who got an earlier one, or for whom it was on its way. Returns how many.

    What still waits of their earlier versions is taken out of the queue: the new one goes instead. Letters of others
    stay in it.
    """
    if not notices:
        return 0
    kind, subject_id = notices[0].kind, notices[0].subject_id
    expected = items_expecting(kind, subject_id)
    withdraw_deliveries(
        kind=kind,
        subject_id=subject_id,
        reason="A later version took its place.",
        items=[one.item_id for one in notices],
    )
    return queue_deliveries(notices=[one for one in notices if one.item_id in expected], ctx=ctx)


def write_cancellations(
    *, subject, kind: str, facts_of: Callable[[dict, Fund], dict], ctx: WriteContext, reason: str
) -> list[Notice]:
    """Tell exactly those who got a letter about a call or distribution that it is cancelled, and why.

    `facts_of` leaves out of a letter's facts what its fund does not let it show of all partners by now.
    The letter is the next version of theirs. Whose letter never left gets none: it would be the first they hear of it.
    """
    noun = SUBJECTS[kind]
    withdraw_deliveries(kind=kind, subject_id=subject.pk, reason=f"The {noun} was cancelled.")
    reached = items_reached(kind, subject.pk)
    letters = Notice.objects.newest(kind, subject.pk).select_related("commitment")
    today = ctx.today(subject.fund)
    cancelled = {"cancelled": {"on": today.isoformat(), "reason": reason}, "bank": None}
    notices = write_notices(
        fund=subject.fund,
        kind=kind,
        subject_id=subject.pk,
        dated_on=today,
        drafts=[
            NoticeDraft(
                one.commitment, one.item_id, one.number, facts_of(one.facts, subject.fund) | cancelled
            )
            for one in letters
            if one.item_id in reached
        ],
        change_note="Cancelled.",
        ctx=ctx,
    )
    queue_deliveries(notices=notices, ctx=ctx)
    nudge()
    return notices


def items_reached(kind: str, subject_id: int) -> set[int]:
    """The items whose investor has a letter: mailed, perhaps mailed, or opened in the portal."""
    mailed = _of(kind, subject_id).filter(state__in=REACHED).values_list("notice__item_id", flat=True)
    opened = NoticeReading.objects.filter(notice__kind=kind, notice__subject_id=subject_id)
    return {*mailed, *opened.values_list("notice__item_id", flat=True)}


def items_expecting(kind: str, subject_id: int) -> set[int]:
    """The items whose investor has a letter, or for whom it is on its way."""
    waiting = _of(kind, subject_id).filter(state=State.QUEUED)
    return {*waiting.values_list("notice__item_id", flat=True), *items_reached(kind, subject_id)}


def letters_unsent(kind: str, subject_id: int) -> bool:
    """Whether one of the newest letters of a call or distribution was never sent."""
    newest = list(Notice.objects.newest(kind, subject_id).defer("facts"))
    return len(sent_among(newest)) < len(newest)


def sent_among(letters: Sequence[Notice]) -> set[int]:
    """Which of these letters somebody decided to mail, by id; not one that is held by now."""
    return {pk for pk, one in _latest_deliveries(letters).items() if one.state != State.HELD}


def _of(kind: str, subject_id: int):
    return NoticeDelivery.objects.filter(notice__kind=kind, notice__subject_id=subject_id)


def _latest_deliveries(notices: Iterable[Notice]) -> dict[int, NoticeDelivery]:
    rows = NoticeDelivery.objects.filter(notice__in=notices).order_by("notice_id", "-round")
    return {delivery.notice_id: delivery for delivery in rows.distinct("notice_id")}


def _may_queue(latest: NoticeDelivery | None, resend: bool) -> bool:
    if latest is None or latest.state in STOPPED:
        return True
    return resend and latest.state not in UNDER_WAY


def _recipients(notices: Iterable[Notice]) -> dict[int, list[str]]:
    """By commitment, the addresses of those contacts of its investor who take notices of this kind: all are of one."""
    found: dict[int, list[str]] = {}
    gets = {InvestorContact.GETS[kind]: True for kind in {notice.kind for notice in notices}}
    contacts = InvestorContact.objects.filter(
        takes_notices=True, investor__commitments__in={notice.commitment_id for notice in notices}, **gets
    )
    pairs = contacts.order_by("pk").values_list("investor__commitments", "email")
    for commitment_id, email in pairs:
        found.setdefault(commitment_id, []).append(email)
    return found


def _new_delivery(notice, latest, recipients, ctx: WriteContext) -> NoticeDelivery:
    number = latest.round + 1 if latest else 1
    return NoticeDelivery(
        notice=notice,
        round=number,
        recipients=recipients,
        state=State.QUEUED if recipients else State.FAILED,
        failure="" if recipients else NO_CONTACT,
        requested_at=ctx.at,
        requested_by=ctx.by,
        due_at=ctx.at,
        message_id=_message_id(notice, number),
    )


def _message_id(notice: Notice, number: int) -> str:
    """Fixed with the delivery, so that a relay can be asked about it; never the same twice, whatever is restored."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{notice.public_id.hex}.{number}.{secrets.token_hex(6)}@{domain}>"


def _try_again_to_render(notices: Iterable[Notice], at: datetime) -> None:
    """Whoever asks for a mail asks for its PDF too, also where making it was given up."""
    given_up = NoticeRendering.objects.filter(notice__in=notices, attempts__gte=MOST_RENDERINGS)
    given_up.update(attempts=0, due_at=at, failure="")


# ---------------------------------------------------------------- waking workers


def nudge() -> None:
    """Wake the workers once the transaction is committed. What is not woken now is found by the next sweep."""
    transaction.on_commit(wake_workers)


def wake_workers() -> None:
    """Ask for as many workers as there are. The broker only wakes: without it, nothing is lost but seconds."""
    try:
        for _ in range(settings.CELERY_WORKER_CONCURRENCY):
            current_app.send_task(WAKE_TASK, expires=WAKE_EXPIRES_SECONDS)
    except OperationalError as error:
        log.warning("The broker is away; notices wait for the next sweep", extra={"reason": str(error)})

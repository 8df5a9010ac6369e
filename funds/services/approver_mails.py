"""Managers are told by mail what waits for them: once for whatever came since the last time, with no word of what it is
but its kind. What waits is asked of the queues, so nothing that is asked for has to say it itself."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef

from blackgem.lib.approvals import Waiting, waiting_rows
from blackgem.lib.opened import written_by_worker
from funds.access import Role
from funds.models import ApproverTold, FundMembership

from .warnings import warn


def tell_approvers(*, at: datetime) -> int:
    """Write to everybody for whom something began to wait; how many mails that are.

    A draft that is sent back and submitted again between two turns is not told of twice.
    """
    manages = FundMembership.objects.filter(user=OuterRef("pk"), role=Role.MANAGER)
    people = get_user_model().objects.filter(Exists(manages), is_active=True).order_by("pk")
    return sum(_tell(person, at) for person in people)


def _tell(person, at: datetime) -> bool:
    if waits := waiting_rows(person):
        return _tell_of(person, waits, at)
    with written_by_worker(at):
        ApproverTold.objects.filter(approver=person).delete()
    return False


def _tell_of(person, waits: set[tuple[str, int]], at: datetime) -> bool:
    with written_by_worker(at):
        row, _ = ApproverTold.objects.get_or_create(approver=person, defaults={"told": {}, "told_at": at})
        row = ApproverTold.objects.select_for_update().get(pk=row.pk)
        told = {(key, pk) for key, ids in row.told.items() for pk in ids}
        new = waits - told
        if waits == told:
            return False
        row.told = _by_queue(waits)
        row.told_at = at
        row.save()
        if new:
            warn(person.email, _subject(len(new)), _body(new, len(waits)), at=at)
    return bool(new)


def _by_queue(rows: set[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for key, pk in sorted(rows):
        found.setdefault(key, []).append(pk)
    return found


def _subject(count: int) -> str:
    return "1 thing waits for your decision" if count == 1 else f"{count} things wait for your decision"


def _body(new: set[tuple[str, int]], all_of_them: int) -> str:
    counts = {key: len(ids) for key, ids in _by_queue(new).items()}
    lines = "\n".join(f"- {words}" for _, words in Waiting(counts).lines)
    older = all_of_them - len(new)
    before = f"\n\n{older} more {'waits' if older == 1 else 'wait'} from before." if older else ""
    return (
        f"In your funds this was submitted or asked for, and another person decides it:\n\n{lines}{before}\n\n"
        f"Read what would take effect, and decide: {settings.SITE_URL}/approvals/\n\n"
        "If you did not expect it, call whoever asked for it on a number that you already hold."
    )

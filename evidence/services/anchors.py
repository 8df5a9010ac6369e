"""Telling outside what the last seal is, so that no one who has the whole database can make all of it anew unseen."""

import os
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model

from blackgem.lib.opened import written_by_worker
from evidence.models import AnchorTold, ChainSeal
from evidence.services.sealing import only_one
from funds.models import FundMembership
from funds.services.warnings import warn

SUBJECT = "Audit trail: anchor of {day}"
BODY = """The audit trail was sealed {times} times by now. The last seal is

{anchor}

Keep this mail. Whoever changes anything that happened before it, with whatever rights, cannot make a trail that ends in
this anchor. To check: manage.py export_audit FOLDER, then python check.py audit.jsonl --anchor {anchor}
"""


def tell_anchor(*, at: datetime) -> AnchorTold | None:
    """Once a day: mail the newest seal to every auditor. None where that was done today, or nothing is sealed."""
    with written_by_worker(at):
        seal = ChainSeal.objects.order_by("-number").first()
        if seal is None or not only_one() or AnchorTold.objects.filter(told_on=at.date()).exists():
            return None
        anchor, auditors = anchor_of(seal), _auditors()
        for address in auditors:
            body = BODY.format(times=seal.number, anchor=anchor)
            warn(address, SUBJECT.format(day=at.date()), body, at=at)
        return AnchorTold.objects.create(
            told_on=at.date(), seal=seal, hash=seal.hash, told_at=at, recipients=len(auditors)
        )


def _auditors() -> list[str]:
    """Everybody who audits a fund, once."""
    people = get_user_model().objects.filter(is_active=True, memberships__role=FundMembership.Role.AUDITOR)
    return sorted(set(people.values_list("email", flat=True)))


def anchor_of(seal: ChainSeal) -> str:
    return f"{seal.number}:{seal.hash}"


def keep_outside(seal: ChainSeal) -> None:
    """Write the seal into the file of the settings, if they name one: whole, or not at all."""
    if not settings.EVIDENCE_ANCHOR_FILE:
        return
    path = Path(settings.EVIDENCE_ANCHOR_FILE)
    beside = path.with_suffix(".new")
    beside.write_text(f"{anchor_of(seal)}\n")
    os.replace(beside, path)

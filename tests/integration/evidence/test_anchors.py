"""What is told outside: by mail to the auditors, in a file that a process asks before it serves, on statements."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection

from evidence.models import AnchorTold
from evidence.queries.anchors import newest_anchor
from evidence.services.anchors import anchor_of, keep_outside, tell_anchor
from evidence.services.sealing import seal_next
from evidence.startup import OutdatedDatabase, require_as_new_as_its_anchor
from funds.models import WarningMail
from tests.factories import FundFactory, MembershipFactory, UserFactory
from tests.integration.closings.story import ClosingStory

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_every_auditor_is_told_once_a_day():
    """Who audits two funds once; nobody whose access ended, and no manager."""
    story = ClosingStory()
    first, second = UserFactory(email="first@audit.example"), UserFactory(email="second@audit.example")
    gone = UserFactory(email="gone@audit.example", is_active=False)
    for who, fund in ((first, story.fund), (first, FundFactory()), (second, story.fund), (gone, story.fund)):
        MembershipFactory(fund=fund, user=who, role="auditor")
    assert tell_anchor(at=NOW) is None
    story.first_two_calls()
    seal = seal_next(at=NOW)
    told = tell_anchor(at=NOW)
    assert (told.seal, told.recipients) == (seal, 2)
    assert tell_anchor(at=NOW + timedelta(hours=6)) is None
    mails = {mail.recipient: mail.body for mail in WarningMail.objects.filter(subject__contains="anchor")}
    assert set(mails) == {"first@audit.example", "second@audit.example"}
    assert all(anchor_of(seal) in body for body in mails.values())
    assert newest_anchor() == anchor_of(seal)
    assert tell_anchor(at=NOW + timedelta(days=1)).told_on > told.told_on
    assert AnchorTold.objects.count() == 2


def test_an_older_database_is_refused(tmp_path, monkeypatch):
    """As after yesterday's backup was restored over today; without an anchor every database will do."""
    monkeypatch.setattr(settings, "EVIDENCE_ANCHOR_FILE", str(tmp_path / "anchor"))
    require_as_new_as_its_anchor(connection)
    ClosingStory().first_two_calls()
    seal = seal_next(at=NOW, limit=5)
    keep_outside(seal)
    require_as_new_as_its_anchor(connection)
    for anchor in (f"{seal.number + 1}:{seal.hash}", f"{seal.number}:{'0' * 64}"):
        (tmp_path / "anchor").write_text(anchor)
        with pytest.raises(OutdatedDatabase, match="known outside"):
            require_as_new_as_its_anchor(connection)

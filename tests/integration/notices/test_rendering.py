"""PDFs are made once, stored with their hash, and a document that cannot be made holds up nobody."""

import hashlib

import pytest
from django.db import DatabaseError, transaction

from blackgem.lib.pdf import DocumentRefused
from funds.models import NoticeDocument, NoticeRendering
from funds.services import delivering, rendering
from funds.services.notices import MOST_RENDERINGS

from .letters import after, deliveries, notices, render_all, send, states, story

pytestmark = pytest.mark.django_db


def test_each_notice_becomes_one_stored_document_with_its_hash():
    told = story()
    call = told.issued()
    assert render_all() == 3
    assert NoticeRendering.objects.count() == 0
    for notice in notices(call):
        content = bytes(notice.document.content)
        assert content.startswith(b"%PDF")
        assert notice.document.sha256 == hashlib.sha256(content).hexdigest()
        assert notice.document.page_count == 2


def test_a_stored_document_is_never_changed(quick):
    told = story(("100000.00",))
    told.issued()
    render_all()
    for forbidden in (
        lambda: NoticeDocument.objects.update(sha256="0" * 64),
        lambda: NoticeDocument.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            forbidden()


def break_first(monkeypatch, error):
    """The first notice that is rendered fails, every time."""
    whole, broken = rendering.make_pdf, []

    def make(notice):
        broken.append(notice.pk) if not broken else None
        if notice.pk == broken[0]:
            raise error
        return whole(notice)

    monkeypatch.setattr(rendering, "make_pdf", make)


def test_one_that_fails_is_tried_again_later_and_the_others_go_on(monkeypatch, quick):
    told = story()
    told.issued()
    break_first(monkeypatch, RuntimeError("out of paper"))
    assert render_all() == 3
    [left] = NoticeRendering.objects.all()
    assert (left.attempts, left.failure) == (1, "RuntimeError: out of paper")
    assert render_all(at=after(seconds=59)) == 0
    assert render_all(at=after(seconds=61)) == 1


def test_what_is_refused_for_its_size_is_not_tried_again_and_its_mail_says_so(monkeypatch, quick):
    told = story()
    call = told.issued()
    send(told, call)
    break_first(monkeypatch, DocumentRefused("The document has 90 pages; at most 60 are printed."))
    render_all()
    assert render_all(at=after(days=1)) == 0
    delivering.sweep(at=after(seconds=1))
    assert states(call) == ["failed", "queued", "queued"]
    assert "at most 60 are printed" in deliveries(call)[0].failure


def test_a_document_that_kills_its_worker_moves_back_and_is_given_up_in_the_end(quick):
    told = story()
    call = told.issued()
    send(told, call)
    first = notices(call)[0].pk
    assert rendering._claim(after()) == first  # the worker dies here
    assert rendering._claim(after()) != first
    NoticeRendering.objects.filter(pk=first).update(attempts=MOST_RENDERINGS)
    assert render_all() == 2
    delivering.sweep(at=after())
    assert deliveries(call)[0].failure == "The PDF could not be made: Its worker was killed every time."
    assert NoticeRendering.objects.get().failure == "Its worker was killed every time."


def test_what_is_to_be_mailed_is_made_first_even_after_a_try_that_was_killed():
    told = story()
    unasked = told.issued()
    call = told.issued()
    send(told, call)
    asked = {notice.pk for notice in notices(call)}
    assert rendering._claim(after()) in asked  # the worker dies here
    assert {rendering._claim(after()) for _ in range(3)} == asked
    assert rendering._claim(after()) in asked
    assert not NoticeRendering.objects.filter(notice__subject_id=unasked.pk, attempts__gt=0).exists()

"""Attempts on letterheads and words: changed, out of turn, by one person, or with what no letter prints."""

import json
from hashlib import sha256

from tests.integration.rails.controls import change
from tests.integration.rails.world import DENIED, UNIQUE, refused
from tests.support.trail import AT

POINT = b"\x89PNG a point"


def picture(t, base, fund=None, **values) -> int:
    row = {"fund_id": fund or base.fund, "content": POINT, "kind": "png", "width": 1, "height": 1}
    row |= {"sha256": sha256(POINT).hexdigest(), "recorded_at": AT, "recorded_by_id": t.person}
    return t.add("letter_images", **row | values)


def wording(t, base, **values) -> int:
    row = {"fund_id": base.fund, "version": 1, "head_lines": "Regulated", "words": "{}"}
    return t.add("letter_wordings", **row | {"recorded_at": AT, "recorded_by_id": t.person} | values)


@refused("letter_wordings_are_kept", DENIED, role="owner")
def words_of_a_version_changed(t, base):
    t.change("letter_wordings", wording(t, base), head_lines="Another")


@refused("letter_wordings_are_kept", DENIED, role="owner")
def a_picture_exchanged(t, base):
    t.change("letter_images", picture(t, base), content=b"another")


@refused("letter_wordings_follow_each_other")
def a_version_out_of_turn(t, base):
    wording(t, base, version=2)


@refused("letter_wordings_follow_each_other")
def the_same_version_twice(t, base):
    wording(t, base)
    wording(t, base)


@refused("letter_wordings_follow_each_other")
def a_logo_of_another_fund(t, base):
    wording(t, base, logo_id=picture(t, base, fund=base.strict))


@refused("letter_words_are_plain")
def words_with_a_name_that_is_none(t, base):
    wording(t, base, words=json.dumps({"refund_closing": "Dear {investor.tax_reference}"}))


@refused("letter_words_are_plain")
def words_of_a_letter_that_there_is_not(t, base):
    wording(t, base, words=json.dumps({"invoice_opening": "Pay"}))


@refused("letter_image_is_what_its_hash_says")
def a_picture_that_is_another(t, base):
    picture(t, base, content=b"another")


@refused("letter_image_is_no_poster")
def a_poster(t, base):
    picture(t, base, width=1601)


@refused("letter_image_kind_is_known")
def a_picture_of_another_kind(t, base):
    picture(t, base, kind="svg")


@refused("letter_image_is_kept_once", UNIQUE)
def a_picture_kept_twice(t, base):
    picture(t, base)
    picture(t, base)


@refused("letter_wording_version_from_one", role="owner")
def a_version_of_zero(t, base):
    t.sql("ALTER TABLE letter_wordings DISABLE TRIGGER guard_letter_wording")
    wording(t, base, version=0)


@refused("letter_wording_version_once", UNIQUE, role="owner")
def a_version_twice_without_the_guard(t, base):
    t.sql("ALTER TABLE letter_wordings DISABLE TRIGGER guard_letter_wording")
    wording(t, base)
    wording(t, base)


@refused("control_changes_need_another_person")
def words_of_a_fund_in_use_by_one_person(t, base):
    wording(t, base, fund_id=base.strict)


@refused("control_changes_need_another_person")
def other_words_than_were_approved(t, base):
    asked = {"head_lines": "Another", "logo_id": None, "signature_id": None, "words": {}}
    change(t, base, kind="wording", becomes=json.dumps(asked))
    wording(t, base, fund_id=base.strict)

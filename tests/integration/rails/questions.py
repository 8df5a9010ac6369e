"""Attempts to ask or answer in the portal what one may not, or too often."""

from tests.integration.rails.deeds import stands_for
from tests.integration.rails.world import CHECK, DENIED, refused
from tests.support.opened import open_raw
from tests.support.trail import AT


def say(t, call, item, **values):
    """A message about a partner's part of a call, by the person of the attempt."""
    fund, partner = t.one(
        "SELECT k.fund_id, i.commitment_id FROM capital_call_items i JOIN capital_calls k ON k.id = i.call_id"
        " WHERE i.id = %s",
        item,
    )
    row = {
        "fund_id": fund,
        "commitment_id": partner,
        "kind": "capital_call",
        "subject_id": call,
        "item_id": item,
        "text": "Why?",
        "written_at": AT,
        "written_by_id": t.person,
    }
    return t.add("part_messages", **row | values)


def asked(t, base, times=1, **values):
    """By a contact who sees the commitment."""
    stands_for(t, base.a)
    for _ in range(times):
        say(t, base.open.id, base.open.items[base.a], **values)


@refused("question_is_by_who_sees_the_commitment")
def a_question_of_who_sees_nothing(t, base):
    say(t, base.open.id, base.open.items[base.a])


@refused("question_is_by_who_sees_the_commitment")
def a_question_about_the_part_of_another_partner(t, base):
    stands_for(t, base.b)
    say(t, base.open.id, base.open.items[base.a])


@refused("message_is_about_an_issued_part")
def a_question_about_a_draft(t, base):
    stands_for(t, base.a)
    say(t, base.draft.id, base.draft.items[base.a])


@refused("message_is_about_an_issued_part")
def a_question_about_the_part_of_another_in_ones_own_thread(t, base):
    stands_for(t, base.a)
    say(t, base.open.id, base.open.items[base.b], commitment_id=base.a)


@refused("answer_is_by_a_manager_of_the_fund")
def an_answer_of_who_asked(t, base):
    asked(t, base)
    say(t, base.open.id, base.open.items[base.a], from_fund=True)


@refused("answer_is_by_a_manager_of_the_fund")
def an_answer_to_nothing(t, base):
    admin = t.user(is_superuser=True)
    say(t, base.open.id, base.open.items[base.a], from_fund=True, written_by_id=admin)


@refused("part_messages_kind_known")
def a_question_about_nothing_of_the_fund(t, base):
    asked(t, base, kind="zz")


@refused("questions_are_not_too_many")
def eleven_questions_in_an_hour(t, base):
    asked(t, base, times=11)


@refused("part_message_says_something", CHECK)
def a_question_that_asks_nothing(t, base):
    asked(t, base, text="")


@refused("entry_is_of_who_writes")
def a_question_in_the_name_of_another(t, base):
    asked(t, base)
    open_raw(t.connection, base.second, AT)
    t.sql(
        "INSERT INTO part_messages (fund_id, commitment_id, kind, subject_id, item_id, from_fund, text, written_at,"
        " written_by_id) SELECT fund_id, commitment_id, kind, subject_id, item_id, false, 'Again', %s, written_by_id"
        " FROM part_messages LIMIT 1",
        AT,
    )


@refused("messages_are_append_only", DENIED, role="owner")
def a_question_worded_anew(t, base):
    t.sql("UPDATE part_messages SET text = 'Other'")


@refused("messages_are_append_only", DENIED, role="owner")
def a_question_taken_away(t, base):
    t.sql("DELETE FROM part_messages")

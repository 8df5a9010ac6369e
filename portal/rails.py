"""What the rails of this app say to a person, should one ever have to speak instead of a service."""

from functools import partial

from blackgem.lib.errors import Conflict, Forbidden, InvalidInput
from blackgem.lib.sql import RAILS

PORTAL_RAILS = {
    "letter_is_read_by_its_contact": partial(
        Forbidden, "notice.reader", "A letter is read by a contact of its investor.", field=None
    ),
    "letter_is_acknowledged_by_who_may": partial(
        Forbidden, "notice.not_to_acknowledge", "You may read this letter, not acknowledge it.", field=None
    ),
    "message_is_about_an_issued_part": partial(
        Conflict, "message.not_issued", "Questions are about what was issued.", field=None
    ),
    "question_is_by_who_sees_the_commitment": partial(
        Forbidden, "message.not_to_ask", "You do not see this commitment any more.", field=None
    ),
    "answer_is_by_a_manager_of_the_fund": partial(
        Forbidden, "role.insufficient", "Managers of the fund answer what was asked.", field=None
    ),
    "questions_are_not_too_many": partial(
        Conflict,
        "message.too_many",
        "You asked ten questions within an hour. Please ask the next one later, or call the fund.",
        field="text",
    ),
    "messages_are_append_only": partial(
        Conflict, "append_only", "What was asked and answered stays as it was written.", field=None
    ),
    "part_message_says_something": partial(InvalidInput, "message.length", "Write something.", field="text"),
    "reading_is_of_who_writes": partial(
        Forbidden,
        "not_opened",
        "A deed is that of the person who writes, at the moment of writing.",
        field=None,
    ),
    "cancelled_is_not_acknowledged": partial(
        Conflict,
        "notice.cancelled",
        "This was cancelled: there is nothing to acknowledge.",
        field=None,
    ),
}

RAILS.update(PORTAL_RAILS)

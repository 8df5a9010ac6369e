"""What the rails of partners' bank details, of numbers on file, of calls and of what is encrypted say to a person."""

from functools import partial

from blackgem.lib.errors import Conflict, Forbidden, InvalidInput
from blackgem.lib.sql import RAILS


def _say(kind, code, message, field=None):
    return partial(kind, code, message, field=field)


_WHO_AND_WHEN = _say(InvalidInput, "who_and_when", "Who decided and when belong together.")
_HISTORY = _say(Conflict, "append_only", "What was entered is kept.")
PLAIN = _say(
    Conflict, "secret.plain", "Account numbers and tax references are encrypted before they are kept."
)

PAYEE_RAILS = {
    "bank_details_account_number_is_encrypted": PLAIN,
    "bank_details_iban_is_encrypted": PLAIN,
    "payee_details_account_number_is_encrypted": PLAIN,
    "payee_details_iban_is_encrypted": PLAIN,
    "investor_tax_reference_is_encrypted": PLAIN,
    "event_keeps_secrets_encrypted": PLAIN,
    "letter_keeps_secrets_encrypted": PLAIN,
    "notice_document_is_encrypted": PLAIN,
    "answer_is_encrypted": PLAIN,
    "phone_numbers_are_append_only": _HISTORY,
    "call_backs_are_append_only": _HISTORY,
    "payee_details_are_append_only": _HISTORY,
    "payee_is_a_partner_of_the_fund": _say(
        InvalidInput, "keys.disagree", "This belongs to a partner of another fund."
    ),
    "phone_number_can_be_called": _say(
        InvalidInput, "phone_number.invalid", "Enter a number such as +1 212 555 0100.", "number"
    ),
    "phone_number_is_on_file_once": _say(
        Conflict, "phone_number.on_file", "This number is on file already.", "number"
    ),
    "phone_number_withdrawn_at_with_by": _WHO_AND_WHEN,
    "payee_details_version_once": _say(
        Conflict, "payee_details.pending", "Somebody entered other details a moment ago."
    ),
    "one_set_of_payee_details_waits": _say(
        Conflict, "payee_details.pending", "Other details still wait to be verified."
    ),
    "payee_details_name_an_account": _say(
        InvalidInput, "bank_details.no_account", "Enter an account number or an IBAN.", "account_number"
    ),
    "payee_country_has_two_letters": _say(
        InvalidInput,
        "holder_country.invalid",
        "Enter the two letters of the country, such as US.",
        "holder_country",
    ),
    "payee_details_rest_first": _say(
        Conflict, "payee_details.cooling", "New bank details rest before they take the place of others."
    ),
    "payee_details_are_decided_once": _say(
        Conflict, "payee_details.decided", "These bank details were decided already."
    ),
    "payee_details_verified_at_with_by": _WHO_AND_WHEN,
    "payee_details_rejected_at_with_by": _WHO_AND_WHEN,
    "payee_verifier_is_another": _say(Forbidden, "four_eyes", "Another person verifies bank details."),
    "call_back_is_about_one_account": _say(
        InvalidInput, "call_back.about", "A call is about one set of bank details."
    ),
    "call_back_says_who_answered": _say(
        InvalidInput, "call_back.spoke_to", "Say whom the call reached.", "spoke_to"
    ),
    "call_back_follows_its_request": _say(
        InvalidInput,
        "call_back.moment",
        "A call is about bank details that wait, since they were entered.",
        "called_at",
    ),
    "call_back_goes_to_a_number_on_file": _say(
        InvalidInput,
        "call_back.number",
        "Call on a number that was on file before these details were asked for.",
        "number",
    ),
    "details_are_verified_by_a_call_back": _say(
        Conflict, "call_back.missing", "Bank details are verified by who called back and had them confirmed."
    ),
    "letters_without_account_are_for_administrators": _say(
        Forbidden,
        "role.insufficient",
        "An administrator says whether letters may leave without bank details.",
    ),
}

RAILS.update(PAYEE_RAILS)

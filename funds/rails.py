"""What the rails of this app say to a person, should one ever have to speak instead of a service."""

from functools import partial

from blackgem.lib.errors import Conflict, Forbidden, InvalidInput
from blackgem.lib.sql import RAILS, WORDED
from funds.period_rails import PERIOD_RAILS, PERIOD_WORDS
from funds.services.senders import NOT_ADMITTED


def _say(kind, code, message, field=None):
    return partial(kind, code, message, field=field)


_WHO_AND_WHEN = _say(InvalidInput, "who_and_when", "Who decided and when belong together.")
_HISTORY = _say(Conflict, "append_only", "What was promised is kept.")

_NOT_OPENED = _say(
    Forbidden, "not_opened", "A deed is that of the person who writes, at the moment of writing."
)
_NAME_TAKEN = _say(
    Conflict, "fund.name_taken", "This name cannot be used for a fund. Choose another one.", "name"
)

FUNDS_RAILS = {
    "invitation_accepted_at_and_by": _WHO_AND_WHEN,
    "invitation_withdrawn_at_and_by": _WHO_AND_WHEN,
    "invitation_is_to_the_portal_or_to_a_fund": _say(
        InvalidInput, "invitation.purpose", "An invitation is to the portal, or to a role in a fund."
    ),
    "one_invitation_per_fund_and_address": _say(
        Conflict, "invitation.exists", "This address was invited to this fund a moment ago."
    ),
    "revoked_tokens_stay_revoked": _say(
        Conflict, "token.revoked", "A token that was revoked opens nothing again."
    ),
    "invitation_ends_once": _say(
        Conflict, "invitation.ended", "An invitation is taken up or withdrawn, not both."
    ),
    "fund_keeps_its_history": _HISTORY,
    "membership_is_of_one_person": _HISTORY,
    "fund_keeps_a_manager": _say(
        Conflict, "member.last_manager", "A fund needs a manager: make somebody else one first."
    ),
    "public_id_stays": _HISTORY,
    "contact_is_of_one_investor": _HISTORY,
    "delivery_is_of_one_letter": _HISTORY,
    "values_of_deals_come_with_their_entry": _say(
        Conflict, "append_only", "Values never change: enter a newer one."
    ),
    "write_is_signed": _NOT_OPENED,
    **PERIOD_RAILS,
    "write_is_opened": _say(Forbidden, "not_opened", "Only the application writes here."),
    "entry_is_of_who_writes": _NOT_OPENED,
    "event_is_of_who_writes": _NOT_OPENED,
    "deed_is_of_who_writes": _NOT_OPENED,
    "warning_mail_is_sealed": _say(InvalidInput, "mail.unsealed", "This mail was not written by the site."),
    "commitment_has_its_admission": _say(
        InvalidInput, "commitment.not_admitted", "A commitment comes with the event that admits its partner."
    ),
    "one_admission_per_commitment": _say(
        Conflict,
        "commitment.admitted_already",
        "This partner was admitted already: change its commitment instead.",
    ),
    "commitment_event_does_what_its_kind_says": _say(
        InvalidInput, "commitment_event.amount", "An event raises or lowers as its kind says."
    ),
    "commitment_event_has_reason": _say(InvalidInput, "reason.required", "Say why the commitment changes."),
    "commitment_event_decided_once": _say(
        Conflict, "commitment_event.decided", "This change was decided already."
    ),
    "commitment_event_approved_at_with_by": _WHO_AND_WHEN,
    "commitment_event_rejected_at_with_by": _WHO_AND_WHEN,
    "commitment_event_approver_is_another": _say(
        Forbidden, "four_eyes", "This fund demands that another person approves."
    ),
    "commitment_event_of_commitment": _HISTORY,
    "rates_are_fractions": _say(InvalidInput, "rates", "Rates lie between 0 and 100 %."),
    "saved_view_name_once_per_list": _say(
        Conflict, "view.name_taken", "You keep a view of this list by this name already."
    ),
    "names_say_something": _say(InvalidInput, "name.blank", "Enter a name that can be read."),
    "tiers_come_with_their_terms": _say(
        Conflict, "append_only", "Tiers come with a version of the terms, and with no older one."
    ),
    "fund_contact_is_of_an_admitted_domain": _say(
        InvalidInput, "fund.contact_domain", NOT_ADMITTED, "contact_email"
    ),
    "letter_image_is_what_its_hash_says": _say(
        InvalidInput, "picture.too_large", "A picture is bounded, and known by its hash."
    ),
    "letter_image_is_no_poster": _say(
        InvalidInput, "picture.too_large", "A picture is at most 1,600 points wide and high."
    ),
    "letter_image_kind_is_known": _say(InvalidInput, "picture.invalid", "A picture is a PNG or a JPEG."),
    "letter_image_is_kept_once": _say(Conflict, "busy", "This picture was kept a moment ago. Save it again."),
    "letter_words_are_plain": _say(
        InvalidInput, "letter_wording.invalid", "Paragraphs are text, with known names in braces."
    ),
    "letter_wordings_follow_each_other": _say(
        Conflict, "stale_version", "A version follows the one before, with pictures of its own fund."
    ),
    "letter_wording_version_once": _say(Conflict, "stale_version", "This version was written a moment ago."),
    "letter_wording_version_from_one": _say(
        InvalidInput, "letter_wording.invalid", "Versions are counted from one."
    ),
    "letter_wordings_are_kept": _HISTORY,
    "mail_domains_are_append_only": _say(
        Conflict, "append_only", "A domain that was admitted is withdrawn once, and otherwise fixed."
    ),
    "mail_domain_admitted_once": _say(
        Conflict, "domain.admitted", "This domain is admitted already.", "name"
    ),
    "mail_domain_is_a_domain": _say(
        InvalidInput, "domain.invalid", "Enter a domain such as fund.example.", "name"
    ),
    "mail_domain_withdrawn_at_with_by": _WHO_AND_WHEN,
    "mail_domain_is_an_administrators": _say(
        Forbidden, "role.insufficient", "Only an administrator admits the domains of senders."
    ),
    "commitments_keep_their_history": _HISTORY,
    "funds_name_key": _NAME_TAKEN,
    "fund_sender_admitted_at_with_by": _WHO_AND_WHEN,
    "fund_names_differ_to_the_eye": _NAME_TAKEN,
    "rights_are_given_by_administrators": _say(
        Forbidden, "role.insufficient", "Only an administrator says what a group may read."
    ),
    "accounts_are_changed_by_two": _say(
        Forbidden,
        "four_eyes",
        "What would let one person act as two is asked for by an administrator, and decided by another.",
    ),
    "account_changes_are_fixed": _say(
        Conflict, "append_only", "What was asked for of an account is decided once, and otherwise fixed."
    ),
    "account_change_approver_is_another": _say(
        Forbidden, "four_eyes", "You asked for this: another administrator has to decide it."
    ),
    "account_change_rests": _say(
        Conflict,
        "account_change.rests",
        "A change of an account that nobody else decides rests for a day at least.",
    ),
    "account_change_is_decided_once": _say(
        Conflict, "account_change.decided", "This change was already decided."
    ),
    "account_change_has_reason": _say(InvalidInput, "reason.invalid", "Say why.", "reason"),
    "account_change_says_who_asked": _WHO_AND_WHEN,
    "account_change_rejected_at_with_by": _WHO_AND_WHEN,
    "one_account_change_waits": _say(
        Conflict,
        "account_change.pending",
        "A change of this account waits already: let it be decided first.",
    ),
    "fund_is_opened_by_who_may": _say(
        Forbidden,
        "role.insufficient",
        "Funds are set up by administrators, and by people whom one of them lets.",
    ),
    "fund_sender_is_admitted_by_who_may": _say(
        Forbidden, "role.insufficient", "An administrator, or who may open funds, admits a fund as a sender."
    ),
    "letters_leave_from_admitted_senders": _say(
        Conflict, "sender.not_admitted", "An administrator has to admit this fund as a sender first."
    ),
    "fund_currency_is_fixed": _say(
        Conflict,
        "fund.currency_fixed",
        "The currency of a fund with money in it cannot change.",
        "currency",
    ),
    "fund_code_once": _say(Conflict, "fund.code_taken", "Another fund has this code.", "code"),
    "fund_code_is_letters_and_digits": _say(
        InvalidInput, "fund.code", "A code has 2 to 12 Latin letters and digits.", "code"
    ),
    "fund_calendar_is_of_a_country": _say(
        InvalidInput, "fund.calendar", "A calendar is that of a country, or of a part of one.", "calendar"
    ),
    "fund_notice_days_within_a_year": _say(
        InvalidInput, "fund.notice_days", "Notice is 0 to 365 days.", "notice_days"
    ),
    "fund_residual_limit_not_negative": _say(
        InvalidInput, "amount.min_value", "The amount must be zero or more.", "residual_limit"
    ),
    "fund_looked_at_above_not_negative": _say(
        InvalidInput, "amount.min_value", "The amount must be zero or more.", "looked_at_above"
    ),
    "fund_reminder_days_are_days": _say(
        InvalidInput, "fund.reminder_days", "Reminders are days from the due date.", "reminder_days"
    ),
    "reminder_once_per_step": _say(Conflict, "notice.reminded", "This reminder was written already."),
    "fund_partner_totals_are_known": _say(
        InvalidInput,
        "fund.partner_totals",
        "Letters show of all partners together: all, percentages or none.",
        "partner_totals",
    ),
    "fund_time_zone_is_known": _say(
        InvalidInput, "fund.time_zone", "There is no such time zone.", "time_zone"
    ),
    "fund_time_zone_moves_no_day": _say(
        Conflict,
        "fund.time_zone_fixed",
        "In this time zone a call or a distribution that was issued would count from another day.",
        "time_zone",
    ),
    "letter_says_what_its_item_says": _say(
        Conflict, "letter.differs", "A letter says what its item says: partner, amount and reference."
    ),
    "letter_names_a_verified_account": _say(
        Conflict, "letter.account", "A letter names an account of the fund that was verified."
    ),
    "letter_shows_what_its_fund_lets": _say(
        Conflict,
        "letter.shows_too_much",
        "A letter would show more of all partners together than its fund lets it.",
    ),
    "fund_code_is_fixed": _say(
        Conflict, "fund.code_fixed", "The code of a fund that has written letters cannot change.", "code"
    ),
    "fund_currency_is_known": _say(
        InvalidInput, "currency.unsupported", "No fund is kept in this currency.", "currency"
    ),
    "amount_fits_its_currency": _say(
        InvalidInput,
        "amount.max_decimal_places",
        "An amount has more decimals than its currency, or is too large.",
    ),
    "day_has_come": _say(
        InvalidInput, "value_date.future", "Money moves, and a value is entered, on a day that has come."
    ),
    "fund_terms_version_once": _say(
        Conflict, "terms.stale", "Somebody entered new terms at the same moment."
    ),
    "fund_terms_rates_are_fractions": _say(
        InvalidInput, "rate_out_of_range", "Rates lie between 0 and 100 %; carried interest below 100 %."
    ),
    "fund_terms_catch_up_reaches_carry": _say(
        InvalidInput,
        "catch_up_below_carry",
        "A catch-up below the carried interest never catches up.",
        "catch_up_rate",
    ),
    "fund_terms_recall_limits_at_least_the_commitment": _say(
        InvalidInput, "multiple.out_of_range", "The limits lie between one and ten times the commitment."
    ),
    "dates_within_bounds": _say(
        InvalidInput, "date.out_of_range", "A date lies between the years 1900 and 2199."
    ),
    "ledger_row_counts_once": _say(Conflict, "ledger", "A ledger row is paid in or distributed, not both."),
    "fund_terms_are_append_only": _say(Conflict, "append_only", "Terms never change: enter a new version."),
    "fund_terms_tier_position_once": _say(
        InvalidInput, "terms.tier_twice", "Each further tier has a place of its own."
    ),
    "fund_terms_tier_rates_are_fractions": _say(
        InvalidInput, "rate_out_of_range", "Rates lie between 0 and 100 %; carried interest below 100 %."
    ),
    "fund_terms_tier_catch_up_reaches_carry": _say(
        InvalidInput,
        "catch_up_below_carry",
        "A catch-up below the carried interest never catches up.",
        "catch_up_rate",
    ),
    "terms_tiers_in_order": _say(
        InvalidInput,
        "tiers_out_of_order",
        "Hurdles rise from tier to tier; a carried interest that falls is not supported.",
    ),
    "terms_agree_with_side_letters": _say(
        InvalidInput,
        "tiers_out_of_order",
        "With what a side letter replaces, hurdles rise, carried interest does not fall and a catch-up reaches it.",
    ),
    "side_letters_need_an_account_each": _say(
        InvalidInput,
        "side_letter_in_aggregate",
        "A side letter with rates of its own needs terms that are worked out per investor.",
    ),
    "side_letter_version_once": _say(
        Conflict, "side_letter.stale", "Somebody entered another side letter at the same moment."
    ),
    "side_letter_rates_are_fractions": _say(
        InvalidInput, "rate_out_of_range", "Rates lie between 0 and 100 %; carried interest below 100 %."
    ),
    "side_letters_are_append_only": _say(
        Conflict, "append_only", "Side letters never change: enter a new version."
    ),
    "nav_entry_deal_once": _say(InvalidInput, "nav.deal_twice", "Each deal has one value.", "deals"),
    "nav_entry_deal_not_negative": _say(
        InvalidInput, "amount.min_value", "A value is zero or more.", "deals"
    ),
    "nav_entry_deal_of_fund": _say(
        Conflict, "same_fund", "The value of a deal belongs to an entry of its fund.", "deals"
    ),
    "nav_not_negative": _say(InvalidInput, "amount.min_value", "A value is zero or more.", "amount"),
    "nav_entries_are_append_only": _say(Conflict, "append_only", "Values never change: enter a newer one."),
    "bank_details_version_once": _say(
        Conflict, "bank_details.stale", "Somebody entered new bank details at the same moment."
    ),
    "bank_details_name_an_account": _say(
        InvalidInput, "bank_details.no_account", "Enter an account number or an IBAN.", "account_number"
    ),
    "bank_details_verifier_is_another": _say(
        Forbidden, "four_eyes", "This fund demands that a second person verifies bank details."
    ),
    "bank_details_verified_at_with_by": _WHO_AND_WHEN,
    "bank_details_rejected_at_with_by": _WHO_AND_WHEN,
    "bank_details_are_append_only": _say(
        Conflict, "append_only", "Bank details never change: enter a new version."
    ),
    "commitment_once_per_fund_and_investor": _say(
        Conflict, "commitment.duplicate", "This investor already has a commitment to this fund.", "investor"
    ),
    "commitment_reference_once_per_fund": _say(
        Conflict,
        "commitment.reference_taken",
        "Another partner of this fund has this reference.",
        "reference",
    ),
    "one_gp_commitment_per_fund": _say(
        Conflict, "commitment.gp_exists", "This fund already has its GP as a partner.", "kind"
    ),
    "contact_once_per_investor": _say(
        Conflict, "contact.duplicate", "This investor already has a contact with this e-mail.", "email"
    ),
    "control_changes_need_another_person": _say(
        Forbidden,
        "four_eyes",
        "In a fund in use another person has to agree to this change: it is asked for, and approved by somebody else.",
    ),
    "control_changes_are_fixed": _say(
        Conflict, "control.decided", "A change that was asked for is decided once and stays as it was."
    ),
    "one_control_change_waits": _say(
        Conflict, "control.pending", "A change of this waits for another person: let it be decided first."
    ),
    "control_change_kind_is_known": _say(InvalidInput, "control.kind", "There is no such kind of change."),
    "control_change_is_decided_once": _say(
        Conflict, "control.decided", "A change is approved or rejected, not both."
    ),
    "control_change_approved_at_with_by": _WHO_AND_WHEN,
    "control_change_rejected_at_with_by": _WHO_AND_WHEN,
    "control_change_approver_is_another": _say(
        Forbidden, "four_eyes", "Another person than the one who asked approves a change of a control."
    ),
    "invitations_stay_as_offered": _say(
        Conflict, "invitation.over", "An invitation is taken up or withdrawn once, and stays as it was."
    ),
    "mails_are_switched_by_who_manages_contacts": _say(
        Forbidden,
        "contacts.not_to_manage",
        "Who manages the contacts of every commitment of an investor says what is mailed to whom.",
    ),
    "each_letter_has_a_recipient": _say(
        Conflict,
        "contact.last_recipient",
        "Nobody would get some kind of letter any more: let somebody else get it first.",
    ),
    "adviser_is_of_who_manages_contacts": _say(
        Forbidden, "contacts.not_to_manage", "You do not manage the contacts of this commitment."
    ),
    "adviser_waits_for_a_manager": _say(
        Conflict,
        "adviser.decided",
        "Who is asked for waits for a manager of the fund, and never manages contacts.",
    ),
    "advisers_stay_as_asked": _say(Conflict, "append_only", "What was asked for stays as it was written."),
    "adviser_withdrawn_at_with_by": _WHO_AND_WHEN,
    "portal_grant_once": _say(
        Conflict, "contact.has_access", "This contact was let see this commitment a moment ago."
    ),
    "portal_grant_is_to_a_contact_of_the_investor": _say(
        Conflict, "contact.other_investor", "A commitment is shown to contacts of its own investor."
    ),
    "portal_grant_is_by_a_manager_of_the_fund": _say(
        Forbidden, "role.insufficient", "Managers of its fund say who sees a commitment in the portal."
    ),
    "one_role_per_fund_and_person": _say(
        Conflict, "member.duplicate", "This person is already a member of this fund.", "email"
    ),
}

RAILS.update(FUNDS_RAILS)
WORDED.update(PERIOD_WORDS)

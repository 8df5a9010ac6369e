"""Attempts on funds, partners, terms, bank details and letters."""

from uuid import uuid4

from tests.integration.rails.world import CHECK, DENIED, FOREIGN, UNIQUE, refused
from tests.support.opened import open_raw
from tests.support.trail import AT


@refused("public_id_stays")
def another_public_id_for_a_partner(t, base):
    t.change("commitments", base.a, public_id=uuid4())


@refused("public_id_stays")
def another_public_id_for_a_call(t, base):
    t.change("capital_calls", base.draft.id, public_id=uuid4())


@refused("funds_name_key", UNIQUE)
def two_funds_of_one_name(t, base):
    t.fund(name=t.one("SELECT name FROM funds WHERE id = %s", base.fund))


@refused("fund_code_once", UNIQUE)
def two_funds_of_one_code(t, base):
    t.fund(code=t.one("SELECT code FROM funds WHERE id = %s", base.fund))


@refused("fund_code_is_letters_and_digits")
def a_code_that_is_no_file_name(t, base):
    t.fund(code="A/B")


@refused("fund_calendar_is_of_a_country")
def a_calendar_that_is_no_country(t, base):
    t.change("funds", base.fund, calendar="Texas")


@refused("fund_notice_days_within_a_year")
def notice_of_two_years(t, base):
    t.change("funds", base.fund, notice_days=730)


@refused("fund_partner_totals_are_known")
def totals_of_another_kind(t, base):
    t.change("funds", base.fund, partner_totals="some")


@refused("fund_time_zone_is_known")
def a_time_zone_that_is_none(t, base):
    t.change("funds", base.fund, time_zone="Mars/Olympus")


@refused("fund_time_zone_moves_no_day")
def a_time_zone_in_which_a_call_was_issued_on_another_day(t, base):
    # Issued in the small hours of its date in UTC; in Los Angeles that is the day before.
    early = "2026-02-15 03:00+00"
    t.bare_call(base.fund, total_amount="1.00", submitted_at=early, approved_at=early)
    t.change("funds", base.fund, time_zone="America/Los_Angeles")


@refused("fund_code_is_fixed")
def another_code_for_a_fund_that_wrote_letters(t, base):
    t.change("funds", base.fund, code="OTHER")


@refused("fund_currency_is_fixed")
def another_currency_for_money_that_is_promised(t, base):
    t.change("funds", base.fund, currency="EUR")


@refused("fund_currency_is_fixed")
def another_currency_for_money_that_was_received(t, base):
    fund = t.fund()
    t.receipt(fund, "5.00")
    t.change("funds", fund, currency="EUR")


@refused("fund_currency_is_fixed")
def another_currency_for_money_that_is_allocated(t, base):
    fund = t.fund()
    t.allocation(fund)
    t.change("funds", fund, currency="EUR")


@refused("fund_currency_is_fixed")
def another_currency_for_a_fund_that_was_valued(t, base):
    fund = t.fund()
    t.add(
        "nav_entries", fund_id=fund, as_of="2025-01-01", amount="5.00", created_at=AT, created_by_id=t.person
    )
    t.change("funds", fund, currency="EUR")


@refused("fund_currency_is_known")
def a_currency_that_no_fund_is_kept_in(t, base):
    t.fund(currency="XTS")


@refused("amount_fits_its_currency")
def a_fraction_of_a_yen_that_is_promised(t, base):
    t.commitment(t.fund(currency="JPY"), "100.50")


@refused("amount_fits_its_currency")
def a_tenth_of_a_cent_that_was_received(t, base):
    t.receipt(base.fund, "5.001")


@refused("amount_fits_its_currency")
def a_promise_made_finer_afterwards(t, base):
    t.change("capital_calls", base.draft.id, total_amount="100.005")


@refused("amount_fits_its_currency")
def a_million_million_dinars(t, base):
    t.commitment(t.fund(currency="KWD"), "1000000000000")


@refused("one_role_per_fund_and_person", UNIQUE)
def two_roles_in_one_fund(t, base):
    fund = t.fund()
    for role in ("manager", "auditor"):
        t.sql(
            "INSERT INTO fund_memberships (fund_id, user_id, role) VALUES (%s, %s, %s)",
            fund,
            t.person,
            role,
        )


@refused("user_email_once_in_any_case", UNIQUE)
def one_address_in_two_cases(t, base):
    for email in ("someone@trail.example", "SomeOne@trail.example"):
        t.add("users", email=email)


@refused("contact_once_per_investor", UNIQUE)
def one_contact_twice(t, base):
    investor = t.investor()
    for name in ("Ann", "Anne"):
        t.sql(
            "INSERT INTO investor_contacts (investor_id, name, email, takes_notices) VALUES (%s, %s, %s, true)",
            investor,
            name,
            "ann@trail.example",
        )


# ---------------------------------------------------------------- commitments


@refused("commitment_once_per_fund_and_investor", UNIQUE)
def two_commitments_of_one_investor(t, base):
    t.commitment(base.fund, investor_id=t.one("SELECT investor_id FROM commitments WHERE id = %s", base.a))


@refused("commitment_reference_once_per_fund", UNIQUE)
def two_partners_with_one_reference(t, base):
    t.commitment(base.fund, reference=t.one("SELECT reference FROM commitments WHERE id = %s", base.a))


@refused("one_gp_commitment_per_fund", UNIQUE)
def two_general_partners(t, base):
    for _ in range(2):
        t.commitment(base.fund, "0.00", kind="gp")


@refused("commitment_belongs_to_its_partner")
def a_commitment_handed_to_another_investor(t, base):
    t.change("commitments", base.a, investor_id=t.investor())


# ---------------------------------------------------------------- letters and answers


@refused("notices_are_append_only", DENIED, role="owner")
def a_letter_rewritten(t, base):
    t.sql("UPDATE notices SET facts = '{}'")


@refused("notice_documents_are_append_only", DENIED, role="owner")
def a_document_replaced(t, base):
    t.sql("DELETE FROM notice_documents")


@refused("notice_number_and_version_once", UNIQUE)
def two_letters_of_one_number(t, base):
    letter(t, base, item_id=base.open.items[base.b])


@refused("notice_version_once_per_item", UNIQUE)
def two_letters_of_one_version_to_one_partner(t, base):
    letter(t, base, number="CC1-9999")


@refused("reminder_once_per_step", UNIQUE)
def two_reminders_of_one_step(t, base):
    for version in (2, 3):
        said = {"step": -7, "due_on": "2026-03-15", "version": version}
        letter(t, base, version=version, facts=t.letter_facts(base.open.item, reminder=said))


@refused("fund_reminder_days_are_days")
def reminders_on_no_day(t, base):
    t.change("funds", base.fund, reminder_days="weekly")


def letter(t, base, **changes):
    """About the open call to its first partner, or to that of another item."""
    item = changes.get("item_id", base.open.item)
    row = {"item_id": item, "number": "CC1-0001", "subject_id": base.open.id, "fund_id": base.fund}
    row |= {"commitment_id": t.one("SELECT commitment_id FROM capital_call_items WHERE id = %s", item)}
    t.add("notices", **{**row, "facts": t.letter_facts(item), "created_by_id": t.person, **changes})


@refused("letter_shows_what_its_fund_lets")
def a_letter_with_a_total_of_a_fund_that_lets_none_show(t, base):
    t.change("funds", base.fund, partner_totals="percentages")
    item = base.open.items[base.b]
    facts = t.letter_facts(item, lines=[{"fund": "100.00", "partner": "40.00"}])
    letter(t, base, item_id=item, number="CC1-9998", commitment_id=base.b, facts=facts)


def delivery(t, base, **changes):
    row = {"notice_id": base.notice, "round": 1, "recipients": ["a@trail.example"], "state": "queued"}
    times = {"requested_at": AT, "due_at": AT, "attempts": 0, "requested_by_id": t.person}
    row |= {**times, "message_id": "one@trail.example", "failure": "", **changes}
    columns, places = ", ".join(row), ", ".join(["%s"] * len(row))
    t.sql(f"INSERT INTO notice_deliveries ({columns}) VALUES ({places})", *row.values())


@refused("notice_delivery_round_once", UNIQUE)
def one_round_twice(t, base):
    delivery(t, base, state="failed")
    delivery(t, base, state="failed", message_id="two@trail.example")


@refused("notice_message_id_once", UNIQUE)
def one_message_id_twice(t, base):
    delivery(t, base, state="failed")
    delivery(t, base, state="failed", round=2)


@refused("one_delivery_under_way_per_notice", UNIQUE)
def two_mails_under_way(t, base):
    delivery(t, base)
    delivery(t, base, round=2, message_id="two@trail.example", state="sending")


@refused("notice_sent_at_with_state", CHECK)
def sent_at_no_time(t, base):
    delivery(t, base, state="sent")


@refused("idempotency_key_once_per_user", UNIQUE)
def two_answers_to_one_key(t, base):
    for _ in range(2):
        t.add("idempotent_answers", user_id=t.person, key="key", request_sha256="", status=200, body=b"")


@refused("fund_keeps_its_history", DENIED, role="owner")
def funds_emptied(t, base):
    t.sql("TRUNCATE funds CASCADE")


@refused("commitments_keep_their_history", DENIED, role="owner")
def commitments_emptied(t, base):
    t.sql("TRUNCATE commitments CASCADE")


@refused("audit_events_are_append_only", DENIED, role="owner")
def what_was_done_undone(t, base):
    t.sql("DELETE FROM audit_events")


@refused("revoked_tokens_stay_revoked")
def a_revoked_token_made_good_again(t, base):
    row = {"user_id": base.second, "name": "x", "scope": "read", "token_sha256": "ab" * 32, "expires_at": AT}
    t.add("api_tokens", **row, revoked_at=AT)
    t.sql("UPDATE api_tokens SET revoked_at = NULL")


@refused(None, FOREIGN)
def a_fund_with_partners_deleted(t, base):
    t.sql("DELETE FROM funds WHERE id = %s", base.fund)


# ---------------------------------------------------------------- investors invited


def invite(t, base, **fields):
    investor = t.investor()
    t.sql(
        "INSERT INTO investor_contacts (investor_id, name, email, takes_notices) "
        "VALUES (%s, 'A', 'a@trail.example', false)",
        investor,
    )
    contact = t.one("SELECT max(id) FROM investor_contacts")
    row = {
        "contact_id": contact,
        "email": "a@trail.example",
        "token_sha256": f"{contact:064}",
        "created_at": AT,
        "created_by_id": t.person,
        "expires_at": AT,
    } | fields
    columns, places = ", ".join(row), ", ".join(["%s"] * len(row))
    t.sql(f"INSERT INTO invitations ({columns}) VALUES ({places})", *row.values())


@refused("invitation_is_to_the_portal_or_to_a_fund", CHECK)
def an_invitation_to_the_portal_and_to_a_fund(t, base):
    invite(t, base, fund_id=t.fund(), role="manager")


@refused("one_invitation_per_fund_and_address", UNIQUE)
def one_address_invited_to_a_fund_twice(t, base):
    fund = t.fund()
    for sign in "ab":
        member = {"contact_id": None, "fund_id": fund, "role": "analyst", "token_sha256": sign * 64}
        invite(t, base, **member, email="a@trail.example" if sign == "a" else "A@trail.example")


@refused("invitation_accepted_at_and_by", CHECK)
def an_invitation_taken_up_by_nobody(t, base):
    invite(t, base, accepted_at=AT)


@refused("invitation_withdrawn_at_and_by", CHECK)
def an_invitation_withdrawn_by_nobody(t, base):
    invite(t, base, withdrawn_at=AT)


@refused("invitation_ends_once", CHECK)
def an_invitation_taken_up_and_withdrawn(t, base):
    ended = {name: t.person for name in ("accepted_by_id", "withdrawn_by_id")}
    open_raw(t.connection)
    invite(t, base, accepted_at=AT, withdrawn_at=AT, **ended)


@refused("invitation_is_to_the_portal_or_to_a_fund", CHECK)
def an_offer_of_a_role_that_there_is_not(t, base):
    invite(t, base, contact_id=None, fund_id=t.fund(), role="owner")

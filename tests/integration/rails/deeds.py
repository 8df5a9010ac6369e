"""Attempts to write what somebody else did, or at another time; and letters read by others than their readers."""

from blackgem.lib.opened import signed
from tests.integration.rails.world import CHECK, DENIED, UNIQUE, refused
from tests.support.opened import open_raw
from tests.support.trail import AT

# ---------------------------------------------------------------- letters read


def stands_for(t, commitment, **may):
    """The person of the attempt is a contact of this partner."""
    investor = t.one("SELECT investor_id FROM commitments WHERE id = %s", commitment)
    row = {
        "investor_id": investor,
        "name": "Ann",
        "email": "ann@trail.example",
        "user_id": t.person,
        "takes_notices": False,
    }
    if not t.one("SELECT count(*) FROM investor_contacts WHERE user_id = %s", t.person):
        contact = t.add("investor_contacts", **row)
        row = {"commitment_id": commitment, "contact_id": contact, "granted_at": AT}
        t.add("portal_grants", granted_by_id=t.user(is_superuser=True), **row, **may)


@refused("letter_is_acknowledged_by_who_may")
def a_letter_acknowledged_by_who_may_only_read_it(t, base):
    stands_for(t, base.a, acknowledges=False)
    open_raw(t.connection, t.person, AT)
    acknowledge(t, base.notice, t.person)


def acknowledge(t, notice, by):
    statement = "INSERT INTO notice_readings (notice_id, deed, at, by_id) VALUES (%s, 'acknowledged', %s, %s)"
    t.sql(statement, notice, AT, by)


@refused("letter_is_read_by_its_contact")
def a_letter_acknowledged_by_who_stands_for_nobody(t, base):
    open_raw(t.connection, t.person, AT)
    acknowledge(t, base.notice, t.person)


@refused("reading_is_of_who_writes")
def a_letter_acknowledged_in_the_name_of_its_reader(t, base):
    stands_for(t, base.a)
    open_raw(t.connection, base.second, AT)
    acknowledge(t, base.notice, t.person)


@refused("reading_is_of_who_writes")
def a_letter_acknowledged_at_another_time(t, base):
    stands_for(t, base.a)
    open_raw(t.connection, t.person, "2026-02-15T12:00:01+00:00")
    acknowledge(t, base.notice, t.person)


def reading(t, base, deed):
    stands_for(t, base.a)
    open_raw(t.connection, t.person, AT)
    t.sql(
        "INSERT INTO notice_readings (notice_id, deed, at, by_id) VALUES (%s, %s, %s, %s)",
        base.notice,
        deed,
        AT,
        t.person,
    )


@refused("notice_reading_deed_known", CHECK)
def a_letter_that_was_eaten(t, base):
    reading(t, base, "eaten")


@refused("notice_acknowledged_once_per_person", UNIQUE)
def a_letter_acknowledged_twice(t, base):
    reading(t, base, "acknowledged")
    reading(t, base, "acknowledged")


@refused("cancelled_is_not_acknowledged")
def a_letter_about_a_cancelled_distribution_acknowledged(t, base):
    cancelled = base.out.cancelled
    partner, item = next(iter(cancelled.items.items()))
    letter = t.add(
        "notices",
        fund_id=cancelled.fund,
        commitment_id=partner,
        kind="distribution",
        subject_id=cancelled.id,
        item_id=item,
        number="DN-0001",
        version=1,
        facts=t.out_letter_facts(item),
        created_by_id=t.person,
    )
    stands_for(t, partner)
    open_raw(t.connection, t.person, AT)
    acknowledge(t, letter, t.person)


@refused("notice_readings_are_append_only", DENIED, role="owner")
def a_reading_undone(t, base):
    t.sql("DELETE FROM notice_readings")


# ---------------------------------------------------------------- who did what, and when


def event(t, **changes):
    row = {
        "verb": "approve_call",
        "object_label": "x",
        "subjects": [],
        "changes": "{}",
        "reason": "",
        "request_id": "",
    }
    row |= {"actor_id": t.person, "happened_at": AT, **changes}
    columns, places = ", ".join(row), ", ".join(["%s"] * len(row))
    t.sql(f"INSERT INTO audit_events ({columns}) VALUES ({places})", *row.values())


@refused("event_is_of_who_writes")
def an_event_of_a_transaction_that_another_opened(t, base):
    open_raw(t.connection, base.second, AT)
    event(t)


@refused("event_is_of_who_writes")
def an_event_of_before(t, base):
    open_raw(t.connection, t.person, AT)
    event(t, happened_at="2024-01-01 00:00+00")


@refused("deed_is_of_who_writes")
def a_call_approved_in_the_name_of_another(t, base):
    open_raw(t.connection, t.person, AT)
    t.sql(
        "UPDATE capital_calls SET status = 'sent', approved_at = %s, approved_by_id = %s WHERE id = %s",
        AT,
        base.second,
        base.waiting.id,
    )


@refused("deed_is_of_who_writes")
def bank_details_verified_in_the_name_of_another(t, base):
    open_raw(t.connection, t.person, AT)
    t.sql(
        "UPDATE bank_details SET verified_at = %s, verified_by_id = %s WHERE id = %s",
        AT,
        base.second,
        base.unverified,
    )


@refused("write_is_signed")
def a_write_opened_without_the_key(t, base):
    t.sql("SELECT open_write(%s, %s, now()::text, %s)", str(t.person), AT, "00" * 32)


@refused("write_is_signed")
def a_write_opened_with_the_signature_of_another_session(t, base):
    info = t.connection.info
    t.sql("SELECT open_write(%s, %s, %s, %s)", *signed(info.dbname, info.backend_pid + 1, str(t.person), AT))


@refused("write_is_signed")
def a_signature_that_opens_twice(t, base):
    info = t.connection.info
    arguments = signed(info.dbname, info.backend_pid, str(t.person), AT)
    for _ in range(2):
        t.sql("SELECT open_write(%s, %s, %s, %s)", *arguments)


# ---------------------------------------------------------------- without the application


@refused("write_is_opened", opened=False)
def a_purpose_rewritten_past_the_application(t, base):
    t.sql("UPDATE capital_calls SET purpose = 'Fees' WHERE id = %s", base.draft.id)


@refused("write_is_opened", opened=False)
def an_event_past_the_application(t, base):
    event(t)


@refused("write_is_opened", opened=False)
def a_password_past_the_application(t, base):
    t.sql("UPDATE users SET password = '!' WHERE id = %s", base.second)


# ---------------------------------------------------------------- who entered it


@refused("entry_is_of_who_writes")
def bank_details_entered_in_the_name_of_another(t, base):
    open_raw(t.connection, t.person, AT)
    t.sql(
        "INSERT INTO bank_details (fund_id, version, bank_name, account_name, account_number, routing_number, swift,"
        " iban, four_eyes, created_by_id) SELECT fund_id, 99, bank_name, account_name, account_number, routing_number,"
        " swift, iban, true, %s FROM bank_details WHERE id = %s",
        base.second,
        base.bank,
    )


@refused("entry_is_of_who_writes")
def a_deal_that_was_entered_earlier(t, base):
    open_raw(t.connection, t.person, AT)
    t.sql(
        "INSERT INTO deals (name, description, created_by_id, created_at) VALUES ('A Deal', '', %s, '2024-01-01')",
        t.person,
    )


@refused("entry_is_of_who_writes")
def a_deal_that_another_is_said_to_have_entered(t, base):
    deal = t.deal()
    open_raw(t.connection, t.person, AT)
    t.sql("UPDATE deals SET created_by_id = %s WHERE id = %s", base.second, deal)


@refused("entry_is_of_who_writes")
def a_look_that_another_is_said_to_have_granted_anew(t, base):
    fund = t.fund()
    commitment = t.commitment(fund)
    investor = t.one("SELECT investor_id FROM commitments WHERE id = %s", commitment)
    contact = t.add(
        "investor_contacts", investor_id=investor, name="C", email="c@trail.example", takes_notices=False
    )
    for person in (t.person, base.second):
        t.add("fund_memberships", fund_id=fund, user_id=person, role="manager")
    given = {"commitment_id": commitment, "contact_id": contact, "granted_by_id": t.person, "granted_at": AT}
    grant = t.add("portal_grants", **given)
    open_raw(t.connection, t.person, AT)
    t.sql("UPDATE portal_grants SET granted_by_id = %s WHERE id = %s", base.second, grant)


@refused("entry_is_of_who_writes")
def a_change_that_comes_with_its_approval(t, base):
    """In a transaction of the person who approves it, as asked for by another."""
    open_raw(t.connection, base.second, AT)
    t.sql(
        "INSERT INTO control_changes (fund_id, kind, about, was, becomes, batch, four_eyes, recorded_by_id,"
        " recorded_at, approved_by_id, approved_at) VALUES (%s, 'four_eyes', '',"
        " '{}', '{\"four_eyes\": false}', gen_random_uuid(), true, %s, %s, %s, %s)",
        base.strict,
        t.person,
        AT,
        base.second,
        AT,
    )


@refused("entry_is_of_who_writes")
def an_amendment_that_comes_with_its_approval(t, base):
    open_raw(t.connection, base.second, AT)
    t.sql(
        "INSERT INTO allocation_amounts (fund_id, allocation_id, kind, amount, effective_on, reason, four_eyes,"
        " recorded_by_id, recorded_at, approved_by_id, approved_at) VALUES (%s, %s, 'amendment', 5, %s, 'More', true,"
        " %s, %s, %s, %s)",
        base.strict,
        base.strict_allocation,
        AT[:10],
        t.person,
        AT,
        base.second,
        AT,
    )

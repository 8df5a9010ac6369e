"""Attempts on what letters say."""

from tests.integration.rails.funds import letter
from tests.integration.rails.world import refused
from tests.support.encrypted import stored
from tests.support.trail import AT


@refused("letter_says_what_its_item_says")
def a_new_version_that_asks_for_another_amount(t, base):
    letter(t, base, version=2, facts=t.letter_facts(base.open.item, amount="5000.00"))


@refused("letter_says_what_its_item_says")
def a_letter_about_what_is_not_the_partners(t, base):
    letter(t, base, version=2, commitment_id=base.b)


@refused("letter_says_what_its_item_says")
def a_letter_about_a_distribution_with_another_amount(t, base):
    sent = base.out.sent
    partner, item = next(iter(sent.items.items()))
    facts = t.out_letter_facts(item, amount="5000.00")
    kept = {"fund_id": sent.fund, "commitment_id": partner, "subject_id": sent.id, "item_id": item}
    t.add("notices", **kept, kind="distribution", number="D", facts=facts, created_by_id=t.person)


@refused("letter_names_a_verified_account")
def a_new_version_that_names_another_account(t, base):
    bank = {"version": 1, "bank_name": "First Republic Trust", "account_name": "A Fund, L.P."}
    bank |= {"account_number": "666666666666", "routing_number": "", "swift": "", "iban": ""}
    letter(t, base, version=2, facts=t.letter_facts(base.open.item, bank=bank))


@refused("letter_names_a_verified_account")
def a_letter_that_names_an_account_which_nobody_verified(t, base):
    waiting = t.bank_details(base.fund, version=2, four_eyes=True, account_number="666666666666")
    bank = {"version": t.one("SELECT version FROM bank_details WHERE id = %s", waiting)}
    bank |= {"bank_name": "First Republic Trust", "account_name": "A Fund, L.P."}
    bank |= {"account_number": "666666666666", "routing_number": "", "swift": "", "iban": ""}
    letter(t, base, version=2, facts=t.letter_facts(base.open.item, bank=bank))


@refused("letter_names_a_verified_account")
def a_new_version_that_names_another_address_of_the_bank(t, base):
    bank = {"version": 1, "bank_name": "First Republic Trust", "account_name": "A Fund, L.P."}
    bank |= {"account_number": "000123456789", "routing_number": "", "swift": "", "iban": ""}
    bank |= {"bank_address": "1 Elsewhere Street"}
    letter(t, base, version=2, facts=t.letter_facts(base.open.item, bank=bank))


@refused("notice_document_is_sealed")
def bytes_of_a_letter_without_a_seal(t, base):
    row = {"notice_id": base.notice, "content": b"%PDF", "sha256": "0" * 64, "seal": "", "page_count": 1}
    row = stored(t.connection, "notice_documents", row)
    columns, places = ", ".join(row), ", ".join(["%s"] * len(row))
    t.sql(f"INSERT INTO notice_documents ({columns}) VALUES ({places})", *row.values())


@refused("warning_mail_is_sealed")
def a_warning_without_a_seal(t, base):
    words = {"recipient": "ann@trail.example", "subject": "Your bank details changed", "body": "Pay here."}
    t.add("warning_mails", **words, seal="", due_at=AT)

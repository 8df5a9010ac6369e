"""What the application's database role may do. It owns nothing; every right it has is granted here."""

import re

from psycopg import sql

READ = ("SELECT",)
APPEND = ("SELECT", "INSERT")
WRITE = ("SELECT", "INSERT", "UPDATE", "DELETE")

# Tables that get less than WRITE. A column is named in brackets: "UPDATE (note)". Locking a row takes the right to
# update one of its columns: where that is the only reason, a trigger still refuses the update itself.
TABLE_PRIVILEGES: dict[str, tuple[str, ...]] = {
    "django_migrations": READ,
    "applied_sql": READ,
    "pending_checks": (),
    "audit_events": APPEND,
    "capital_transactions": READ,
    "allocation_amounts": (*APPEND, "UPDATE"),
    "residual_settlements": (*APPEND, "UPDATE"),
    "waived_parts": READ,
    "receipts": (*APPEND, "UPDATE (note)"),
    "receipt_returns": APPEND,
    "payments": (*APPEND, "UPDATE (reference)"),
    "payment_reversals": (*APPEND, "UPDATE"),
    "fund_terms": APPEND,
    "fund_terms_tiers": APPEND,
    "side_letters": APPEND,
    "nav_entries": APPEND,
    "nav_entry_deals": APPEND,
    "write_downs": (*APPEND, "UPDATE (approved_at, approved_by_id, rejected_at, rejected_by_id)"),
    "payouts": (*APPEND, "UPDATE (reference)"),
    "payout_reversals": (*APPEND, "UPDATE"),
    "bank_details": (*APPEND, "UPDATE"),
    "notices": APPEND,
    "notice_documents": APPEND,
    "notice_deliveries": (*APPEND, "UPDATE"),
    "notice_readings": APPEND,
}

#: The role that requests of the portal take on to read. It cannot sign in and writes nothing.
PORTAL_ROLE = "blackgem_portal"
#: All that it may read, each table under a policy of its own (portal/sql/policies.sql).
PORTAL_PRIVILEGES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            "investors",
            "investor_contacts",
            "commitments",
            "funds",
            "capital_call_items",
            "capital_call_item_lines",
            "payments",
            "waived_parts",
            "capital_transactions",
            "distribution_items",
            "payouts",
            "notices",
            "notice_documents",
            "notice_readings",
            "commitment_capital",
            "call_item_capital",
            "call_notice_states",
            "commitment_distributions",
            "distribution_item_capital",
            "distribution_notice_states",
        ),
        READ,
    ),
    # Whether a letter was sent; not to whom, nor what became of the mail.
    "notice_deliveries": ("SELECT (id, notice_id)",),
    # Not `total_amount`: what all partners together are called for, or paid.
    "capital_calls": (
        "SELECT (id, created_by_id, four_eyes, submitted_at, submitted_by_id, approved_at, approved_by_id,"
        " cancelled_at, cancelled_by_id, cancel_reason, fund_id, number, call_date, due_date, purpose,"
        " purpose_detail, status, revision, bank_details_id, created_at)",
    ),
    # Not why, nor by whom.
    "residual_settlements": ("SELECT (id, commitment_id, item_id, kind, amount, approved_at)",),
    # Nor `inputs`: what every partner of the fund ever paid in.
    "distributions": (
        "SELECT (id, fund_id, number, date, type, source, deal_id, recallable, status, terms_id,"
        " revision, approved_at, sent_at, cancelled_at)",
    ),
}

RELATIONS = """
    SELECT relname, relkind IN ('v', 'm') FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm') ORDER BY relname
"""
PRIVILEGE = re.compile(r"(SELECT|INSERT|UPDATE|DELETE)(?: \((\w+(?:, \w+)*)\))?")


def privileges_of(relation: str, is_view: bool) -> tuple[str, ...]:
    """The rights on one table or view; views are read only unless declared otherwise."""
    return TABLE_PRIVILEGES.get(relation, READ if is_view else WRITE)


def grant(connection, role: str) -> None:
    """Revoke everything from `role` and grant what is declared, as the schema's owner, in the caller's transaction.

    A role that owns the schema itself (one URL for both) keeps what it has: revoking would lock it out.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        if cursor.fetchone() == (role,):
            return
        cursor.execute(RELATIONS)
        relations = cursor.fetchall()
        for statement in [*statements(relations, sql.Identifier(role)), *portal_statements()]:
            cursor.execute(statement)


def statements(relations: list[tuple[str, bool]], role: sql.Identifier) -> list[sql.Composed]:
    """The GRANTs, and the REVOKEs before them."""
    made = [
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role),
        sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(role),
        sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(role),
    ]
    for relation, is_view in relations:
        declared = privileges_of(relation, is_view)
        if not declared:
            continue
        rights = sql.SQL(", ").join(one_privilege(text) for text in declared)
        made.append(sql.SQL("GRANT {} ON {} TO {}").format(rights, sql.Identifier("public", relation), role))
    return made


def portal_statements() -> list[sql.Composed]:
    """The same for the portal's readers: nothing but what is named."""
    role = sql.Identifier(PORTAL_ROLE)
    made = [
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role),
        sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(role),
    ]
    for relation, declared in PORTAL_PRIVILEGES.items():
        rights = sql.SQL(", ").join(one_privilege(text) for text in declared)
        made.append(sql.SQL("GRANT {} ON {} TO {}").format(rights, sql.Identifier("public", relation), role))
    return made


def one_privilege(text: str) -> sql.Composable:
    """`UPDATE (a, b)` as SQL. Raises ValueError for anything that is no privilege."""
    found = PRIVILEGE.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no table privilege")
    verb, columns = found.groups()
    if not columns:
        return sql.SQL(verb)
    names = sql.SQL(", ").join(sql.Identifier(name) for name in columns.split(", "))
    return sql.SQL(verb + " ({})").format(names)

"""What the application's database role may do. It owns nothing; every right it has is granted here."""

import re

from psycopg import sql

from blackgem.lib.registry import declare

READ = ("SELECT",)
APPEND = ("SELECT", "INSERT")
WRITE = ("SELECT", "INSERT", "UPDATE", "DELETE")

# Tables that get less than WRITE: the kernel's, and those that an app registers. A column is named in brackets:
# "UPDATE (note)". Locking a row takes the right to update one of its columns: where that is the only reason, a trigger
# still refuses the update itself.
TABLE_PRIVILEGES: dict[str, tuple[str, ...]] = {
    "django_migrations": READ,
    "django_content_type": READ,
    "auth_permission": READ,
    "applied_sql": READ,
    "pending_checks": (),
    "write_keys": (),
    "opened_writes": (),
    "data_keys": READ,
    "audit_events": APPEND,
}

#: The role that requests of the portal take on to read. It cannot sign in and writes nothing.
PORTAL_ROLE = "blackgem_portal"
#: All that it may read, each table under a policy of its own. The app that lets it read registers it.
PORTAL_PRIVILEGES: dict[str, tuple[str, ...]] = {}

RELATIONS = """
    SELECT relname, relkind IN ('v', 'm') FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm') ORDER BY relname
"""
PRIVILEGE = re.compile(r"(SELECT|INSERT|UPDATE|DELETE)(?: \((\w+(?:, \w+)*)\))?")


def register(tables: dict[str, tuple[str, ...]]) -> None:
    """Add the tables of an app that get less than WRITE."""
    declare(TABLE_PRIVILEGES, tables)


def register_portal(relations: dict[str, tuple[str, ...]]) -> None:
    """Add what the portal's role may read."""
    declare(PORTAL_PRIVILEGES, relations)


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

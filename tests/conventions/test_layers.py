"""Arrows only point down: neither by imports, nor by names of pages, relations, templates, models, tables or words, nor
in the SQL that runs."""

import ast
import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from django.apps import apps

from blackgem.lib.registry import declare
from blackgem.lib.timeline import SENTENCES
from blackgem.shapes import STATUSES

ROOT = Path(__file__).resolve().parents[2]
#: From the ground up. Apps of one floor do not know each other either.
FLOORS = (
    ("blackgem",),
    ("funds",),
    ("capital", "distributions"),
    ("fees",),
    ("closings", "banking"),
    ("evidence",),
    ("dashboard", "portal"),
)
FLOOR = {app: number for number, names in enumerate(FLOORS) for app in names}
#: The wiring: it names every app, and no app names it.
WIRING = ("settings", "urls", "api", "celery", "schedule", "management")
#: What SQL of one app reads of another on its floor. Keys of the database tie what is given back to lines of calls and
#: write-downs to allocations, and rails that lock and sum have to read what those keys lead to.
KEYED = {
    "distributions": {"capital_call_lines", "fund_allocations", "commitment_capital", "commitment_limits"}
}
#: Where words of all apps come together. A table is named "payments" and a status "paid": elsewhere these are English.
REGISTRIES = {"privileges", "timeline", "revisions", "shapes", "links", "vocabulary"}


def unknown_to(app: str) -> tuple[str, ...]:
    """The apps that this one may not know: of higher floors, and the others of its own. The top floor's two doors
    lead to each other's pages, which people open, but not to code."""
    return tuple(other for other in FLOOR if other != app and FLOOR[other] >= FLOOR[app])


def known_to(app: str) -> tuple[str, ...]:
    return tuple(other for other in FLOOR if other not in unknown_to(app))


@cache
def sources(app: str) -> dict[str, str]:
    """The app's Python but for migrations and wiring, by path."""
    found = {}
    for path in sorted((ROOT / app).rglob("*.py")):
        inside = path.relative_to(ROOT / app).parts
        wiring = app == "blackgem" and inside[0].removesuffix(".py") in WIRING
        if "migrations" not in inside and not wiring:
            found[path.relative_to(ROOT).as_posix()] = path.read_text()
    return found


@cache
def templates(app: str) -> dict[str, str]:
    """The app's templates by path. What lies in no app's folder is the kernel's."""
    found = {}
    for path in sorted((ROOT / "templates").rglob("*")):
        folder = path.relative_to(ROOT / "templates").parts[0]
        if path.is_file() and app == (folder if folder in FLOOR else "blackgem"):
            found[path.relative_to(ROOT).as_posix()] = path.read_text()
    return found


@cache
def relations(app: str) -> set[tuple[str, str]]:
    """(model, relation): by what names rows that this app knows lead to rows that it may not know."""
    return {
        (model._meta.model_name, field.name)
        for model in apps.get_models()
        if model._meta.app_label in known_to(app)
        for field in model._meta.get_fields()
        if field.auto_created and field.is_relation
        if field.related_model._meta.app_label in unknown_to(app)
    }


@cache
def fields(app: str) -> set[str]:
    """What the fields and relations of rows that this app knows are called among themselves."""
    return {
        field.name
        for model in apps.get_models()
        if model._meta.app_label in known_to(app)
        for field in model._meta.get_fields()
        if not (
            field.is_relation
            and field.related_model
            and field.related_model._meta.app_label in unknown_to(app)
        )
    }


@dataclass(frozen=True)
class Said:
    """What Python code names, each with its line: every text that it holds, docstrings and `__all__` apart; every step
    from a name to an attribute, (commitment, capital) of `item.commitment.capital`; and every module that it imports,
    inside functions too."""

    strings: list[tuple[str, int]]
    steps: list[tuple[tuple[str, str], int]]
    imports: list[tuple[str, int]]


@cache
def said_in(source: str) -> Said:
    nodes = list(ast.walk(ast.parse(source)))
    silent = {id(one) for node in nodes for one in _silent(node)}
    return Said(
        [(one.value, one.lineno) for one in nodes if _is_text(one) and id(one) not in silent],
        [step for one in nodes if isinstance(one, ast.Attribute) for step in _steps(one)],
        [found for one in nodes for found in _imports(one)],
    )


def _is_text(node) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _silent(node) -> list:
    """A docstring, or the names that a module exports."""
    if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
        return list(ast.walk(node.value))
    documented = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body
    return [node.body[0].value] if documented and isinstance(node.body[0], ast.Expr) else []


def _steps(node) -> list:
    name = getattr(node.value, "id", None) or getattr(node.value, "attr", None)
    return [((name, node.attr), node.lineno)] if name else []


def _imports(node) -> list:
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [(node.module, node.lineno)]
    return [(alias.name, node.lineno) for alias in node.names] if isinstance(node, ast.Import) else []


def follows(text: str, app: str) -> bool:
    """Whether a text is a look-up ("capital__paid", "commitment.capital") through a relation of an app above."""
    if not re.fullmatch(r"-?[a-z_]+((__|\.)[a-z_]+)+", text):
        return False
    names = re.split(r"__|\.", text.removeprefix("-"))
    upward = relations(app)
    first = names[0] in {relation for _, relation in upward} - fields(app)
    return first or bool(upward & set(pairwise(names)))


def upward_imports(app: str) -> list[str]:
    above = unknown_to(app)
    return [
        f"{path}:{line}: {module}"
        for path, text in sources(app).items()
        for module, line in said_in(text).imports
        if module.partition(".")[0] in above
    ]


def code_of(sql: str) -> str:
    """SQL without comments and without sentences: a text of one word may name a table or a column."""
    bare = re.sub(r"--.*", "", sql)
    return re.sub(r"'([^'\n]*)'", lambda text: text[0] if re.fullmatch(r"\w+", text[1]) else "''", bare)


@cache
def sql_of(app: str) -> dict[str, str]:
    """The app's SQL that runs, and its sentences of `manage.py reconcile`, by path."""
    paths = [*(ROOT / app / "sql").rglob("*.sql"), *(ROOT / app / "invariants").glob("*.sql")]
    return {path.relative_to(ROOT).as_posix(): code_of(path.read_text()) for path in sorted(paths)}


@cache
def made(app: str) -> set[str]:
    """Tables of an app, and the views and routines that its SQL creates."""
    tables = {model._meta.db_table for model in apps.get_models() if model._meta.app_label == app}
    return tables.union(
        *(re.findall(r"CREATE (?:FUNCTION|PROCEDURE|VIEW) (\w+)", text) for text in sql_of(app).values())
    )


def above_in(sql: str, app: str) -> set[str]:
    """What SQL of this app names of apps that it may not know."""
    above = set().union(*map(made, unknown_to(app))) - KEYED.get(app, set())
    return above & set(re.findall(r"\w+", code_of(sql)))


def upward_sql(app: str) -> list[str]:
    return [f"{path}: {name}" for path, text in sql_of(app).items() for name in sorted(above_in(text, app))]


def named(app: str, pattern: str) -> list[str]:
    """Where code or templates of an app hold what `pattern` says, with the names of the apps above put in."""
    above = "|".join(unknown_to(app))
    found = re.compile(pattern % above) if above else re.compile("(?!)")
    texts = {**sources(app), **templates(app)}
    return [f"{path}: {match.group()}" for path, text in texts.items() for match in found.finditer(text)]


def upward_pages(app: str) -> list[str]:
    return named(app, r"""["'](%s):\w+["']""")


def upward_templates(app: str) -> list[str]:
    return named(app, r"""["'](%s)/[\w/]+\.(?:html|txt)""")


def upward_relations(app: str) -> list[str]:
    upward = relations(app)
    found = []
    for path, text in sources(app).items():
        found += [f"{path}:{line}: {'.'.join(step)}" for step, line in said_in(text).steps if step in upward]
        found += [f"{path}:{line}: {value}" for value, line in said_in(text).strings if follows(value, app)]
    for path, text in templates(app).items():
        inside = " ".join(re.findall(r"\{[{%](.*?)[%}]\}", text))
        found += [f"{path}: {one}" for one in re.findall(r"[\w.]+", inside) if follows(one, app)]
    return found


def upward_models(app: str) -> list[str]:
    """Models of apps above that are looked up by name."""
    return named(app, r"""["'](%s)\.[A-Z]\w+["']""")


@cache
def words(app: str) -> set[str]:
    """What this app registered: verbs of the audit trail, kinds and values of statuses, and answers of the API."""
    said = {
        value
        for path in (f"{app}/vocabulary.py", f"{app}/api/links.py", f"{app}/lib/timeline.py")
        for value, _ in said_in(sources(app).get(path, "")).strings
    }
    registered = {*SENTENCES, *STATUSES, *(value for looks in STATUSES.values() for value in looks)}
    return {value for value in said if value in registered or value.endswith("Answer")}


@cache
def upward_names(app: str) -> set[str]:
    """Tables, and words that only apps above have."""
    tables = {model._meta.db_table for model in apps.get_models() if model._meta.app_label in unknown_to(app)}
    return tables | set().union(*map(words, unknown_to(app))) - set().union(*map(words, known_to(app)))


def upward_words(app: str) -> list[str]:
    found = []
    for path, text in sources(app).items():
        names = upward_names(app)
        if Path(path).stem not in REGISTRIES:
            names = {name for name in names if "_" in name}
        found += [f"{path}:{line}: {value}" for value, line in said_in(text).strings if names & parts(value)]
    for path, text in templates(app).items():
        kinds = re.findall(r"""\{%\s*status "(\w+)"|\|status_word:"(\w+)\"""", text)
        found += [f"{path}: {kind}" for kind in map("".join, kinds) if kind in upward_names(app)]
    return found


def parts(text: str) -> set[str]:
    """A text, and the names in it where it is SQL."""
    return {text, *re.findall(r"\w+", text)} if re.search(r"\b(FROM|JOIN|INTO|UPDATE)\b", text) else {text}


@pytest.mark.parametrize("app", FLOOR)
@pytest.mark.parametrize(
    "upward",
    [
        upward_imports,
        upward_pages,
        upward_templates,
        upward_relations,
        upward_models,
        upward_words,
        upward_sql,
    ],
)
def test_no_app_names_what_belongs_to_one_above(app, upward):
    assert upward(app) == []


@pytest.mark.parametrize(
    ("text", "app"),
    [
        ("capital__paid", "funds"),
        ("-commitment__capital__unfunded", "funds"),
        ("commitment.capital.called", "funds"),
        ("commitment__capital", "distributions"),
        ("allocations__deal", "funds"),
        ("investor_contacts__investor", "blackgem"),
    ],
)
def test_a_look_up_of_a_row_above_is_found(text, app):
    assert follows(text, app)


@pytest.mark.parametrize(
    ("text", "app"),
    [
        ("capital__paid", "capital"),
        ("capital__paid_out", "distributions"),
        ("commitment__investor", "funds"),
        ("call__fund__currency", "capital"),
    ],
)
def test_one_of_a_row_below_is_not(text, app):
    assert not follows(text, app)


def test_two_apps_may_say_the_same_but_nothing_else_of_one_name():
    known = {"sent": "Issued"}
    declare(known, {"sent": "Issued", "paid": "Paid"})
    with pytest.raises(ValueError, match="sent means Issued already"):
        declare(known, {"sent": "Mailed"})
    assert known == {"sent": "Issued", "paid": "Paid"}


@pytest.mark.parametrize(
    ("name", "app", "is_above"),
    [
        ("payments", "blackgem", True),
        ("payments", "distributions", True),
        ("payments", "capital", False),
        ("audit_events", "blackgem", False),
        ("approve_call", "funds", True),
        ("approve_call", "distributions", True),
        ("approve_call", "portal", False),
        ("sent", "blackgem", True),
        ("sent", "distributions", False),
        ("distribution_item", "capital", True),
        ("PayoutAnswer", "blackgem", True),
    ],
)
def test_a_table_or_a_word_belongs_to_its_app_and_to_those_above(name, app, is_above):
    assert (name in upward_names(app)) == is_above


def test_tables_are_found_in_sql_too():
    assert parts("SELECT 1 FROM payments p") & upward_names("funds") == {"payments"}


@pytest.mark.parametrize(
    ("sql", "app", "found"),
    [
        (
            "SELECT FROM (SELECT call_date FROM capital_calls WHERE fund_id = NEW.id) k",
            "funds",
            {"capital_calls"},
        ),
        ("EXECUTE FUNCTION guard_days_of('distributions', 'date')", "funds", {"distributions"}),
        ("SELECT unfunded FROM commitment_capital", "funds", {"commitment_capital"}),
        ("PERFORM guard_receipts(ids)", "distributions", {"guard_receipts"}),
        ("SELECT FROM capital_call_lines", "distributions", set()),
        ("SELECT FROM commitments -- and payments", "funds", set()),
        ("PERFORM refuse('x', 'Somebody made payments.')", "funds", set()),
    ],
)
def test_sql_that_names_what_belongs_to_one_above_is_found(sql, app, found):
    assert above_in(sql, app) == found


@pytest.mark.parametrize(
    "source",
    [
        "from funds.services.invitations import find_invitation",
        "import funds.models as rows",
        "def late():\n    from funds import access",
    ],
)
def test_an_import_is_found_wherever_it_stands(source):
    assert [module.partition(".")[0] for module, _ in said_in(source).imports] == ["funds"]

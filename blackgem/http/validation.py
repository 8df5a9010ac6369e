"""What a schema refuses, said in the words of the domain: every field with its reason, none with a library's link."""

from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice

from ninja.errors import ValidationErrorContext

from blackgem.lib.errors import DomainError, InvalidInput, Problem

#: Of a body that is wrong in more places the first are named.
MOST_PROBLEMS = 100
_WORDS = {
    "missing": ("field.required", "This is needed."),
    "extra_forbidden": ("field.unknown", "There is no such field."),
    "string_too_long": ("field.max_length", "At most {max_length} characters, please."),
    "string_too_short": ("field.blank", "Please say something here."),
    "string_unicode": ("text.forbidden", "This holds characters that no text has."),
    "string_type": ("field.invalid", "This must be text."),
    "bool_type": ("field.invalid", "This must be true or false."),
    "list_type": ("field.invalid", "This must be a list."),
    "model_type": ("field.invalid", "This must be an object."),
    "too_short": ("field.blank", "At least one is needed."),
    "too_long": ("field.max_length", "These are too many."),
}


def invalid_input(contexts: Sequence[ValidationErrorContext]) -> InvalidInput:
    """One InvalidInput with what pydantic found in body and query, up to `MOST_PROBLEMS`."""
    found = (error for context in contexts for error in context.pydantic_validation_error.errors())
    return InvalidInput.from_problems([_problem(error) for error in islice(found, MOST_PROBLEMS)])


def _problem(error) -> Problem:
    field = (
        ".".join(str(part) for part in error["loc"][1:]) or "body"
    )  # the first part is the handler's parameter
    raised = error.get("ctx", {}).get("error")
    if isinstance(raised, DomainError):
        return Problem(raised.code, raised.message, field)
    kind = error["type"]
    if (
        isinstance(error["input"], str) and f"string_{kind}" in _WORDS
    ):  # text that is cleaned before it is measured
        kind = f"string_{kind}"
    code, words = _WORDS.get(kind, ("field.invalid", "This is not what belongs here."))
    return Problem(code, words.format(**error.get("ctx", {})), field)


@contextmanager
def naming(**fields: str):
    """Inside, what a service refuses is told under the body's own field names: `naming(amount="paidAmount")`."""
    try:
        yield
    except DomainError as error:
        error.problems = tuple(
            replace(one, field=fields.get(one.field or "", one.field)) for one in error.problems
        )
        raise

"""Rights first: who may not do a thing is told so, whatever is wrong with the request, before any row is looked for.

The services check rights before they do anything. But a request that cannot be read, or lacks a field, never reaches
them, and its refusal would tell everybody what belongs into it and whether there is such a row; and a service finds and
locks the row first, which takes longer than finding none. So every operation says what it needs, and that is asked
before it runs, and where a request is refused for its shape.
"""

from collections.abc import Callable, Mapping

#: Refusals of a request as it is, before any rule of the domain: unreadable, too large, of another type, impossible.
OF_SHAPE = {400, 411, 413, 415, 422}
READ = "read"

_RIGHTS: dict[str, Callable] = {}


def about(name: str) -> Callable:
    """Register `check(user, id, deed)` for operations with this path parameter; "" for those whose body names the fund.

    It raises NotFound where the person may not know of the row, Forbidden where its role does not reach.
    """

    def register(check: Callable) -> Callable:
        _RIGHTS[name] = check
        return check

    return register


def needs(deed: str) -> Callable:
    """Declare the deed that an operation is: to look (what a GET is anyhow), to prepare, or to bind the fund."""
    return asks(lambda user, **path: _check(user, path, deed))


def asks(check: Callable) -> Callable:
    """Declare who may do what an operation does: `check(user, **path)` raises NotFound or Forbidden."""

    def declare(view: Callable) -> Callable:
        view.check_rights = check
        return view

    return declare


def makes_file(view: Callable) -> Callable:
    """Say that an operation answers a file that is a second's work: one person has few of them at work at once."""
    view.makes_file = True
    return view


def rehearses(view: Callable) -> Callable:
    """Declare a GET that may try a decision and undo it, to show what it would write: it reads no snapshot, in which
    nothing can be tried."""
    view.rehearses = True
    return view


def only_reads(view: Callable) -> Callable:
    """Declare an operation that is posted and writes nothing: it reads one snapshot, as every GET does."""
    view.only_reads = True
    return view


def declares_rights(view: Callable) -> bool:
    """Whether an operation says of itself who may do it."""
    return hasattr(view, "check_rights")


def check_rights(view: Callable, user, path: Mapping[str, int]) -> None:
    """Raise what this person is refused by, if it is. An operation that declares nothing only reads."""
    if declares_rights(view):
        view.check_rights(user, **path)
    elif path:
        _check(user, path, READ)


def _check(user, path: Mapping[str, int], deed: str) -> None:
    name = next(iter(path), "")
    _RIGHTS[name](user, path.get(name), deed)
